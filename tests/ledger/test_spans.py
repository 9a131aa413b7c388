"""Spans of file numbers: a few rows that say of each file what a mapping would."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.ledger.spans import Span, Spans, runs

LAST = 30
_SPANS = st.builds(
    lambda first, length, at, agreed: Span(first, min(first + length, LAST), at, agreed),
    st.integers(1, LAST),
    st.integers(0, 8),
    st.integers(1, 3),
    st.booleans(),
)


@given(st.lists(_SPANS, max_size=12))
def test_spans_say_of_each_file_what_the_last_one_put_said(put: list[Span[int]]) -> None:
    spans: Spans[int] = Spans()
    said: dict[int, tuple[int, bool]] = {}
    for span in put:
        spans.put(span)
        said |= dict.fromkeys(range(span.first, span.last + 1), (span.at, span.agreed))

    assert {n: (it.at, it.agreed) for it in spans.of for n in range(it.first, it.last + 1)} == said
    # In order, none over another, and as few as can be.
    for left, right in zip(spans.of, spans.of[1:], strict=False):
        assert left.last < right.first
        assert left.last + 1 < right.first or (left.at, left.agreed) != (right.at, right.agreed)
    assert [n for first, last in spans.gaps(LAST) for n in range(first, last + 1)] == [
        n for n in range(1, LAST + 1) if n not in said
    ]


def test_numbers_without_a_gap_are_one_run() -> None:
    assert runs([7, 3, 1, 2, 8, 3]) == [(1, 3), (7, 8)]
    assert runs([]) == []
