"""Whether a recipient's folder is whole: gap, copy, conflict, name against header, another recipient's file."""

from __future__ import annotations

from pathlib import Path

import pytest

from ecosmig_publish.emrr.terms import parse_signifier
from ecosmig_publish.emrr.validation import FileContent, contents_of, validate_sequence
from ecosmig_publish.errors import UsageError
from tests.emrr.made import HEADERS, bytes_of, lines_of

EXPECTED = Path(__file__).parents[1] / "examples" / "expected"


def put(
    folder: Path,
    sequence: int,
    *,
    report: str = "001",
    recipient: str = "PXX999",
    created: str = "20260601T060000",
    name: str | None = None,
    header: str | None = None,
) -> str:
    """Write a report file, by default right; returns its name."""
    title, _, period = HEADERS[report].partition(",")
    start_and_end = period.partition(",")[2]
    line = header or f"00,ECOSMIG-{report},{recipient},{sequence},{title},{created},{start_and_end},DCC Controlled"
    name = name or f"ECOSMIG-{report}_{recipient}_{sequence}_{created.replace('T', '')}.csv"
    (folder / name).write_bytes(bytes_of([line, "99,0,DCC Controlled"]))
    return name


def found_in(folder: Path, first: int | None = 1, recipient: str | None = None) -> list[tuple[str, str]]:
    """Each finding's file and rule."""
    owner = parse_signifier(recipient) if recipient else None
    return [(it.file, it.rule) for it in validate_sequence(contents_of(folder), first=first, recipient=owner)]


@pytest.mark.parametrize("recipient", ["PXX001", "PXX002", "PXX003"])
def test_every_folder_of_the_worked_example_is_whole(recipient: str) -> None:
    assert found_in(EXPECTED / recipient, recipient=recipient) == []


def test_an_empty_folder_is_whole(tmp_path: Path) -> None:
    assert found_in(tmp_path) == []


def test_numbers_that_follow_each_other_are_whole_in_each_report_and_past_nine(tmp_path: Path) -> None:
    for sequence in range(1, 13):
        put(tmp_path, sequence, created=f"202606{sequence:02d}T060000")
    put(tmp_path, 1, report="002")
    assert found_in(tmp_path) == []


def test_a_split_issue_with_one_creation_time_and_period_is_whole(tmp_path: Path) -> None:
    for sequence in (1, 2, 3):
        put(tmp_path, sequence)
    assert found_in(tmp_path) == []


def test_a_correction_of_an_earlier_period_with_the_next_number_is_whole(tmp_path: Path) -> None:
    put(tmp_path, 1, created="20260602T060000")
    header = (
        "00,ECOSMIG-001,PXX999,2,Detail Report: ECoS Migrations Completed Successfully,"
        "20260603T113000,20260530T000000,20260530T235959,DCC Controlled"
    )
    put(tmp_path, 2, created="20260603T113000", header=header)
    assert found_in(tmp_path) == []


@pytest.mark.parametrize(
    ("numbers", "missing"), [([1, 3], "number 2 is missing"), ([1, 2, 6], "numbers 3 to 5 are missing")]
)
def test_a_gap_is_found_with_the_numbers_that_are_missing(tmp_path: Path, numbers: list[int], missing: str) -> None:
    names = [put(tmp_path, number) for number in numbers]
    (finding,) = validate_sequence(contents_of(tmp_path))
    assert (finding.file, finding.rule) == (names[-1], "gap")
    assert missing in finding.message


def test_missing_first_numbers_are_a_gap(tmp_path: Path) -> None:
    name = put(tmp_path, 4)
    assert found_in(tmp_path) == [(name, "gap")]


def test_streams_may_begin_with_another_number_than_1(tmp_path: Path) -> None:
    put(tmp_path, 4)
    put(tmp_path, 5)
    assert found_in(tmp_path, first=4) == []


def test_a_number_below_the_first_is_found(tmp_path: Path) -> None:
    name = put(tmp_path, 3)
    put(tmp_path, 4)
    assert found_in(tmp_path, first=4) == [(name, "below-first")]


def test_where_older_files_were_removed_each_stream_begins_with_its_lowest_number(tmp_path: Path) -> None:
    put(tmp_path, 7)
    put(tmp_path, 8)
    name = put(tmp_path, 10)
    put(tmp_path, 31, report="002")
    assert found_in(tmp_path, first=None) == [(name, "gap")]


def test_the_same_bytes_under_another_name_are_a_copy(tmp_path: Path) -> None:
    name = put(tmp_path, 1)
    copy = f"{name[:-4]} (1).csv"
    (tmp_path / copy).write_bytes((tmp_path / name).read_bytes())
    (finding,) = validate_sequence(contents_of(tmp_path))
    assert (finding.file, finding.rule) == (copy, "copy")
    assert name in finding.message


def test_the_same_number_with_the_same_bytes_is_a_copy_whose_name_disagrees_with_its_header(tmp_path: Path) -> None:
    put(tmp_path, 1)
    copy = put(tmp_path, 1, name="ECOSMIG-001_PXX999_1_20260601060001.csv")
    assert found_in(tmp_path) == [(copy, "name-and-header"), (copy, "copy")]


def test_the_same_number_with_other_bytes_is_a_conflict(tmp_path: Path) -> None:
    first = put(tmp_path, 1)
    second = put(tmp_path, 1, created="20260601T060001")
    put(tmp_path, 2, created="20260601T060002")
    (finding,) = validate_sequence(contents_of(tmp_path))
    assert (finding.file, finding.rule) == (second, "conflict")
    assert first in finding.message


def test_of_three_files_of_one_number_each_is_judged_against_all(tmp_path: Path) -> None:
    first = put(tmp_path, 1)
    second = put(tmp_path, 1, created="20260601T060001")
    third = put(tmp_path, 1, name="ECOSMIG-001_PXX999_1_20260601060002.csv")
    assert (tmp_path / first).read_bytes() == (tmp_path / third).read_bytes()
    assert found_in(tmp_path) == [(third, "name-and-header"), (second, "conflict"), (third, "copy")]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("ECOSMIG-002_PXX999_1_20260601060000.csv", "report"),
        ("ECOSMIG-001_PXX998_1_20260601060000.csv", "recipient"),
        ("ECOSMIG-001_PXX999_1_20260601060001.csv", "created_at"),
    ],
)
def test_a_name_that_says_something_else_than_the_header_is_found(tmp_path: Path, name: str, field: str) -> None:
    put(tmp_path, 1, name=name)
    (finding,) = validate_sequence(contents_of(tmp_path))
    assert (finding.file, finding.record, finding.field, finding.rule) == (name, 1, field, "name-and-header")


def test_a_number_in_the_name_that_is_not_the_headers_is_found(tmp_path: Path) -> None:
    put(tmp_path, 1)
    renamed = put(tmp_path, 5, name="ECOSMIG-001_PXX999_2_20260601060000.csv")
    assert found_in(tmp_path) == [(renamed, "name-and-header")]


def test_the_file_of_another_recipient_is_found_among_those_of_one(tmp_path: Path) -> None:
    put(tmp_path, 1)
    put(tmp_path, 2)
    name = put(tmp_path, 1, recipient="PXX001")
    assert found_in(tmp_path) == [(name, "another-recipient")]


def test_where_the_owner_is_known_most_files_may_be_the_strangers(tmp_path: Path) -> None:
    put(tmp_path, 1)
    strangers = [put(tmp_path, number, recipient="PXX001") for number in (1, 2)]
    assert found_in(tmp_path, recipient="PXX999") == [(name, "another-recipient") for name in strangers]


def test_a_file_with_another_recipient_in_its_header_is_found(tmp_path: Path) -> None:
    title, _, rest = HEADERS["001"].partition(",")
    put(tmp_path, 1, header=f"00,ECOSMIG-001,PXX001,1,{title},{rest},DCC Controlled")
    (finding,) = validate_sequence(contents_of(tmp_path))
    assert (finding.field, finding.rule) == ("recipient", "name-and-header")


@pytest.mark.parametrize("name", ["readme.txt", ".ecosmig.part", "ECOSMIG-001_PXX999_01_20260601060000.csv"])
def test_what_is_no_report_file_is_found(tmp_path: Path, name: str) -> None:
    put(tmp_path, 1)
    (tmp_path / name).write_bytes(b"x")
    assert found_in(tmp_path) == [(name, "name")]


@pytest.mark.parametrize("content", [b"", b"99,0,DCC Controlled\r\n", b"00,ECOSMIG-001\r\n", b"\x00" * 100, b'"' * 99])
def test_a_file_without_a_header_is_found(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "ECOSMIG-001_PXX999_1_20260601060000.csv").write_bytes(content)
    assert [rule for _, rule in found_in(tmp_path)] == ["no-header"]


def test_a_file_created_before_the_number_below_it_is_found(tmp_path: Path) -> None:
    put(tmp_path, 1, created="20260602T060000")
    name = put(tmp_path, 2, created="20260601T060000")
    assert found_in(tmp_path) == [(name, "runs-backwards")]


def test_a_header_is_read_with_its_quotes_and_line_breaks(tmp_path: Path) -> None:
    lines = lines_of("001", [])
    lines[0] = lines[0].replace("Detail Report", '"Detail, ""Report""\r\n')
    lines[0] = lines[0].replace("Successfully,", 'Successfully",')
    (tmp_path / "file").write_bytes(bytes_of(lines))
    (content,) = contents_of(tmp_path)
    assert content.header[4] == 'Detail, "Report"\r\n: ECoS Migrations Completed Successfully'
    assert len(content.header) == 9


def test_contents_come_by_name_with_the_sha_256_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"")
    (tmp_path / "a").write_bytes(b"0" * 3_000_000)
    (tmp_path / "folder").mkdir()
    assert list(contents_of(tmp_path)) == [
        # sha256sum's, of three million zeros and of nothing.
        FileContent("a", "1b611cf8b627bd68a1b82a6189a8c1fc01e484dd15ee76fe8c72508a85e09be3", ("0" * 16_385,)),
        FileContent("b", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ()),
    ]


@pytest.mark.parametrize("what", ["nothing", "a file"])
def test_what_is_no_folder_is_refused(tmp_path: Path, what: str) -> None:
    place = tmp_path / "place"
    if what == "a file":
        place.write_bytes(b"")
    with pytest.raises(UsageError, match="place"):
        list(contents_of(place))
