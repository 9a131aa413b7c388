"""A report file as an Arrow table: what pandas, Polars and DuckDB take as it is."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE, FieldKind
from ecosmig_publish.recipients.files import ReportFile, in_order, opened

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.emrr.records import Header
    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.emrr.values import Value

_ROWS_AT_ONCE = 20_000

# Text stays text: `00050203` and `10E0` are no numbers. DateTimes have whole seconds, a unit that Parquet lacks.
_TYPES = {
    FieldKind.TEXT: pa.string(),
    FieldKind.INTEGER: pa.int64(),
    FieldKind.DATETIME: pa.timestamp("ms", tz="UTC"),
    FieldKind.DATE: pa.date32(),
}
_ORIGIN = (
    pa.field("recipient", pa.string(), nullable=False),
    pa.field("sequence", pa.int64(), nullable=False),
    pa.field("row", pa.int64(), nullable=False),
)


def arrow_schema(report: Report) -> Any:
    """Return the columns: `recipient`, `sequence` and `row` (from 1), which make a row unique, then a detail's fields.

    Only a field that the EMRR calls optional is nullable.
    """
    fields = [pa.field(it.name, _TYPES[it.kind], nullable=it.optional) for it in CATALOGUE[report].fields]
    return pa.schema([*_ORIGIN, *fields], metadata={"report": report.value, "title": CATALOGUE[report].title})


def read_table(path: str | Path) -> Any:
    """Return a report file as a `pyarrow.Table`.

    Raises `InvalidFileError` where it is no whole report file, `UsageError` where it can't be read.
    """
    (file,) = in_order([Path(path)])
    return pa.Table.from_batches(batches_of(file), arrow_schema(file.name.report))


def batches_of(file: ReportFile) -> Iterator[Any]:
    """Yield a file's details as record batches of `arrow_schema`; memory doesn't grow with the file."""
    with opened(file) as (header, details):
        schema = arrow_schema(header.report)
        first = 1
        while few := list(islice(details, _ROWS_AT_ONCE)):
            yield _batch(header, first, few, schema)
            first += len(few)


def _batch(header: Header, first: int, details: list[tuple[Value, ...]], schema: Any) -> Any:
    count = len(details)
    origin = ([header.recipient] * count, [header.sequence] * count, range(first, first + count))
    columns = (*origin, *zip(*details, strict=True))
    return pa.record_batch(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )
