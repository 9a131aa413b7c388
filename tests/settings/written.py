"""A configuration file, written for one test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.settings import Settings, load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

START = "start = 2026-01-01T00:00:00Z\n"


def loaded(folder: Path, text: str = START, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of a file with this text."""
    (folder / "ecosmig.toml").write_text(text, encoding="utf-8")
    return load_settings(None, environ or {}, folder)


def refusal(folder: Path, text: str = START, environ: Mapping[str, str] | None = None) -> str:
    """Return what is said of a file with this text, which must be refused."""
    with pytest.raises(ConfigurationError) as refused:
        loaded(folder, text, environ)
    assert refused.value.hint
    return str(refused.value)
