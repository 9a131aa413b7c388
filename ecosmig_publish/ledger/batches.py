"""Many values asked for in one statement, few at a time: a statement takes only so many."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

T = TypeVar("T")


def batches(values: Sequence[T], most: int) -> Iterator[Sequence[T]]:
    """Yield the values in their order, `most` of them at a time."""
    for first in range(0, len(values), most):
        yield values[first : first + most]
