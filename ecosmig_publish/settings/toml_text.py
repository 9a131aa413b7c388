"""TOML as this program reads it: a text of any depth and any numbers is a table, or a fault of the configuration."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


def parse_toml(text: str, file: Path) -> dict[str, Any]:
    """Return the table that `text` holds, which stands in `file`. Raises `ConfigurationError`."""
    try:
        return tomllib.loads(text)
    except ValueError as error:
        raise ConfigurationError(f"{file}: not TOML: {error}", hint="Mend that line.") from error
    except RecursionError:
        # Its traceback is a thousand lines of one line, and says nothing more.
        raise ConfigurationError(
            f"{file}: not TOML that can be read: lists or tables in each other without end", hint="Take them apart."
        ) from None


def keys_with_nul(table: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the dotted keys whose text holds a NUL, which no path and no address may."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from keys_with_nul(value, f"{prefix}{name}.")
        elif isinstance(value, str) and "\0" in value:
            yield f"{prefix}{name}"
