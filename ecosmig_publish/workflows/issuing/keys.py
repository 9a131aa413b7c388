"""Source keys: how a report names a source row in the ledger, and the list of what 006 has reported."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.ipc

from ecosmig_publish.emrr.terms import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

BY_ATTEMPT = (Report.ECOSMIG_001, Report.ECOSMIG_002)
"""The reports whose keys are attempt numbers; 006's are texts already, 003 to 005 list problems and keep none."""

NUMBERLESS = ("attempt:", "event:")
"""What the ledger calls all source rows of a kind that have no number."""


def ledger_key(report: Report, key: object) -> str:
    """Return what the ledger calls a source row: `attempt:6`, `event:3`, `gpf:<Device ID>`, `device:<Device ID>`."""
    if report in BY_ATTEMPT:
        return "attempt:" if key is None else f"attempt:{key}"
    if report in (Report.ECOSMIG_003, Report.ECOSMIG_004):
        return f"device:{key}"
    return str(key)


def source_keys(report: Report, ledger_keys: Iterable[str]) -> pa.Table:
    """Return a table of one column, `key`, as the report's expressions know them."""
    numbered = [key for key in ledger_keys if key not in NUMBERLESS]
    if report in BY_ATTEMPT:
        return pa.table({"key": pa.array([int(key.partition(":")[2]) for key in numbered], pa.int64())})
    return pa.table({"key": pa.array(numbered, pa.string())})


def packed(keys: Sequence[pa.Array]) -> list[bytes]:
    """Return the keys as compressed Arrow streams for the ledger, one for each batch."""
    return [_packed(array) for array in keys if len(array)]


def unpacked(blobs: Iterable[bytes]) -> pa.Table | None:
    """Return all keys in `blobs` as a table of one column, or None where there are none."""
    tables = list(_tables(blobs))
    return pa.concat_tables(tables) if tables else None


def _packed(array: Any) -> bytes:
    table = pa.table({"key": array.cast(pa.string())})
    sink = pa.BufferOutputStream()
    options = pyarrow.ipc.IpcWriteOptions(compression="zstd")
    with pyarrow.ipc.new_stream(sink, table.schema, options=options) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def _tables(blobs: Iterable[bytes]) -> Iterator[pa.Table]:
    for blob in blobs:
        with pyarrow.ipc.open_stream(blob) as reader:
            yield reader.read_all()
