"""Rows between the server and Arrow, by COPY: batch by batch, and no Python object for any of them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.csv as pc
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Generator

    import psycopg

_FORMAT = "(FORMAT csv)"
_ROWS_AT_ONCE = 100_000


def copied_out(cursor: psycopg.Cursor[Any], query: str, schema: Any, rows_per_batch: int) -> Generator[Any]:
    """Yield the rows of a query as record batches of `schema`, as they come from the server."""
    with cursor.copy(sql.SQL(f"COPY ({query}) TO STDOUT {_FORMAT}")) as copy:
        lines: list[Any] = []
        for line in copy:
            # The server's library gives one whole row at a time.
            lines.append(line)
            if len(lines) == rows_per_batch:
                yield _batch(b"".join(lines), schema)
                lines.clear()
        if lines:
            yield _batch(b"".join(lines), schema)


def copied_in(cursor: psycopg.Cursor[Any], name: str, table: Any) -> None:
    """Add the rows of an Arrow table to a table with the same columns."""
    into = sql.SQL("COPY {} FROM STDIN (FORMAT csv)").format(sql.Identifier(name))
    with cursor.copy(into) as copy:
        for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
            # Texts are quoted and nulls are not: that is how the two are told apart on both sides.
            content = BytesIO()
            pc.write_csv(batch, content, pc.WriteOptions(include_header=False))
            copy.write(content.getbuffer())


def _batch(content: bytes, schema: Any) -> Any:
    table = pc.read_csv(
        pa.py_buffer(content),
        pc.ReadOptions(column_names=schema.names, block_size=max(len(content), 1)),
        pc.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        pc.ConvertOptions(
            column_types=schema,
            null_values=[""],
            true_values=["t"],
            false_values=["f"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return table.combine_chunks().to_batches()[0]
