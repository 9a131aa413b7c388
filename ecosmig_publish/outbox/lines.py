"""Columns to lines: whole batches in the dialect of `emrr.records`, which a property test holds equal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

_SPECIAL = '[,"\r\n]'
_SECONDS_A_DAY = 86_400
_TICKS_A_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


def detail_lines(batch: Any, fields: list[str]) -> Any:
    """Return one line for each row of `batch`, record type first, CRLF last, as an array of text."""
    columns = [_printed(batch.column(name)) for name in fields]
    columns[-1] = pc.binary_join_element_wise(columns[-1], pa.scalar("\r\n", columns[-1].type), "")
    return pc.binary_join_element_wise("10", *columns, ",")


def _printed(column: Any) -> Any:
    kind = column.type
    if pa.types.is_timestamp(kind):
        return _instants(column)
    if pa.types.is_date(kind):
        return _dates(column)
    if pa.types.is_integer(kind):
        return _filled(column.cast(pa.string()))
    return _quoted(_filled(column.cast(pa.string())))


def _filled(column: Any) -> Any:
    return pc.fill_null(column, "") if column.null_count else column


def _quoted(column: Any) -> Any:
    """Quote the values that hold a comma, a quote, CR or LF; the scan of the whole buffer is what is paid usually."""
    if not _holds_special(column):
        return column
    special = pc.match_substring_regex(column, _SPECIAL)
    doubled = pc.replace_substring(column, '"', '""')
    return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), column)


def _holds_special(column: Any) -> bool:
    data = column.buffers()[2]
    if data is None or not len(column):
        return False
    first, last = column.offset, column.offset + len(column)
    offsets = np.frombuffer(column.buffers()[1], dtype=np.int32)
    values = memoryview(data)[offsets[first] : offsets[last]].tobytes()
    return any(mark in values for mark in (b",", b'"', b"\r", b"\n"))


def _instants(column: Any) -> Any:
    """Return `YYYYMMDDThhmmss` of each instant, cut to seconds, before 1970 too; null becomes nothing."""
    ticks = pc.fill_null(column.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
    seconds = np.floor_divide(ticks, _TICKS_A_SECOND[column.type.unit])
    days = np.floor_divide(seconds, _SECONDS_A_DAY)
    clock = (seconds - days * _SECONDS_A_DAY).astype(np.int32)
    text = np.empty((len(ticks), 15), dtype=np.uint8)
    _print_days(text, days)
    text[:, 8] = ord("T")
    _digits(text, 9, 2, clock // 3600)
    _digits(text, 11, 2, clock // 60 % 60)
    _digits(text, 13, 2, clock % 60)
    return _texts(text, column)


def _dates(column: Any) -> Any:
    """Return `YYYYMMDD` of each date; null becomes nothing."""
    days = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
    text = np.empty((len(days), 8), dtype=np.uint8)
    _print_days(text, days)
    return _texts(text, column)


def _texts(text: Any, column: Any) -> Any:
    fixed = pa.Array.from_buffers(pa.binary(text.shape[1]), len(text), [None, pa.py_buffer(text)])
    printed = fixed.cast(pa.binary()).cast(pa.string())
    return pc.if_else(column.is_valid(), printed, "") if column.null_count else printed


def _print_days(text: Any, days: Any) -> None:
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    _digits(text, 0, 4, dates.astype("datetime64[Y]").astype(np.int32) + 1970)
    _digits(text, 4, 2, months.astype(np.int32) % 12 + 1)
    _digits(text, 6, 2, (dates - months).astype(np.int32) + 1)


def _digits(text: Any, place: int, width: int, number: Any) -> None:
    for offset in range(width - 1, -1, -1):
        quotient = number // 10
        text[:, place + offset] = (number - quotient * 10) + ord("0")
        number = quotient
