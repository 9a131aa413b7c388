"""Whole batches and single records are two ways to one dialect."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ecosmig_publish.emrr.records import detail_line
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.outbox.lines import detail_lines
from tests.outbox.batches import columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.values import Value

EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - the engine's instants are naive UTC

_TEXTS = st.text(alphabet=st.sampled_from('ab0é界🔌,"\r\n; \t\x00')) | st.text(max_size=8)
_INTEGERS = st.integers(-(2**63), 2**63 - 1)
_DATES = st.dates()
_INSTANTS = st.datetimes()
KINDS = {
    "text": (pa.string(), _TEXTS),
    "integer": (pa.int64(), _INTEGERS),
    "date": (pa.date32(), _DATES),
    "instant": (pa.timestamp("us"), _INSTANTS),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[tuple[Value, ...]], list[Any]]:
    """Return rows, with nulls, and the types of their columns."""
    kinds = draw(st.lists(st.sampled_from(sorted(KINDS)), min_size=1, max_size=5))
    row = st.tuples(*(st.none() | KINDS[kind][1] for kind in kinds))
    return draw(st.lists(row, max_size=12)), [KINDS[kind][0] for kind in kinds]


def in_utc(value: Value) -> Value:
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value


def as_records(rows: Sequence[Sequence[Value]]) -> list[bytes]:
    return [detail_line(Report.ECOSMIG_001, [in_utc(value) for value in row]) for row in rows]


def as_lines(batch: Any) -> list[bytes]:
    lines = detail_lines(batch, batch.schema.names)
    assert lines.type == pa.string()
    return [line.encode() for line in lines.to_pylist()]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables())
def test_batches_give_what_records_give_byte_for_byte(table: tuple[list[tuple[Value, ...]], list[Any]]) -> None:
    rows, kinds = table
    assert as_lines(columns(rows, kinds)) == as_records(rows)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.integers(0, 12), st.integers(0, 12))
def test_a_slice_of_a_batch_gives_the_lines_of_its_own_rows(
    table: tuple[list[tuple[Value, ...]], list[Any]], first: int, length: int
) -> None:
    rows, kinds = table
    assert as_lines(columns(rows, kinds).slice(first, length)) == as_records(rows[first : first + length])


def test_an_empty_batch_gives_no_line() -> None:
    assert as_lines(columns([], [pa.string(), pa.int64(), pa.date32(), pa.timestamp("us")])) == []


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        ("plain", "plain"),
        ("", ""),
        (" blanks ", " blanks "),
        ("0012", "0012"),
        ("10E0", "10E0"),
        ("=1+1", "=1+1"),
        ("a;b'c", "a;b'c"),
        ("a,b", '"a,b"'),
        ('"', '""""'),
        ('say "no"', '"say ""no"""'),
        ("a\rb", '"a\rb"'),
        ("a\nb", '"a\nb"'),
        ("é,界", '"é,界"'),
    ],
)
def test_a_value_is_quoted_only_where_it_holds_a_separator_a_quote_or_a_line_break(value: str, printed: str) -> None:
    rows = [("before",), (value,), ("after",)]
    assert as_lines(columns(rows, [pa.string()])) == [
        f"10,{text}\r\n".encode() for text in ("before", printed, "after")
    ]


@pytest.mark.parametrize(
    ("instant", "printed"),
    [
        ("0001-01-01T00:00:00", "00010101T000000"),
        ("0999-12-31T23:59:59.999999", "09991231T235959"),
        ("1969-12-31T23:59:59.999999", "19691231T235959"),
        ("1969-12-31T23:59:59", "19691231T235959"),
        ("1970-01-01T00:00:00", "19700101T000000"),
        ("2024-02-29T23:59:59.999999", "20240229T235959"),
        ("9999-12-31T23:59:59.999999", "99991231T235959"),
    ],
)
def test_an_instant_is_cut_to_its_second_never_rounded(instant: str, printed: str) -> None:
    (line,) = as_lines(columns([(datetime.fromisoformat(instant),)], [pa.timestamp("us")]))
    assert line == f"10,{printed}\r\n".encode()


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("seconds", [-1, 0, 1_708_905_599])
def test_an_instant_of_any_precision_prints_its_second(unit: str, seconds: int) -> None:
    ticks = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[unit]
    last_tick = pa.array([seconds * ticks + ticks - 1], pa.int64()).cast(pa.timestamp(unit))
    printed = f"{EPOCH + timedelta(seconds=seconds):%Y%m%dT%H%M%S}"
    assert as_lines(pa.record_batch([last_tick], names=["at"])) == [f"10,{printed}\r\n".encode()]


def test_an_instant_with_a_zone_prints_in_utc() -> None:
    moment = pa.array([datetime(2024, 7, 1, 11, 30, tzinfo=UTC)], pa.timestamp("us", "Europe/London"))
    assert as_lines(pa.record_batch([moment], names=["at"])) == [b"10,20240701T113000\r\n"]


def test_a_date_before_the_year_1000_keeps_four_digits() -> None:
    assert as_lines(columns([(date(33, 4, 3),)], [pa.date32()])) == [b"10,00330403\r\n"]


@pytest.mark.parametrize(
    "encoded",
    [
        lambda texts: texts.cast(pa.large_string()),
        lambda texts: texts.cast(pa.string_view()),
        lambda texts: texts.dictionary_encode(),
        lambda texts: texts.cast(pa.large_string()).dictionary_encode(),
    ],
    ids=["large", "view", "dictionary", "large-dictionary"],
)
def test_text_prints_the_same_however_the_engine_encodes_it(encoded: Any) -> None:
    texts = ["a", None, 'b,"c"', "", "界" * 9, "a"]
    batch = pa.record_batch([encoded(pa.array(texts)), pa.array(range(6))], names=["text", "number"])
    for part in (batch, batch.slice(1, 3)):
        rows = list(zip(*(column.to_pylist() for column in part.columns), strict=True))
        assert as_lines(part) == as_records(rows)


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.uint64()])
def test_integers_print_plain_whatever_their_width(kind: Any) -> None:
    assert as_lines(columns([(7,), (None,), (0,)], [kind])) == [b"10,7\r\n", b"10,\r\n", b"10,0\r\n"]


def test_a_column_of_nothing_but_nulls_prints_nothing() -> None:
    batch = pa.record_batch([pa.nulls(2), pa.nulls(2, pa.timestamp("us"))], names=["a", "b"])
    assert as_lines(batch) == [b"10,,\r\n"] * 2


@pytest.mark.parametrize("text", ["=1+1", "=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_a_value_that_a_spreadsheet_would_run_is_published_as_it_is(text: str) -> None:
    batch = pa.record_batch([pa.array([text])], ["field"])
    (line,) = detail_lines(batch, ["field"]).to_pylist()
    assert line == f"10,{text}\r\n"
