"""Report files and their names, whatever somebody put into a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.dialect import LONGEST_RECORD, read_records
from ecosmig_publish.emrr.filename import format_file_name, parse_file_name
from ecosmig_publish.emrr.reading import read_report
from ecosmig_publish.emrr.records import parse_detail, parse_header, parse_trailer
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.emrr.validation import FileContent, validate_file, validate_sequence
from ecosmig_publish.errors import InvalidFileError
from tests.emrr.made import HEADERS, bytes_of, lines_of, name_of
from tests.fuzz.examples import fuzzed, refusal
from tests.fuzz.mutations import chunks, spoilt

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS = sorted(HEADERS)
FILES = st.one_of(
    st.binary(max_size=400),
    st.sampled_from(NUMBERS).flatmap(lambda number: spoilt(bytes_of(lines_of(number)))),
)
NAMES = st.one_of(
    st.text(max_size=60),
    st.sampled_from(NUMBERS)
    .flatmap(lambda number: spoilt(name_of(number).encode()))
    .map(lambda it: it.decode("utf-8", "surrogateescape")),
)


def read_whole(content: bytes, size: int) -> None:
    _, details = read_report(chunks(content, size))
    for _ in details:
        pass


@fuzzed()
@given(FILES, st.sampled_from((1, 7, 4096)))
def test_bytes_are_a_report_or_an_invalid_file(content: bytes, size: int) -> None:
    refusal(lambda: read_whole(content, size), InvalidFileError)


@fuzzed()
@given(st.one_of(st.none(), NAMES), FILES)
def test_validation_ends_with_findings_and_raises_nothing(name: str | None, content: bytes) -> None:
    for finding in validate_file(name, chunks(content, 4096)):
        assert finding.rule
        assert finding.message


@fuzzed()
@given(FILES, NAMES)
def test_a_refusal_never_quotes_what_stands_in_a_detail(content: bytes, name: str) -> None:
    marked = content.replace(b"1200034567013", b"9876543210987")
    said = [finding.message for finding in validate_file(None, [marked])]
    error = refusal(lambda: read_whole(marked, 4096), InvalidFileError)
    del name
    assert "9876543210987" not in " ".join([*said, str(error)])


@fuzzed()
@given(FILES)
def test_a_file_that_is_read_without_a_finding_is_read_as_typed_values_too(content: bytes) -> None:
    if not list(validate_file(None, [content])):
        read_whole(content, 4096)


@pytest.mark.parametrize(
    "parse", [parse_header, parse_trailer, *(lambda line, it=it: parse_detail(it, line) for it in Report)]
)
def test_a_record_is_one_or_an_invalid_file(parse: object) -> None:
    @fuzzed(100)
    @given(FILES)
    def holds(line: bytes) -> None:
        refusal(lambda: parse(line), InvalidFileError)  # type: ignore[operator]

    holds()


@fuzzed(150)
@given(NAMES)
def test_a_name_that_is_read_is_written_the_same_and_any_other_is_refused(text: str) -> None:
    names = []
    refusal(lambda: names.append(parse_file_name(text)), InvalidFileError)
    assert [format_file_name(name) for name in names] in ([], [text])


@fuzzed()
@given(
    st.lists(
        st.builds(FileContent, NAMES, st.text("ab", min_size=1, max_size=1), st.lists(NAMES).map(tuple)), max_size=6
    )
)
def test_any_folder_can_be_looked_at(files: list[FileContent]) -> None:
    for finding in validate_sequence(files):
        assert finding.rule


@pytest.mark.parametrize("byte", [b"a", b'"', b'",', b"\r", b"\n", b",", b"\xff", b'a"\n'])
def test_a_record_without_an_end_is_never_held_whole(byte: bytes) -> None:
    def without_end() -> Iterator[bytes]:
        for _ in range(20):
            yield byte * (1 << 14)

    longest = max(sum(map(len, fields)) for fields, _ in read_records(without_end()))
    assert longest <= LONGEST_RECORD + 1
