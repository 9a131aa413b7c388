from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.migration_data.sample import write_sample
from tests.cli.driving import CONFIGURATION, MONDAY, ecosmig

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith("ECOSMIG_") or name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR"):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def made_configured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("configured")
    (home / "ecosmig.toml").write_text(CONFIGURATION, encoding="utf-8")
    write_sample(
        home / "data",
        devices=400,
        seed=7,
        parties=3,
        until=datetime(2024, 3, 5, tzinfo=UTC),
        history=timedelta(days=30),
        form="parquet",
    )
    return home


@pytest.fixture(scope="session")
def made_onboarded(made_configured: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("onboarded") / "home"
    shutil.copytree(made_configured, home)
    assert ecosmig(home, "supplier", "onboard", "--all").status == 0
    return home


@pytest.fixture(scope="session")
def made_published(made_onboarded: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("published") / "home"
    shutil.copytree(made_onboarded, home)
    assert ecosmig(home, "publish", "--all", "--as-of", MONDAY).status == 0
    return home


@pytest.fixture
def configured(made_configured: Path, tmp_path: Path) -> Path:
    """A folder with a configuration and data, in which nothing was done yet."""
    return shutil.copytree(made_configured, tmp_path / "home")


@pytest.fixture
def onboarded(made_onboarded: Path, tmp_path: Path) -> Path:
    """The same with the suppliers P00001, P00002 and P00003 onboarded."""
    return shutil.copytree(made_onboarded, tmp_path / "home")


@pytest.fixture
def published(made_published: Path, tmp_path: Path) -> Path:
    """The same with the slots of Monday 06:00 published."""
    return shutil.copytree(made_published, tmp_path / "home")
