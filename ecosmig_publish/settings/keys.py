"""Which keys there are, and the nearest one to a key that there isn't."""

from __future__ import annotations

import difflib
import types
import typing
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ecosmig_publish.settings.model import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERNAL = "base"
"""Set by loading, not by the configuration."""


def known_keys() -> list[str]:
    """Return every key as a dotted path, sections included."""
    return list(_keys_of(Settings, ""))


def nearest(key: str) -> str | None:
    """Return the known key that looks most like `key`, or None."""
    found = difflib.get_close_matches(key, known_keys(), n=1, cutoff=0.6)
    if found:
        return found[0]
    leaf = key.rpartition(".")[2]
    by_leaf = {known.rpartition(".")[2]: known for known in known_keys()}
    close = difflib.get_close_matches(leaf, list(by_leaf), n=1, cutoff=0.7)
    return by_leaf[close[0]] if close else None


def section_of(annotation: Any) -> type[BaseModel] | None:
    """Return the section that a field holds, where it holds one."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if isinstance(annotation, types.UnionType) or typing.get_origin(annotation) is typing.Union:
        for part in typing.get_args(annotation):
            section = section_of(part)
            if section is not None:
                return section
    return None


def _keys_of(model: type[BaseModel], prefix: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        if not prefix and name == INTERNAL:
            continue
        yield prefix + name
        section = section_of(field.annotation)
        if section is not None:
            yield from _keys_of(section, f"{prefix}{name}.")
