"""Bytes to records: strict, whatever the chunks, and bounded, whatever the bytes."""

from __future__ import annotations

import tracemalloc
from itertools import repeat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.dialect import LONGEST_RECORD, read_records, write_record

if TYPE_CHECKING:
    from collections.abc import Iterator

values = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    [",", '"', "\r\n", "\n", "\r", 'a"b,c', ""]
)
rows = st.lists(st.lists(values, min_size=1, max_size=5), max_size=8)


def rules(content: bytes) -> list[list[str]]:
    return [[rule for rule, _ in problems] for _, problems in read_records([content])]


def fields(content: bytes) -> list[list[str]]:
    return [texts for texts, _ in read_records([content])]


@given(rows)
def test_records_are_read_back_as_they_were_written(written: list[list[str]]) -> None:
    content = b"".join(map(write_record, written))
    # A mark of order at the very beginning is one, and no value of ours begins a file: record types do.
    if content.startswith(b"\xef\xbb\xbf"):
        return
    assert list(read_records([content])) == [(texts, []) for texts in written]


@given(rows, st.data())
def test_where_chunks_end_makes_no_difference(written: list[list[str]], data: st.DataObject) -> None:
    content = b"".join(map(write_record, written)) + data.draw(st.binary(max_size=20))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(content)), max_size=6)))
    chunks = [content[start:end] for start, end in zip([0, *cuts], [*cuts, len(content)], strict=True)]
    assert list(read_records(chunks)) == list(read_records([content]))


@given(st.binary(max_size=60) | st.text('",\r\n1', max_size=60).map(str.encode))
def test_bytes_without_a_problem_are_those_that_would_be_written(content: bytes) -> None:
    found = list(read_records([content]))
    if not any(problems for _, problems in found):
        assert b"".join(write_record(texts) for texts, _ in found) == content


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"10,a\n", "bare-lf"),
        (b'10,"a,b"\n', "bare-lf"),
        (b"10,a", "no-crlf"),
        (b'10,"a,b"', "no-crlf"),
        (b"10,a\r", "no-crlf"),
        (b"\xef\xbb\xbf10,a\r\n", "bom"),
        (b"10,\xff\r\n", "not-utf-8"),
        (b"10,\xed\xa0\x80\r\n", "not-utf-8"),
        (b"10,a\rb\r\n", "bare-cr"),
        (b"10,a\r\r\n", "bare-cr"),
        (b'10,"a"\r\n', "needless-quotes"),
        (b'10,""\r\n', "needless-quotes"),
        (b'10,a"b\r\n', "bad-quotes"),
        (b'10,"a,"b\r\n', "bad-quotes"),
        (b'10, "a,b"\r\n', "bad-quotes"),
        (b'10,"a,b\r\n', "open-quote"),
        (b"1" * LONGEST_RECORD + b"1\r\n", "record-too-long"),
    ],
)
def test_what_breaks_the_dialect_is_found(content: bytes, rule: str) -> None:
    assert rule in rules(content)[0]


@pytest.mark.parametrize(
    "content",
    [b"10,a\r\n", b"10,\r\n", b'10,"a,b"\r\n', b'10,"a\nb"\r\n', b'10,"""",x\r\n', "10,\U0001f50c\r\n".encode()],
)
def test_what_keeps_the_dialect_passes(content: bytes) -> None:
    assert rules(content) == [[]]


def test_a_quote_that_is_not_closed_spoils_its_own_record_alone() -> None:
    content = b'10,"a,b\r\n10,c\r\n10,"d,e"\r\n'
    # The quote before d doesn't close the one before a: a letter follows it.
    assert fields(content) == [["10", '"a', "b"], ["10", "c"], ["10", "d,e"]]
    assert rules(content) == [["open-quote"], [], []]


def test_a_stray_quote_within_a_value_swallows_nothing() -> None:
    assert fields(b'10,a"b\r\n10,c"d\r\n10,e\r\n') == [["10", 'a"b'], ["10", 'c"d'], ["10", "e"]]


def test_a_record_that_is_too_long_is_cut_and_the_next_is_read() -> None:
    content = b"10," + b"x" * (3 * LONGEST_RECORD) + b"\r\n10,a\r\n"
    (first, problems), second = read_records(content[start : start + 1000] for start in range(0, len(content), 1000))
    assert [rule for rule, _ in problems] == ["record-too-long"]
    assert sum(map(len, first)) <= LONGEST_RECORD + 1
    assert second == (["10", "a"], [])


def test_a_record_of_just_the_allowed_length_is_read() -> None:
    line = b"1" * (LONGEST_RECORD - 1)
    assert rules(line + b"\r\n") == [[]]


@pytest.mark.parametrize(
    "pattern",
    [
        b"x" * 4096,
        b'"' + b"x" * 4095,
        (b'10,"' + b"abc" * 84) * 16,
        (b'10,"' + b"abc" * 84 + b"\r\n") * 16,
        b'a"b,' * 1024,
        b'""' * 2048,
        (b'"\n' + b'""' * 127) * 16,
    ],
)
def test_memory_and_time_are_bounded_whatever_the_bytes(pattern: bytes) -> None:
    looked_at = 0

    def chunks() -> Iterator[bytes]:
        nonlocal looked_at
        for chunk in repeat(pattern, 512):
            looked_at += len(chunk)
            yield chunk

    tracemalloc.start()
    try:
        for _ in read_records(chunks()):
            pass
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    # Two megabytes went through; a few records' worth was ever held.
    assert looked_at >= 2_000_000
    assert peak < 64 * LONGEST_RECORD
