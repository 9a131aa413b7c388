"""Spans of file numbers: when each of a million files was last read again, in a few thousand rows."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

At = TypeVar("At")


@dataclass(frozen=True, slots=True)
class Span(Generic[At]):
    """The files `first` to `last`, each of which was last tried `at` an instant; `agreed` where it was as issued."""

    first: int
    last: int
    at: At
    agreed: bool

    @property
    def files(self) -> int:
        """How many they are."""
        return self.last - self.first + 1


@dataclass(slots=True)
class Spans(Generic[At]):
    """Spans in the order of their numbers; none overlaps another, and neighbours that say the same are one."""

    of: list[Span[At]] = field(default_factory=list)

    def put(self, new: Span[At]) -> None:
        """Let `new` say of its files what it says, whatever was said of them before."""
        begin = bisect_left(self.of, new.first, key=_last)
        end = bisect_right(self.of, new.last, key=_first)
        left, right = [], []
        if begin < end:
            before, after = self.of[begin], self.of[end - 1]
            left = [replace(before, last=new.first - 1)] if before.first < new.first else []
            right = [replace(after, first=new.last + 1)] if after.last > new.last else []
        if not left and begin and self.of[begin - 1].last == new.first - 1:
            begin -= 1
            left = [self.of[begin]]
        if not right and end < len(self.of) and self.of[end].first == new.last + 1:
            right = [self.of[end]]
            end += 1
        self.of[begin:end] = _joined([*left, new, *right])

    def gaps(self, last: int) -> Iterator[tuple[int, int]]:
        """Yield the first and the last number of each run from 1 to `last` that no span has."""
        begin = 1
        for span in self.of:
            if span.first > last:
                break
            if begin < span.first:
                yield begin, span.first - 1
            begin = span.last + 1
        if begin <= last:
            yield begin, last


def runs(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Return the first and the last of each run of numbers without a gap."""
    found: list[tuple[int, int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return found


def _joined(spans: list[Span[At]]) -> list[Span[At]]:
    joined = [spans[0]]
    for span in spans[1:]:
        if (joined[-1].at, joined[-1].agreed) == (span.at, span.agreed):
            joined[-1] = replace(joined[-1], last=span.last)
        else:
            joined.append(span)
    return joined


def _first(span: Span[At]) -> int:
    return span.first


def _last(span: Span[At]) -> int:
    return span.last
