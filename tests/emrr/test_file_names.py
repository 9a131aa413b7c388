"""Names of report files and their parser are inverses; what is no name is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.filename import FileName, format_file_name, parse_file_name
from ecosmig_publish.emrr.terms import Report, parse_signifier
from ecosmig_publish.errors import InvalidFileError

signifiers = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=6, max_size=6).map(parse_signifier)
instants = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))
names = st.builds(FileName, st.sampled_from(Report), signifiers, st.integers(1, 999_999), instants)


@given(names)
def test_a_name_is_read_back_as_it_was_written(name: FileName) -> None:
    assert parse_file_name(format_file_name(name)) == name


@given(names)
def test_a_text_that_is_read_is_written_the_same(name: FileName) -> None:
    text = format_file_name(name)
    assert format_file_name(parse_file_name(text)) == text


def test_the_example_of_the_governing_text_is_read() -> None:
    assert parse_file_name("ECOSMIG-001_PXX999_10_20211206060000.csv") == FileName(
        Report.ECOSMIG_001, parse_signifier("PXX999"), 10, datetime(2021, 12, 6, 6, tzinfo=UTC)
    )


def test_the_instant_stands_in_utc_and_whole_seconds() -> None:
    summer = datetime(2026, 7, 1, 0, 30, 59, 999_999, tzinfo=timezone(timedelta(hours=1)))
    name = FileName(Report.ECOSMIG_006, parse_signifier("PXX999"), 7, summer)
    assert format_file_name(name) == "ECOSMIG-006_PXX999_7_20260630233059.csv"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ecosmig-001_PXX999_10_20211206060000.csv",
        "ECOSMIG-001_pxx999_10_20211206060000.csv",
        "ECOSMIG-001_PXX999_10_20211206060000.CSV",
        "ECOSMIG-000_PXX999_10_20211206060000.csv",
        "ECOSMIG-007_PXX999_10_20211206060000.csv",
        "ECOSMIG-01_PXX999_10_20211206060000.csv",
        "ECOSMIG-001_PXX99_10_20211206060000.csv",
        "ECOSMIG-001_PXX9999_10_20211206060000.csv",
        "ECOSMIG-001_PXX 99_10_20211206060000.csv",
        "ECOSMIG-001_PXX999_000010_20211206060000.csv",
        "ECOSMIG-001_PXX999_0_20211206060000.csv",
        "ECOSMIG-001_PXX999_-1_20211206060000.csv",
        "ECOSMIG-001_PXX999_+1_20211206060000.csv",
        "ECOSMIG-001_PXX999__20211206060000.csv",
        "ECOSMIG-001_PXX999_1000000_20211206060000.csv",
        "ECOSMIG-001_PXX999_\u0661_20211206060000.csv",
        "ECOSMIG-001_PXX999_1_2021120606000\u0660.csv",
        "ECOSMIG-001_PXX999_10_20211306060000.csv",
        "ECOSMIG-001_PXX999_10_20230229060000.csv",
        "ECOSMIG-001_PXX999_10_20211206240000.csv",
        "ECOSMIG-001_PXX999_10_20211206060060.csv",
        "ECOSMIG-001_PXX999_10_00000101000000.csv",
        "ECOSMIG-001_PXX999_10_20211206T060000.csv",
        "ECOSMIG-001_PXX999_10_2021120606000.csv",
        "ECOSMIG-001_PXX999_10_20211206060000",
        "ECOSMIG-001_PXX999_10_20211206060000.csv\n",
        "\nECOSMIG-001_PXX999_10_20211206060000.csv",
        " ECOSMIG-001_PXX999_10_20211206060000.csv",
        "ECOSMIG-001_PXX999_10_20211206060000.csv.part",
        "ECOSMIG-001_PXX999_10_20211206060000 (1).csv",
        "ECOSMIG-001_PXX999_10_20211206060000xcsv",
        "PXX999/ECOSMIG-001_PXX999_10_20211206060000.csv",
        "..\\ECOSMIG-001_PXX999_10_20211206060000.csv",
        "ECOSMIG\u2010001_PXX999_10_20211206060000.csv",
        "ECOSMIG-001-PXX999-10-20211206060000.csv",
    ],
)
def test_what_is_no_name_of_a_report_file_is_refused(text: str) -> None:
    with pytest.raises(InvalidFileError) as caught:
        parse_file_name(text)
    assert "ECOSMIG-001_PXX999_10_20211206060000.csv" in caught.value.hint


@given(names, st.data())
def test_no_other_text_than_the_written_one_is_read_as_the_same_name(name: FileName, data: st.DataObject) -> None:
    text = format_file_name(name)
    place = data.draw(st.integers(0, len(text) - 1))
    other = text[:place] + data.draw(st.characters(exclude_characters=text[place])) + text[place + 1 :]
    try:
        found = parse_file_name(other)
    except InvalidFileError:
        return
    assert found != name
    assert format_file_name(found) == other


@pytest.mark.parametrize("text", ["PXX99", "PXX9999", "pxx999", "PXX99\n", "PXX99\u0661", "PXX-99", "PXX99 ", ""])
def test_what_is_no_signifier_is_refused(text: str) -> None:
    with pytest.raises(InvalidFileError, match="SEC Party Signifier"):
        parse_signifier(text)
