"""Why a row can't be reported yet (reports.md, Held rows): its reasons, or null where there are none."""

from __future__ import annotations

from functools import reduce
from operator import add, or_
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.emrr.catalogue import FieldKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ecosmig_publish.emrr.catalogue import Field

Reason = tuple[Any, str]
"""A condition on a row (an Ibis boolean) and the reason that it stands for."""


def field_reasons(rows: Any, fields: Iterable[Field]) -> list[Reason]:
    """Return what the record's fields may object to: a mandatory one that is empty, one that is too long."""
    reasons: list[Reason] = []
    for field in fields:
        value = rows[field.name]
        if not field.optional:
            reasons.append((value.isnull(), f"empty:{field.name}"))
        if field.kind is FieldKind.TEXT:
            reasons.append((value.length() > field.max_length, f"too-long:{field.name}"))
        if field.kind is FieldKind.INTEGER:
            # A minus sign counts towards the length.
            largest, smallest = 10**field.max_length - 1, -(10 ** (field.max_length - 1) - 1)
            reasons.append(((value > largest) | (value < smallest), f"too-long:{field.name}"))
    return reasons


def hold(first: Sequence[Reason], *, unless: Any = None, then: Sequence[Reason] = ()) -> Any:
    """Return the reasons that apply, joined by blanks, or null.

    `then` are looked at only where `unless` does not hold: without a Device its fields can not be judged. What `unless`
    says must be among `first`.
    """
    guarded = [(condition if unless is None else ~unless & condition, reason) for condition, reason in then]
    reasons = [(condition.fill_null(False), reason) for condition, reason in (*first, *guarded)]
    # Where `unless` holds the row is held anyhow: no guard is needed to tell that.
    held = reduce(or_, (condition for condition, _ in (*first, *then))).fill_null(False)
    text = reduce(add, (condition.ifelse(f"{reason} ", "") for condition, reason in reasons))
    return held.ifelse(text.rstrip(), ibis.null("string"))
