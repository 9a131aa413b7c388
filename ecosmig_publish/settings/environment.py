"""Keys from the environment: `ECOSMIG_` and the path joined by `__`."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from ecosmig_publish.settings.keys import is_section, known_keys, may_be_empty, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "ECOSMIG_"
CONFIG = "ECOSMIG_CONFIG"
_LIST = "destination.sharepoint.owners"
_COMMANDS = frozenset({"operations.on_failure", "operations.on_finding", "operations.on_recovery"})
_SUPPLIERS = "suppliers"
_TABLES = "source.tables"


def variable_of(key: str) -> str:
    """Return the name of the environment variable that sets a key."""
    return PREFIX + key.replace(".", "__").upper()


def from_environment(environ: Mapping[str, str], faults: list[str]) -> dict[str, Any]:
    """Return what the environment sets as a nested table; unknown names and empty values are added to `faults`."""
    found: dict[str, Any] = {}
    known = set(known_keys())
    for name, value in sorted(environ.items()):
        if not name.startswith(PREFIX) or name == CONFIG:
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        key = ".".join(path)
        is_table = len(path) > len(_TABLES.split(".")) and ".".join(path[:-1]) == _TABLES and bool(path[-1])
        fault = None if is_table else _fault_of(name, key, known)
        if fault is None and not value.strip() and (is_table or not may_be_empty(key)):
            fault = f"environment: {name} is empty; unset it or give it a value"
        if fault is not None:
            faults.append(fault)
            continue
        try:
            _put(found, path, _parsed(key, value))
        except ValueError as error:
            faults.append(f"environment: {name}: {error}")
    return found


def keys_set(table: Mapping[str, Any], prefix: str = "") -> set[str]:
    """Return the dotted keys of a nested table."""
    keys: set[str] = set()
    for name, value in table.items():
        keys |= {prefix + name} if not isinstance(value, dict) else keys_set(value, f"{prefix}{name}.")
    return keys


def merged(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Return `base` with `over` laid on top, table by table."""
    result = dict(base)
    for key, value in over.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else value
    return result


def _fault_of(name: str, key: str, known: set[str]) -> str | None:
    if key not in known:
        guess = nearest(key)
        meant = f"; did you mean {variable_of(guess)}?" if guess and not is_section(guess) else ""
        return f"environment: {name} is no setting{meant}"
    if is_section(key):
        inside = next(known_key for known_key in known_keys() if known_key.startswith(f"{key}."))
        return f"environment: {name} names a section; its keys are set one by one, such as {variable_of(inside)}"
    return None


def _parsed(key: str, value: str) -> Any:
    if key == _TABLES:
        tables = _json(value)
        if not isinstance(tables, dict):
            raise ValueError('a JSON object is wanted, such as {"devices": "owner.devices"}')
        return tables
    if key == _LIST:
        owners = _json(value)
        return owners if isinstance(owners, list) else [part.strip() for part in value.split(",")]
    if key in _COMMANDS:
        words = _json(value)
        return words if isinstance(words, list) else shlex.split(value)
    if key == _SUPPLIERS:
        entries = _json(value)
        return entries if isinstance(entries, list) else value
    return value


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _put(table: dict[str, Any], path: list[str], value: Any) -> None:
    for name in path[:-1]:
        table = table.setdefault(name, {})
    if isinstance(value, dict):
        table.setdefault(path[-1], {}).update(value)
    else:
        table[path[-1]] = value
