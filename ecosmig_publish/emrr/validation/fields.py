"""Whether a field's text is what its definition asks for."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import Field, FieldKind
from ecosmig_publish.emrr.values import parse_day, parse_instant, parse_integer

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.emrr.validation.findings import Fault

_KINDS = {
    FieldKind.INTEGER: (parse_integer, "not-an-integer", "an integer in plain digits"),
    FieldKind.DATETIME: (parse_instant, "not-a-datetime", "a DateTime of the form YYYYMMDDThhmmss"),
    FieldKind.DATE: (parse_day, "not-a-date", "a date of the form YYYYMMDD"),
}


def record_faults(fields: Sequence[Field], texts: Sequence[str]) -> Iterator[Fault]:
    """Yield what is wrong with each text as its field's value, in their order, one fault for a field."""
    for field, text in zip(fields, texts, strict=True):
        found = field_fault(field, text)
        if found is not None:
            yield field.name, *found


def field_fault(field: Field, text: str) -> tuple[str, str] | None:
    """Return the rule that `text` breaks as a value of `field`, and a message that doesn't quote it; None: it is right.

    Of several rules the first counts: empty, too long, of another kind, out of bounds.
    """
    if not text:
        return None if field.optional else ("empty", f"{field.title} is mandatory and empty")
    if len(text) > field.max_length:
        return "too-long", f"{field.title} has {len(text):,} characters, at most {field.max_length} are allowed"
    if field.kind is not FieldKind.TEXT:
        return _kind_fault(field, text)
    if field.allowed and text not in field.allowed:
        return "not-allowed", f"{field.title} is none of: {', '.join(field.allowed)}"
    if field.pattern and not _compiled(field.pattern).fullmatch(text):
        return "pattern", f"{field.title} is not of the form {field.pattern}"
    return None


def _kind_fault(field: Field, text: str) -> tuple[str, str] | None:
    parse, rule, form = _KINDS[field.kind]
    value = parse(text)
    if value is None:
        return rule, f"{field.title} is not {form}"
    if isinstance(value, int) and field.minimum is not None and value < field.minimum:
        return "too-small", f"{field.title} is less than {field.minimum}"
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
