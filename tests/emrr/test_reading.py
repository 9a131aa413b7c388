"""A whole file is read back as typed values, or refused."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ecosmig_publish.emrr.reading import read_report
from ecosmig_publish.emrr.records import detail_line, header_line, trailer_line
from ecosmig_publish.errors import InvalidFileError
from tests.emrr.made import DETAILS, bytes_of, lines_of

EXAMPLES = sorted((Path(__file__).parents[1] / "examples" / "expected").glob("PXX*/*.csv"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_every_file_of_the_worked_example_is_written_again_byte_for_byte(path: Path) -> None:
    content = path.read_bytes()
    header, details = read_report([content])
    lines = [detail_line(header.report, detail) for detail in details]
    first = header_line(header.report, header.recipient, header.sequence, header.created_at, header.period)
    assert b"".join([first, *lines, trailer_line(len(lines))]) == content


def test_details_come_as_typed_values() -> None:
    _, details = read_report([bytes_of(lines_of("003"))])
    assert next(details) == (
        *("00-DB-12-34-56-78-90-0C", "1200034567013", "ESME", "1057", "54342152", "00123402", "Installed", None, None),
        datetime(2026, 2, 3, 9, tzinfo=UTC),
        0,
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the header is not one record"),
        (bytes_of(lines_of("001")[1:]), "the header has not the record type 00"),
        (bytes_of(lines_of("001")[:-1]), "the file has no trailer"),
        (bytes_of([*lines_of("001"), ""]), "the file goes on after its trailer"),
        (bytes_of([*lines_of("001")[:-1], "99,2,DCC Controlled"]), "the trailer counts another number of rows than 3"),
        (bytes_of(lines_of("001"))[:-2], "record 5: the last record has no CRLF"),
        (
            bytes_of(lines_of("001")).replace(b"20260402T", b"20260432T"),
            "record 2: the detail has a field of the wrong",
        ),
        (bytes_of([lines_of("001")[0], *DETAILS["006"], "99,3,DCC Controlled"]), "record 2: the detail has not"),
    ],
)
def test_what_is_no_whole_file_is_refused(content: bytes, said: str) -> None:
    def read() -> None:
        _, details = read_report([content])
        list(details)

    with pytest.raises(InvalidFileError) as caught:
        read()
    assert str(caught.value).startswith(said)
