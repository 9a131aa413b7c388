"""Expressions on a PostgreSQL server's tables."""

from __future__ import annotations

import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.operations as ops
import pyarrow as pa

from ecosmig_publish.migration_data.data import ROWS_PER_BATCH
from ecosmig_publish.migration_data.engine import Kept
from ecosmig_publish.migration_data.postgresql.arrow import copied_out
from ecosmig_publish.migration_data.postgresql.backend import SessionBackend
from ecosmig_publish.migration_data.postgresql.faults import postgresql_faults
from ecosmig_publish.migration_data.postgresql.temporary_tables import TemporaryTables

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from contextlib import AbstractContextManager

    from ecosmig_publish.migration_data.postgresql.session import Session


class PostgresqlEngine:
    """One session; what it makes for itself is gone when it ends."""

    def __init__(self, session: Session, source: str) -> None:
        self.backend = SessionBackend(self._hand_over)
        self.unique: Collection[tuple[str, str]] = ()
        """Views and their columns that the server lets hold no value twice."""
        self._session = session
        self._source = source
        self._kept = TemporaryTables(session)
        self._forgotten: list[str] = []
        """Tables in memory that no expression knows any more."""

    is_embedded = False

    @property
    def name(self) -> str:
        """The engine and the version by which the same text has the same hash."""
        return f"postgresql {self._session.version}"

    def stream(self, expression: Any, rows_per_batch: int) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches, as they come from the server."""
        table = expression.as_table()
        query = self._query(table)
        schema = table.schema().to_pyarrow()
        with (
            self._session.reading() as cursor,
            closing(copied_out(cursor, query, schema, rows_per_batch)) as batches,
        ):
            yield from batches

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table."""
        batches = list(self.stream(expression, ROWS_PER_BATCH))
        return pa.Table.from_batches(batches, expression.as_table().schema().to_pyarrow())

    def keep(self, expression: Any) -> Kept:
        """Keep an expression's rows, or an Arrow table, in a temporary table."""
        if isinstance(expression, pa.Table):
            schema, rows = ibis.Schema.from_pyarrow(expression.schema), expression
        else:
            schema, rows = expression.schema(), self._query(expression)
        name = self._kept.filled(schema, rows)
        return Kept(self.table(name, schema), lambda: self._kept.give_back([name]))

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table; it is handed over when it is first read."""
        return ibis.memtable(table)

    def never_repeats(self, column: Any) -> bool:
        """Whether a unique index of the owner's says so."""
        tables = {table.name for table in column.op().find(ops.DatabaseTable)}
        return len(tables) == 1 and (*tables, column.get_name()) in self.unique

    def table(self, name: str, schema: Any) -> Any:
        """Return a table of this session as an Ibis table, without asking the server what it is like."""
        return ops.DatabaseTable(name, schema=schema, source=self.backend, namespace=ops.Namespace()).to_expr()

    def interrupt(self) -> None:
        """Let the server cancel what it computes."""
        self._session.interrupt()

    def faults(self) -> AbstractContextManager[None]:
        """Turn what the server, the way to it and Ibis raise into `SourceError`."""
        return postgresql_faults(self._source, self._session)

    def close(self) -> None:
        """End the session."""
        self._session.close()

    def _query(self, table: Any) -> str:
        """Hand over what a table reads from memory, and return its SQL."""
        while self._forgotten:
            self._kept.give_back([self.backend.places.pop(self._forgotten.pop())])
        self.backend.prepare(table)
        return self.backend.query(table)

    def _hand_over(self, op: Any) -> None:
        self.backend.places[op.name] = self._kept.filled(op.schema, op.data.to_pyarrow(op.schema))
        weakref.finalize(op, self._forgotten.append, op.name).atexit = False
