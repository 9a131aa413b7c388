"""How cost grows with the data: each larger size of a side as folds of its smallest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.benchmarks.figures import Figures


@dataclass(frozen=True, slots=True)
class Growth:
    """Folds from the smallest size of a side to a larger one; None where one of both wasn't measured."""

    data: float
    wall: float | None
    cpu: float | None
    peak: float | None


def growths(all_of_them: Iterable[Figures]) -> dict[tuple[str, str, int], Growth]:
    """Return the growth of each side of which a smaller size was measured, by benchmark, side and size."""
    smallest: dict[tuple[str, str], Figures] = {}
    found = {}
    for it in sorted(all_of_them, key=lambda it: it.size):
        if it.ended:
            continue
        first = smallest.setdefault((it.benchmark, it.side), it)
        if it.size > first.size:
            found[it.benchmark, it.side, it.size] = Growth(
                it.size / first.size,
                _fold(it.wall_seconds, first.wall_seconds),
                _fold(it.cpu_seconds, first.cpu_seconds),
                _fold(it.peak_bytes, first.peak_bytes),
            )
    return found


def _fold(larger: float | None, smaller: float | None) -> float | None:
    return larger / smaller if larger is not None and smaller else None
