"""Each record is read back as it was written; what the writer doesn't write is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.emrr.catalogue import CATALOGUE, FieldKind
from ecosmig_publish.emrr.records import (
    Header,
    detail_line,
    header_line,
    parse_detail,
    parse_header,
    parse_trailer,
    trailer_line,
)
from ecosmig_publish.emrr.terms import Report, Slot, parse_signifier
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from ecosmig_publish.emrr.values import Value

NASTY = st.sampled_from(
    [
        "00123402",
        "10E0",
        "=1+1",
        "+44",
        "-5",
        "a,b",
        'a"b',
        '"',
        '""',
        ",",
        "\r",
        "\n",
        "\r\n",
        "a\r\nb",
        " ",
        "\t",
        " blank around ",
        "\U0001f50c",
        "e\u0301",
        "\x00",
        "\u2028",
        "\x85",
        "#N/A",
        "NULL",
        "\ufeff",
        "10,x\r\n99,1",
    ]
)
texts = NASTY | st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)
ints = st.integers(-(10**17), 10**17)
instants = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))]),
).map(lambda moment: moment.replace(microsecond=0))
KINDS: dict[FieldKind, st.SearchStrategy[Value]] = {
    FieldKind.TEXT: texts,
    FieldKind.INTEGER: ints,
    FieldKind.DATETIME: instants,
    FieldKind.DATE: st.dates(),
}


def details_of(report: Report) -> st.SearchStrategy[tuple[Report, tuple[Value, ...]]]:
    values = st.tuples(*(st.none() | KINDS[field.kind] for field in CATALOGUE[report].fields))
    return st.tuples(st.just(report), values)


details = st.sampled_from(Report).flatmap(details_of)
MONDAY = datetime(2026, 6, 1, 6, tzinfo=UTC)


def period_after(report: Report, moment: datetime) -> Slot:
    return next(due_slots(report, after=moment, until=moment + timedelta(days=40)))


headers = st.builds(
    lambda report, recipient, sequence, moment: Header(
        report, parse_signifier(recipient), sequence, moment, period_of(period_after(report, moment))
    ),
    st.sampled_from(Report),
    st.from_regex("[A-Z0-9]{6}", fullmatch=True),
    st.integers(1, 999_999),
    instants.filter(lambda moment: 2 < moment.year < 9999),
)


@given(details)
def test_a_detail_is_read_back_as_it_was_written(detail: tuple[Report, tuple[Value, ...]]) -> None:
    report, values = detail
    assert parse_detail(report, detail_line(report, values)) == values


@given(headers)
def test_a_header_is_read_back_as_it_was_written(header: Header) -> None:
    line = header_line(header.report, header.recipient, header.sequence, header.created_at, header.period)
    assert parse_header(line) == header


@given(st.integers(0, 999_999))
def test_a_trailer_is_read_back_as_it_was_written(rows: int) -> None:
    assert parse_trailer(trailer_line(rows)) == rows


@given(details)
def test_a_detail_that_is_read_is_written_the_same(detail: tuple[Report, tuple[Value, ...]]) -> None:
    line = detail_line(*detail)
    assert detail_line(detail[0], parse_detail(detail[0], line)) == line


def test_a_header_has_nine_fields_and_whole_seconds() -> None:
    slot = Slot(MONDAY, Report.ECOSMIG_005)
    created_at = MONDAY + timedelta(microseconds=999_999)
    line = header_line(slot.report, parse_signifier("PXX999"), 12, created_at, period_of(slot))
    assert line == (
        b"00,ECOSMIG-005,PXX999,12,Summary Report: ECoS Migration Activity for the Previous Week,"
        b"20260601T060000,20260525T000000,20260531T235959,DCC Controlled\r\n"
    )


def test_only_values_with_a_comma_a_quote_cr_or_lf_are_quoted() -> None:
    moment = datetime(2026, 6, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    values = ("A", "=1+1", " x ", "1,5", 'say "hi"', "a\rb", moment)
    assert detail_line(Report.ECOSMIG_001, values) == (b'10,A,=1+1, x ,"1,5","say ""hi""","a\rb",20260531T230000\r\n')


def test_an_empty_optional_field_is_nothing_between_its_commas() -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    values = ("D", "M", "ESME", "1057", "5434", "0012", "Success", None, None, moment, 1)
    assert detail_line(Report.ECOSMIG_003, values) == b"10,D,M,ESME,1057,5434,0012,Success,,,20260601T000000,1\r\n"


def test_an_empty_text_is_read_as_none() -> None:
    assert parse_detail(Report.ECOSMIG_006, b"10,,,20260601T000000\r\n")[:2] == (None, None)


def test_a_day_of_005_is_a_date_and_quantities_are_integers() -> None:
    assert parse_detail(Report.ECOSMIG_005, b"10,20240229,0,12\r\n") == (date(2024, 2, 29), 0, 12)


GOOD_HEADER = (
    b"00,ECOSMIG-001,PXX999,1,Detail Report: ECoS Migrations Completed Successfully,"
    b"20260601T060000,20260531T000000,20260531T235959,DCC Controlled\r\n"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"00,", b"0,"),
        (b"00,", b"10,"),
        (b"ECOSMIG-001", b"ECOSMIG-009"),
        (b"ECOSMIG-001", b"ECOSMIG-002"),
        (b"PXX999", b"pxx999"),
        (b"PXX999", b""),
        (b",1,", b",01,"),
        (b",1,", b",,"),
        (b"Successfully", b"successfully"),
        (b"20260601T060000", b"20260601 060000"),
        (b"20260531T235959", b"20260531T240000"),
        (b"20260531T235959", b"99991231T235959"),
        (b"DCC Controlled", b"DCC controlled"),
        (b"\r\n", b",\r\n"),
        (b"\r\n", b"\n"),
        (b"\r\n", b""),
        (b"\r\n", b"\r\n10\r\n"),
        (b"PXX999", b'"PXX999"'),
        (b"PXX999", b"PXX\xff99"),
        (b"00,ECO", b"\xef\xbb\xbf00,ECO"),
    ],
)
def test_a_header_that_the_writer_does_not_write_is_refused(old: bytes, new: bytes) -> None:
    assert parse_header(GOOD_HEADER).sequence == 1
    with pytest.raises(InvalidFileError):
        parse_header(GOOD_HEADER.replace(old, new))


@pytest.mark.parametrize(
    "line",
    [
        b"10,20240229,0\r\n",
        b"10,20240229,0,1,2\r\n",
        b"99,20240229,0,1\r\n",
        b"10,20240230,0,1\r\n",
        b"10,20240229,00,1\r\n",
        b"10,20240229,-0,1\r\n",
        b"10,20240229,+5,1\r\n",
        b"10,20240229,\xd9\xa1,1\r\n",
        b"10,20240229,1.0,1\r\n",
        b"10,20240229, 1,1\r\n",
        b"10,20240229," + b"9" * 5000 + b",1\r\n",
        b'10,20240229,"1",1\r\n',
        b'10,20240229,"1,1\r\n',
        b"10,20240229,1,1\n",
        b"",
    ],
)
def test_a_detail_that_the_writer_does_not_write_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidFileError):
        parse_detail(Report.ECOSMIG_005, line)


@pytest.mark.parametrize("line", [b"99,1\r\n", b"99,01,DCC Controlled\r\n", b"99,,DCC Controlled\r\n", b"99,1,X\r\n"])
def test_a_trailer_that_the_writer_does_not_write_is_refused(line: bytes) -> None:
    with pytest.raises(InvalidFileError):
        parse_trailer(line)


def test_a_refusal_does_not_quote_the_record() -> None:
    with pytest.raises(InvalidFileError) as caught:
        parse_detail(Report.ECOSMIG_006, b"10,00-DB-12-34-56-78-90-10,1200034567013,yesterday\r\n")
    assert not {"1200034567013", "00-DB-12"} & set(str(caught.value).replace(",", " ").split())
    assert "yesterday" not in str(caught.value)
