"""A whole report file as typed values, a record at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.dialect import read_records, write_record
from ecosmig_publish.emrr.records import Header, parse_detail, parse_header, parse_trailer
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ecosmig_publish.emrr.values import Value

_CHUNK = 1 << 20
_HINT = "ecosmig report validate names every breach in a file."


def file_chunks(path: Path) -> Iterator[bytes]:
    """Yield a file's bytes as `read_report` takes them. Raises `OSError`."""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def read_report(chunks: Iterable[bytes]) -> tuple[Header, Iterator[tuple[Value, ...]]]:
    """Return a file's header, and its details' values after their record type; memory doesn't grow with the file.

    Raises `InvalidFileError`, the iterator too, at the first record that the writer of records doesn't write, and at
    the end where trailer and details disagree. What single reports ask for is a matter of `emrr.validation`.
    """
    lines = _lines(chunks)
    header = parse_header(next(lines, b""))
    return header, _details(header, lines)


def _details(header: Header, lines: Iterator[bytes]) -> Iterator[tuple[Value, ...]]:
    for rows, line in enumerate(lines):
        if line.startswith(b"99,"):
            if parse_trailer(line) != rows:
                raise InvalidFileError(f"the trailer counts another number of rows than {rows:,}", hint=_HINT)
            if next(lines, None) is not None:
                raise InvalidFileError("the file goes on after its trailer", hint=_HINT)
            return
        try:
            detail = parse_detail(header.report, line)
        except InvalidFileError as error:
            raise InvalidFileError(f"record {rows + 2:,}: {error}", hint=_HINT) from error
        yield detail
    raise InvalidFileError("the file has no trailer", hint=_HINT)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    for number, (texts, problems) in enumerate(read_records(chunks), 1):
        for _, message in problems:
            raise InvalidFileError(f"record {number:,}: {message}", hint=_HINT)
        # A record without problems is written as it stands.
        yield write_record(texts)
