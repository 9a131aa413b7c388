"""Which keys there are, what each may hold, and the nearest one to a key that there isn't."""

from __future__ import annotations

import types
import typing
from functools import cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from ecosmig_publish.settings.model import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic.fields import FieldInfo

INTERNAL = "base"
"""Set by loading, not by the configuration."""


def known_keys() -> list[str]:
    """Return every key as a dotted path, sections included."""
    return list(_fields())


def is_section(key: str) -> bool:
    """Whether a known key is a section: a table of keys, that has no value of its own."""
    return section_of(_fields()[key].annotation) is not None


def may_be_empty(key: str) -> bool:
    """Whether an empty text is what a key holds by default."""
    return bool(_fields()[key].default == "")


def rule_of(key: str) -> str | None:
    """Return in words what a key may hold, or None where no rule is written down."""
    field = _fields().get(key)
    return field.description if field else None


def nearest(key: str) -> str | None:
    """Return the known key that looks most like `key`, or None."""
    import difflib  # noqa: PLC0415 - only a mistake needs it

    found = difflib.get_close_matches(key, known_keys(), n=1, cutoff=0.75)
    if found:
        return found[0]
    leaf = key.rpartition(".")[2]
    by_leaf = {known.rpartition(".")[2]: known for known in reversed(known_keys())}
    close = difflib.get_close_matches(leaf, list(by_leaf), n=1, cutoff=0.7)
    if close:
        return by_leaf[close[0]]
    found = difflib.get_close_matches(key, known_keys(), n=1, cutoff=0.6)
    return found[0] if found else None


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


@cache
def _fields() -> dict[str, FieldInfo]:
    return dict(_fields_of(Settings, ""))


def _fields_of(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if not prefix and name == INTERNAL:
            continue
        yield prefix + name, field
        section = section_of(field.annotation)
        if section is not None:
            yield from _fields_of(section, f"{prefix}{name}.")
