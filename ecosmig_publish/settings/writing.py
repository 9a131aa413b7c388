"""Settings as TOML that loads as the same settings."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from ecosmig_publish.settings.keys import INTERNAL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecosmig_publish.settings.model import Settings


def settings_toml(settings: Settings) -> str:
    """Return the configuration that `settings` could have been loaded from, whatever folder it stands in.

    What has its default is left out. Secrets that stand in the settings stand in the text.
    """
    return "\n".join(_lines("", settings.model_dump(exclude_defaults=True, exclude={INTERNAL}))) + "\n"


def _lines(path: str, table: Mapping[str, Any]) -> Iterator[str]:
    # What belongs to the table itself stands before the tables in it.
    tables = {key: value for key, value in table.items() if isinstance(value, dict)}
    rows = {key: value for key, value in table.items() if _is_list_of_tables(value)}
    for key, value in table.items():
        if key not in tables and key not in rows and value is not None:
            yield f"{key} = {_value(value)}"
    for key, inner in tables.items():
        yield f"\n[{path}{key}]"
        yield from _lines(f"{path}{key}.", inner)
    for key, entries in rows.items():
        for entry in entries:
            yield f"\n[[{path}{key}]]"
            yield from _lines(f"{path}{key}.", entry)


def _is_list_of_tables(value: object) -> bool:
    return isinstance(value, (list, tuple)) and bool(value) and isinstance(value[0], dict)


def _value(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, timedelta):
        return f'"{value // timedelta(seconds=1)}s"'
    if isinstance(value, (bool, int, float)):
        return json.dumps(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(each) for each in value)}]"
    # TOML escapes as JSON does, and DEL besides.
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")
