"""A finished file's bytes, taken apart: the header and trailer that they must have, and the details as columns."""

from __future__ import annotations

import re
from datetime import UTC
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from ecosmig_publish.emrr.catalogue import CATALOGUE, CLASSIFICATION, DETAIL_RECORD_TYPE, HEADER_FIELDS
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.guards.leak.columns import Details

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Period, Report
    from ecosmig_publish.guards.leak.findings import GuardedFile

_CRLF = b"\r\n"
_QUOTE = b'"'
_QUOTED = re.compile(rb'"([^"]*+(?:""[^"]*+)*+)"')
_NEEDS_QUOTES = re.compile(rb'[",\r\n]')
_BEFORE, _AFTER = (b",", b"\n"), b",\r"
_BLOCK = 1 << 22
"""Bytes that the parser takes at once: far more than the longest record."""


class BrokenFileError(Exception):
    """The file is not what it must be; the message quotes no detail."""


def read_details(content: bytes, file: GuardedFile, report: Report, period: Period) -> Details:
    """Return the details of a file's bytes.

    Raises `BrokenFileError` unless the bytes are, byte for byte, the header that name, owner and slot ask for, records
    in the one dialect with the report's number of fields, and a trailer that counts them.
    """
    first, last = _bounds(content)
    _check_header(content[:first], file, report, period)
    names = ["record_type", *(field.name for field in CATALOGUE[report].fields)]
    details = _parsed(content, first, last, names)
    rows = details.num_rows
    if not _is_in_the_dialect(content, first, last, rows):
        raise BrokenFileError("its details are not written as RFC 4180 and the EMRR want them")
    if content[last:] != f"99,{rows},{CLASSIFICATION}\r\n".encode():
        raise BrokenFileError(f"its trailer does not count its {rows:,} details")
    if rows != file.rows:
        raise BrokenFileError(f"it has {rows:,} details, the ledger counts {file.rows:,}")
    (kind,) = DETAIL_RECORD_TYPE.allowed
    if not pc.all(pc.equal(details["record_type"], kind), min_count=0).as_py():
        raise BrokenFileError(f"not every record between header and trailer is of the type {kind}")
    return Details(details)


def _bounds(content: bytes) -> tuple[int, int]:
    """Return where the details begin and where they end: after the first record, before the last."""
    if not content.endswith(_CRLF):
        raise BrokenFileError("it doesn't end in CRLF")
    first = content.find(_CRLF) + len(_CRLF)
    last = content.rfind(_CRLF, 0, len(content) - len(_CRLF)) + len(_CRLF)
    if last < first:
        raise BrokenFileError("it has no trailer")
    return first, last


def _check_header(header: bytes, file: GuardedFile, report: Report, period: Period) -> None:
    """Compare the header with what it must be; its fields hold nothing that would be quoted."""
    try:
        named = parse_file_name(file.name)
    except InvalidFileError as error:
        raise BrokenFileError(str(error)) from error
    if file.path.name != file.name:
        raise BrokenFileError("it lies in the outbox under another name")
    if (named.report, named.recipient, named.sequence) != (report, file.recipient, file.sequence):
        raise BrokenFileError(f"its name is not that of number {file.sequence} of {report} for {file.recipient}")
    moments = [_printed(moment) for moment in (named.created_at, period.start, period.last_second)]
    wanted = ["00", report.value, file.recipient, str(file.sequence), CATALOGUE[report].title, *moments, CLASSIFICATION]
    found = header.removesuffix(_CRLF).decode("utf-8", "replace").split(",")
    if len(found) != len(wanted):
        raise BrokenFileError(f"its header has {len(found)} fields, {len(wanted)} are wanted")
    for field, is_, should_be in zip(HEADER_FIELDS, found, wanted, strict=True):
        if is_ != should_be:
            raise BrokenFileError(f"the header's {field.title} is not {should_be}")


def _printed(moment: datetime) -> str:
    year, month, day, hour, minute, second = moment.astimezone(UTC).timetuple()[:6]
    return f"{year:04d}{month:02d}{day:02d}T{hour:02d}{minute:02d}{second:02d}"


def _parsed(content: bytes, first: int, last: int, names: list[str]) -> Any:
    if first == last:
        return pa.table({name: pa.array([], pa.string()) for name in names})
    try:
        return pyarrow.csv.read_csv(
            pa.BufferReader(pa.py_buffer(content).slice(first, last - first)),
            read_options=pyarrow.csv.ReadOptions(column_names=names, block_size=_BLOCK, use_threads=False),
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=pyarrow.csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid as error:
        # The parser's message quotes the record, which is personal data.
        raise BrokenFileError("a record between header and trailer can't be parsed") from error


def _is_in_the_dialect(content: bytes, first: int, last: int, rows: int) -> bool:
    """Whether what was parsed as `rows` details is written with CRLF alone, and quoted where it must be and only there.

    Outside quotes a CR or LF of its own, whatever it stands for, has made a record more than there are CRLF.
    """
    breaks_inside = 0
    place = content.find(_QUOTE, first, last)
    while place >= 0:
        quoted = _QUOTED.match(content, place, last)
        if quoted is None or content[place - 1 : place] not in _BEFORE or content[quoted.end()] not in _AFTER:
            return False
        value = quoted[1]
        if not _NEEDS_QUOTES.search(value):
            return False
        breaks_inside += value.count(_CRLF)
        place = content.find(_QUOTE, quoted.end(), last)
    return content.count(_CRLF, first, last) == rows + breaks_inside
