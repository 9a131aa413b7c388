"""A finished file's bytes, taken apart: the header and trailer that they must have, and the details as columns."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

import numpy as np
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
_TO_BE_QUOTED = (_QUOTE, b",", b"\r", b"\n")
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
    if not _is_in_the_dialect(content, first, last, details):
        raise BrokenFileError("its details are not written as RFC 4180 and the EMRR want them")
    rows = details.num_rows
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


def _is_in_the_dialect(content: bytes, first: int, last: int, details: Any) -> bool:
    """Whether the parsed texts can only have been written as they are, with CRLF and no needless quotes."""
    if content.find(_QUOTE, first, last) < 0:
        # Whatever else ends a line has made a record more.
        return content.count(_CRLF, first, last) == int(details.num_rows)
    for batch in details.to_batches():
        *columns, end = (_as_written(column) for column in batch.columns)
        end = pc.binary_join_element_wise(end, "\r\n", "")
        text = _bytes_of(pc.binary_join_element_wise(*columns, end, ","))
        if not content.startswith(text, first):
            return False
        first += len(text)
    return first == last


def _as_written(column: Any) -> Any:
    if not any(mark in _bytes_of(column) for mark in _TO_BE_QUOTED):
        return column
    doubled = pc.replace_substring(column, '"', '""')
    needs_quotes = pc.match_substring_regex(column, '[",\r\n]')
    return pc.if_else(needs_quotes, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _bytes_of(column: Any) -> bytes:
    """Return the bytes of all texts, one after another."""
    first, last = np.frombuffer(column.buffers()[1], np.int32)[[column.offset, column.offset + len(column)]].tolist()
    return bytes(column.buffers()[2].slice(first, last - first))
