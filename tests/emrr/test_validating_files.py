"""Whether a file is right: its dialect, its records' order, its trailer, its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecosmig_publish.emrr.validation import validate_file
from tests.emrr.made import DETAILS, bytes_of, found_in, lines_of, name_of, rules_in, with_field

EXAMPLES = sorted((Path(__file__).parents[1] / "examples" / "expected").glob("PXX*/*.csv"))
TITLE = "Detail Report: ECoS Migrations Completed Successfully"


def test_there_are_sixteen_worked_examples() -> None:
    assert len(EXAMPLES) == 16


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_file_of_the_worked_example_is_right(path: Path) -> None:
    assert found_in(path.read_bytes(), path.name) == []


@pytest.mark.parametrize("number", DETAILS)
def test_a_right_file_of_each_report_has_no_finding(number: str) -> None:
    assert rules_in(lines_of(number), name_of(number)) == []


@pytest.mark.parametrize("number", DETAILS)
def test_an_empty_report_is_right(number: str) -> None:
    assert rules_in(lines_of(number, []), name_of(number)) == []


@pytest.mark.parametrize("number", DETAILS)
def test_a_file_is_right_wherever_its_chunks_end(number: str) -> None:
    content = bytes_of(lines_of(number))
    assert list(validate_file(name_of(number), (content[at : at + 1] for at in range(len(content))))) == []


def test_quoted_values_with_commas_quotes_and_line_breaks_are_right() -> None:
    line = DETAILS["004"][0].replace("1057", '"a, ""b""\r\n10,c"')
    assert rules_in(lines_of("004", [line])) == []


def test_lengths_count_code_points() -> None:
    line = DETAILS["004"][0]
    assert rules_in(lines_of("004", [with_field(line, 2, "\U0001f50c" * 30)])) == []
    assert rules_in(lines_of("004", [with_field(line, 2, "\U0001f50c" * 31)])) == [(2, "manufacturer", "too-long")]


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", (0, "empty-file")),
        (b"\r\n", (1, "no-header")),
        (bytes_of(lines_of("001")).replace(b"\r\n", b"\n"), (1, "bare-lf")),
        (bytes_of(lines_of("001")).replace(b"\r\n", b"\r"), (1, "bare-cr")),
        (b"\xef\xbb\xbf" + bytes_of(lines_of("001")), (1, "bom")),
        ("\r\n".join(lines_of("001")).encode("utf-16"), (1, "not-utf-8")),
        (bytes_of(lines_of("001"))[:-2], (5, "no-crlf")),
        (bytes_of(lines_of("001")[1:]), (1, "no-header")),
        (bytes_of(lines_of("001")[:-1]), (4, "no-trailer")),
        (bytes_of(lines_of("001")[:1]), (1, "no-trailer")),
        (bytes_of(lines_of("001")) + b"\x1a", (6, "after-trailer")),
        (bytes_of(lines_of("001")) + b"\r\n", (6, "after-trailer")),
        (bytes_of([*lines_of("001"), *lines_of("001")]), (6, "after-trailer")),
        (bytes_of([lines_of("001")[0], *lines_of("001")]), (2, "second-header")),
        (bytes_of([lines_of("001")[0], "", *lines_of("001")[1:]]), (2, "record-type")),
        (bytes_of(lines_of("001")).replace(b"\r\n10,", b"\r\n 10,"), (2, "record-type")),
        (bytes_of(lines_of("001")).replace(b"ESME", b'"ESME"'), (2, "needless-quotes")),
        (bytes_of(lines_of("001")).replace(b"ESME", b'E"ME'), (2, "bad-quotes")),
        (bytes_of(lines_of("001")).replace(b"ESME", b'"ESME', 1), (2, "open-quote")),
        (bytes_of(lines_of("001")).replace(b"ESME", b"ES\rME"), (2, "bare-cr")),
        (bytes_of(lines_of("001")).replace(b"ESME", b"ESM\xc9"), (2, "not-utf-8")),
        (bytes_of(lines_of("001")).replace(b"ESME", b"E" * 20_000, 1), (2, "record-too-long")),
        (bytes_of([*lines_of("001")[:1], *["x" * 10_000] * 100]), (2, "record-type")),
    ],
)
def test_what_spoils_a_whole_file_is_found(content: bytes, found: tuple[int, str]) -> None:
    assert found in {(finding.record, finding.rule) for finding in found_in(content)}


def test_a_file_of_line_feeds_alone_is_found_to_be_that_and_nothing_else() -> None:
    content = bytes_of(lines_of("003")).replace(b"\r\n", b"\n")
    assert {finding.rule for finding in found_in(content)} == {"bare-lf"}


def test_a_byte_order_mark_is_all_that_is_wrong_with_a_file_that_has_one() -> None:
    content = b"\xef\xbb\xbf" + bytes_of(lines_of("003"))
    assert [finding.rule for finding in found_in(content, name_of("003"))] == ["bom"]


def test_what_follows_the_trailer_is_one_finding_however_much_it_is() -> None:
    lines = [*lines_of("001"), *["10,x"] * 50]
    assert rules_in(lines) == [(6, "", "after-trailer")]


def test_a_record_that_is_cut_counts_as_a_row_and_is_not_looked_into() -> None:
    lines = lines_of("001")
    lines[2] = with_field(lines[2], 3, "E" * 20_000)
    assert rules_in(lines) == [(3, "", "record-too-long")]


@pytest.mark.parametrize(
    ("trailer", "field", "rule"),
    [
        ("99,2,DCC Controlled", "rows", "rows-count"),
        ("99,5,DCC Controlled", "rows", "rows-count"),
        ("99,0,DCC Controlled", "rows", "rows-count"),
        ("99,03,DCC Controlled", "rows", "not-an-integer"),
        ("99,+3,DCC Controlled", "rows", "not-an-integer"),
        ("99,-3,DCC Controlled", "rows", "too-small"),
        ("99,3.0,DCC Controlled", "rows", "not-an-integer"),
        ("99,\u0663,DCC Controlled", "rows", "not-an-integer"),
        ("99,1000000,DCC Controlled", "rows", "too-long"),
        ("99,,DCC Controlled", "rows", "empty"),
        ("99,3,", "classification", "empty"),
        ("99,3,Dcc Controlled", "classification", "not-allowed"),
        ("99,3,DCC Controlled ", "classification", "too-long"),
        ("99,3", "", "field-count"),
        ("99,3,DCC Controlled,", "", "field-count"),
        ("99", "", "field-count"),
    ],
)
def test_a_wrong_trailer_is_found(trailer: str, field: str, rule: str) -> None:
    assert rules_in([*lines_of("001")[:-1], trailer]) == [(5, field, rule)]


@pytest.mark.parametrize(
    ("position", "text", "field", "rule"),
    [
        (1, "ECOSMIG-007", "report", "not-allowed"),
        (1, "ecosmig-001", "report", "not-allowed"),
        (1, "", "report", "empty"),
        (2, "pxx999", "recipient", "pattern"),
        (2, "PXX99", "recipient", "pattern"),
        (2, "PXX9999", "recipient", "too-long"),
        (2, "", "recipient", "empty"),
        (3, "0", "sequence", "too-small"),
        (3, "-5", "sequence", "too-small"),
        (3, "007", "sequence", "not-an-integer"),
        (3, "+5", "sequence", "not-an-integer"),
        (3, "1 ", "sequence", "not-an-integer"),
        (3, "\u0665", "sequence", "not-an-integer"),
        (3, "1000000", "sequence", "too-long"),
        (3, "9" * 5000, "sequence", "too-long"),
        (3, "", "sequence", "empty"),
        (4, "Detail Report", "title", "title"),
        (4, TITLE.lower(), "title", "title"),
        (4, "x" * 101, "title", "too-long"),
        (4, "", "title", "empty"),
        (5, "", "created_at", "empty"),
        (5, "20260601 060000", "created_at", "not-a-datetime"),
        (5, "20260601T060000Z", "created_at", "too-long"),
        (5, "20260601T055959", "created_at", "created-early"),
        (6, "20260531T000001", "period_start", "period"),
        (6, "20260530T000000", "period_start", "period"),
        (6, "20260230T000000", "period_start", "not-a-datetime"),
        (6, "", "period_start", "empty"),
        (7, "20260601T000000", "period_end", "period"),
        (7, "20260531T225959", "period_end", "period"),
        (7, "20260531T235960", "period_end", "not-a-datetime"),
        (7, "99991231T235959", "period_end", "period"),
        (7, "00010101T000000", "period_end", "period"),
        (8, "DCC Public", "classification", "not-allowed"),
        (8, "", "classification", "empty"),
    ],
)
def test_a_wrong_header_is_found(position: int, text: str, field: str, rule: str) -> None:
    lines = lines_of("001", [])
    assert rules_in([with_field(lines[0], position, text), lines[1]]) == [(1, field, rule)]


@pytest.mark.parametrize("line", ["00", "00,ECOSMIG-001", lines_of("001")[0] + ",", lines_of("001")[0][:-15]])
def test_a_header_without_its_nine_fields_is_found(line: str) -> None:
    assert rules_in([line, "99,0,DCC Controlled"]) == [(1, "", "field-count")]


@pytest.mark.parametrize("number", ["001", "002", "003", "004", "005", "006"])
def test_the_period_of_another_report_is_found(number: str) -> None:
    other = {"001": "002", "002": "001", "003": "004", "004": "003", "005": "006", "006": "005"}[number]
    header = lines_of(number)[0].split(",")
    header[5:8] = lines_of(other)[0].split(",")[5:8]
    assert [rule for _, _, rule in rules_in([",".join(header), "99,0,DCC Controlled"])] == ["period"]


def test_a_report_issued_days_late_is_right() -> None:
    lines = lines_of("002")
    lines[0] = with_field(lines[0], 5, "20260604T013007")
    assert rules_in(lines, "ECOSMIG-002_PXX999_10_20260604013007.csv") == []


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ECOSMIG-002_PXX999_10_20260601060000.csv", "report"),
        ("ECOSMIG-001_PXX998_10_20260601060000.csv", "recipient"),
        ("ECOSMIG-001_PXX999_11_20260601060000.csv", "sequence"),
        ("ECOSMIG-001_PXX999_10_20260601060001.csv", "created_at"),
    ],
)
def test_a_name_that_says_something_else_than_the_header_is_found(name: str, field: str) -> None:
    assert rules_in(lines_of("001"), name) == [(0, field, "name-and-header")]


@pytest.mark.parametrize("name", ["report.csv", "ECOSMIG-001_PXX999_010_20260601060000.csv", "", "held.json"])
def test_a_name_that_is_none_is_found(name: str) -> None:
    assert rules_in(lines_of("001"), name) == [(0, "", "name")]


def test_a_name_that_is_none_is_found_even_where_there_is_no_header() -> None:
    assert [rule for _, _, rule in rules_in(["hello"], "hello.txt")] == ["no-header", "no-trailer", "name"]


def test_every_finding_carries_the_name_of_its_file() -> None:
    content = bytes_of([*lines_of("001")[:2], "10,x", "98"]).replace(b"\r\n", b"\n")
    found = found_in(content, name_of("002"))
    # Dialect, details, what closes the file, and its name.
    assert {finding.rule for finding in found} == {
        "bare-lf",
        "field-count",
        "record-type",
        "no-trailer",
        "name-and-header",
    }
    assert {finding.file for finding in found} == {name_of("002")}


def test_without_a_name_findings_carry_none() -> None:
    assert {finding.file for finding in found_in(b"x")} == {""}


def test_no_finding_quotes_a_detail() -> None:
    value = "1200034567013-SECRET-VALUE"
    for number, details in DETAILS.items():
        for position in range(1, details[0].count(",") + 1):
            lines = lines_of(number, [with_field(details[0], position, value)])
            assert not any(value in finding.message for finding in found_in(bytes_of(lines)))
