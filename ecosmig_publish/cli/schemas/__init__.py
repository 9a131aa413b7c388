"""JSON Schemas of what the commands give with `--json`: a file for each, named by the command's words joined by `-`.

A file may refer to `#/$defs/…` of its own and of `shared.json`; what is printed has all of it in it.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any, cast

_SHARED = "shared"
_DEFINITION = "#/$defs/"


def schema_names() -> list[str]:
    """Return the names that `schema_of` takes, such as `audit-list`; `error` is of every command."""
    names = (path.name.removesuffix(".json") for path in files(__name__).iterdir() if path.name.endswith(".json"))
    return sorted(name for name in names if name != _SHARED)


def schema_of(name: str) -> dict[str, Any]:
    """Return a schema that refers to nothing outside it. Raises `KeyError` for a name or a reference to nothing."""
    if name not in schema_names():
        raise KeyError(name)
    schema = _read(name)
    known = {**_read(_SHARED)["$defs"], **schema.pop("$defs", {})}
    wanted = _references(schema)
    found: dict[str, Any] = {}
    while missing := wanted - found.keys():
        for of in missing:
            found[of] = known[of]
            wanted |= _references(known[of])
    return {**schema, "$defs": dict(sorted(found.items()))} if found else schema


def _read(name: str) -> dict[str, Any]:
    text = files(__name__).joinpath(f"{name}.json").read_text(encoding="utf-8")
    return cast("dict[str, Any]", json.loads(text))


def _references(part: object) -> set[str]:
    """Return the names of the definitions that a part of a schema refers to."""
    if isinstance(part, list):
        return {name for each in part for name in _references(each)}
    if not isinstance(part, dict):
        return set()
    here = part.get("$ref")
    named = {here.removeprefix(_DEFINITION)} if isinstance(here, str) else set()
    return named | {name for each in part.values() for name in _references(each)}
