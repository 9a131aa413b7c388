"""Keys from the environment: `ECOSMIG_` and the path joined by `__`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ecosmig_publish.settings.keys import known_keys, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "ECOSMIG_"
CONFIG = "ECOSMIG_CONFIG"
_LISTS = ("destination.sharepoint.owners", "suppliers")
_MAPPING = "source.tables"


def from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """Return what the environment sets as a nested table; unknown names are added to `faults`."""
    found: dict[str, Any] = {}
    known = set(known_keys())
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name == CONFIG:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        key = ".".join(path)
        if key not in known and ".".join(path[:-1]) != _MAPPING:
            guess = nearest(key)
            meant = f"; did you mean {PREFIX}{guess.replace('.', '__').upper()}?" if guess else ""
            faults.append(f"environment: {name} is no setting{meant}")
            continue
        _put(found, path, _parsed(key, value))
    return found


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid on top, table by table."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _parsed(key: str, value: str) -> Any:
    if key in _LISTS or key == _MAPPING:
        try:
            return json.loads(value)
        except ValueError:
            return value if key == "suppliers" else [part.strip() for part in value.split(",")]
    return value


def _put(table: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        table = table.setdefault(name, {})
    table[path[-1]] = value
