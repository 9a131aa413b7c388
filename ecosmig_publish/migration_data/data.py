"""The source, open: its tables, and the one way in which expressions on them are run."""

from __future__ import annotations

import uuid
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from ecosmig_publish.migration_data.faults import engine_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType

ROWS_PER_BATCH = 122_880
"""A whole number of the engine's vectors: large enough to be quick, small enough to hold several."""


@dataclass(frozen=True, slots=True)
class Tables:
    """The contract's tables as Ibis tables: exactly its columns, instants naive UTC, an empty text null."""

    parties: Any
    devices: Any
    responsibilities: Any
    migration_attempts: Any
    device_status_events: Any
    network_notifications: Any
    non_migratable_models: Any


class _HandedOver:
    """An Arrow table as a temporary table of the engine's own."""

    def __init__(self, backend: Any, table: Any) -> None:
        self._backend = backend
        self._name = f"ecosmig_{uuid.uuid4().hex}"
        self.table = backend.create_table(self._name, table, temp=True)

    def release(self) -> None:
        """Drop the table."""
        self._backend.drop_table(self._name)


class MigrationData:
    """An open source; made by `open_migration_data`. Every method may raise `SourceError`."""

    def __init__(self, backend: Any, tables: Tables, source: str, close: Callable[[], None]) -> None:
        self.tables = tables
        self.source = source
        self._backend = backend
        self._close = close

    def stream(self, expression: Any, *, rows_per_batch: int = ROWS_PER_BATCH) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches; the whole result is never held.

        The expression must end in an order: the engine may stall on one that streams several scans.
        """
        with engine_faults(self.source):
            yield from self._backend.to_pyarrow_batches(expression, chunk_size=rows_per_batch)

    def interrupt(self) -> None:
        """Let what the engine computes at this moment, in whatever thread, end at once with `KeyboardInterrupt`."""
        if self._backend.name == "duckdb":
            self._backend.con.interrupt()

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table, for results that are small."""
        with engine_faults(self.source):
            return self._backend.to_pyarrow(expression)

    @contextmanager
    def keeping(self) -> Iterator[Callable[[Any], Any]]:
        """Yield what turns an expression into a table of the engine's own: computed once, for all that read it.

        An Arrow table is handed over to the engine. The engine may spill the tables; they are dropped at the end of
        the context.
        """
        kept: list[Any] = []

        def keep(expression: Any) -> Any:
            with engine_faults(self.source):
                if not hasattr(expression, "cache"):
                    # An expression on memory alone would be kept by another engine than the source's.
                    kept.append(_HandedOver(self._backend, expression))
                    return kept[-1].table
                kept.append(expression.cache())
            return kept[-1]

        try:
            yield keep
        finally:
            while kept:
                # A session that broke off drops them itself.
                with suppress(Exception):
                    kept.pop().release()

    def strictly_increases(self, column: Any) -> bool:
        """Whether each value of a table's column is greater than that of the row before it, as the rows lie.

        Then none is empty and none stands twice. False proves nothing: the rows may lie in another order, or the
        engine in several places. One look along the column that ends at the first value out of order.
        """
        if self._backend.name != "duckdb":
            return False
        values = self._backend.compile(column.name("value").as_table())
        query = (
            f"SELECT 1 FROM (SELECT value, lag(value) OVER () AS before FROM ({values})) "
            "WHERE value IS NULL OR value <= before LIMIT 1"
        )
        with engine_faults(self.source):
            return self._backend.raw_sql(query).fetchone() is None

    def parts_of(self, table: Any, rows_in_part: int) -> int:
        """Return in how many parts a table is better looked through where much of it has to be kept at once.

        1 where the engine is the owner's, who gave it its memory.
        """
        if self._backend.name != "duckdb":
            return 1
        rows = int(self.fetch(table.aggregate(rows=table.count()))["rows"][0].as_py())
        return max(1, -(-rows // rows_in_part))

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table that expressions may join with the source's."""
        import ibis  # noqa: PLC0415 - whoever holds an open source has paid for it

        return ibis.memtable(table)

    @contextmanager
    def faults(self) -> Iterator[None]:
        """Turn what the engine raises inside the context into `SourceError`."""
        with engine_faults(self.source):
            yield

    @property
    def backend(self) -> Any:
        """The Ibis backend, for checks that need the source's own rows."""
        return self._backend

    def lent(self) -> MigrationData:
        """Return the same open source, which stays open when the one who borrows it closes it."""
        return MigrationData(self._backend, self.tables, self.source, lambda: None)

    def close(self) -> None:
        """Close the source."""
        self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
