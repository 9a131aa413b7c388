"""Expressions on tables that Spark reads."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa
import pyspark
from ibis.backends.pyspark.datatypes import PySparkType
from pyspark import StorageLevel
from pyspark.sql import functions
from pyspark.sql.types import StringType, TimestampNTZType, TimestampType

from ecosmig_publish.migration_data.data import ROWS_PER_BATCH
from ecosmig_publish.migration_data.engine import Kept
from ecosmig_publish.migration_data.spark.backend import SessionBackend
from ecosmig_publish.migration_data.spark.faults import spark_faults
from ecosmig_publish.migration_data.spark.session import close_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class SparkEngine:
    """One session; its views and what it caches end with it."""

    def __init__(self, session: Any, source: str) -> None:
        self.backend = SessionBackend(self._hand_over)
        self.backend.do_connect(session)
        self._session = session
        self._source = source
        self._was_interrupted = False
        self._views = 0
        self._forgotten: list[str] = []

    is_embedded = False

    @property
    def name(self) -> str:
        """The engine and the version by which the same text has the same hash."""
        return f"spark {pyspark.__version__.partition('.')[0]}"

    def stream(self, expression: Any, rows_per_batch: int) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches: Spark hands out one partition after the other."""
        table = expression.as_table()
        schema = table.schema().to_pyarrow()
        frame = comparable(self._session.sql(self._query(table)))
        rows: list[Any] = []
        for row in frame.toLocalIterator():
            rows.append(row)
            if len(rows) == rows_per_batch:
                yield _batch(rows, schema)
                rows.clear()
        if rows:
            yield _batch(rows, schema)

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table."""
        batches = list(self.stream(expression, ROWS_PER_BATCH))
        return pa.Table.from_batches(batches, expression.as_table().schema().to_pyarrow())

    def keep(self, expression: Any) -> Kept:
        """Keep an expression's rows, or an Arrow table, where Spark computes: in memory, and on disk beyond it."""
        if isinstance(expression, pa.Table):
            schema, frame = ibis.Schema.from_pyarrow(expression.schema), self._session.createDataFrame(expression)
        else:
            schema, frame = expression.schema(), self._session.sql(self._query(expression))
        frame = frame.persist(StorageLevel.MEMORY_AND_DISK)
        self._views += 1
        view = f"ecosmig_kept_{self._views}"
        frame.createOrReplaceTempView(view)

        def release() -> None:
            self._session.catalog.dropTempView(view)
            frame.unpersist()

        return Kept(self.table(view, schema), release)

    def own_table(self, view: str, frame: Any) -> Any:
        """Return a frame of the owner's as an Ibis table, by way of a view of this session."""
        frame = comparable(frame)
        frame.createOrReplaceTempView(view)
        kinds = ibis.Schema(PySparkType.to_ibis(frame.schema))
        # Microseconds they are, and Ibis tells instants apart by it.
        return self.table(view, {name: "timestamp(6)" if it.is_timestamp() else it for name, it in kinds.items()})

    def table(self, view: str, schema: Any) -> Any:
        """Return a view of this session as an Ibis table, without asking what it is like."""
        namespace = ops.Namespace()
        return ops.DatabaseTable(view, schema=ibis.schema(schema), source=self.backend, namespace=namespace).to_expr()

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table; it is handed over when it is first read."""
        return ibis.memtable(table)

    def never_repeats(self, column: Any) -> bool:  # noqa: ARG002 - as the protocol has it
        """Return False: Spark knows no keys."""
        return False

    def interrupt(self) -> None:
        """Let Spark cancel what it computes for this process."""
        self._was_interrupted = True
        self._session.sparkContext.cancelAllJobs()

    def faults(self) -> AbstractContextManager[None]:
        """Turn what Spark and Ibis raise into `SourceError`."""
        return spark_faults(self._source, was_interrupted=lambda: self._was_interrupted)

    def close(self) -> None:
        """Close the session; with the last one Spark ends."""
        close_session(self._session)

    def _query(self, table: Any) -> str:
        while self._forgotten:
            self._session.catalog.dropTempView(self._forgotten.pop())
        return self.backend.query(table)

    def _hand_over(self, op: Any) -> None:
        self._session.createDataFrame(op.data.to_pyarrow(op.schema)).createOrReplaceTempView(op.name)
        weakref.finalize(op, self._forgotten.append, op.name).atexit = False


def comparable(frame: Any) -> Any:
    """Return a frame whose instants are naive UTC, and whose texts compare by code point.

    Python would give instants with a zone in that of its own machine.
    """
    return frame.select(*(_comparable(field) for field in frame.schema.fields))


def _comparable(field: Any) -> Any:
    column = functions.col("`" + field.name.replace("`", "``") + "`")
    if isinstance(field.dataType, TimestampType):
        return column.cast(TimestampNTZType()).alias(field.name)
    if isinstance(field.dataType, StringType) and not field.dataType.isUTF8BinaryCollation():
        return functions.collate(column, "UTF8_BINARY").alias(field.name)
    return column


def _batch(rows: list[Any], schema: Any) -> Any:
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
