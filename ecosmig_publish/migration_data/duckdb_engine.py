"""DuckDB, embedded in this process."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.migration_data.engine import Kept
from ecosmig_publish.migration_data.faults import engine_faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


class DuckdbEngine:
    """The embedded engine; `close` also takes away what it spilled."""

    def __init__(self, backend: Any, source: str, close: Callable[[], None]) -> None:
        self.backend = backend
        self._source = source
        self._close = close

    is_embedded = True

    @property
    def name(self) -> str:
        """The engine and its version."""
        return f"{self.backend.name} {self.backend.version}"

    def stream(self, expression: Any, rows_per_batch: int) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches; the engine may stall where it streams several scans."""
        yield from self.backend.to_pyarrow_batches(expression, chunk_size=rows_per_batch)

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table."""
        return self.backend.to_pyarrow(expression)

    def keep(self, expression: Any) -> Kept:
        """Keep an expression's rows, or an Arrow table; the engine may spill them."""
        if hasattr(expression, "cache"):
            cached = expression.cache()
            return Kept(cached, cached.release)
        # An expression on memory alone would be kept by another engine than the source's.
        name = f"ecosmig_{uuid.uuid4().hex}"
        return Kept(self.backend.create_table(name, expression, temp=True), lambda: self.backend.drop_table(name))

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table; the engine reads it where it lies."""
        return ibis.memtable(table)

    def never_repeats(self, column: Any) -> bool:
        """Whether the column strictly increases as the rows lie.

        False proves nothing: the rows may lie in another order. One look along the column that ends at the first value
        out of order.
        """
        values = self.backend.compile(column.name("value").as_table())
        query = (
            f"SELECT 1 FROM (SELECT value, lag(value) OVER () AS before FROM ({values})) "
            "WHERE value IS NULL OR value <= before LIMIT 1"
        )
        return self.backend.raw_sql(query).fetchone() is None

    def interrupt(self) -> None:
        """Let what is computed at this moment end at once."""
        self.backend.con.interrupt()

    def faults(self) -> AbstractContextManager[None]:
        """Turn what DuckDB or Ibis raises into `SourceError`."""
        return engine_faults(self._source)

    def close(self) -> None:
        """Close the engine."""
        self._close()
