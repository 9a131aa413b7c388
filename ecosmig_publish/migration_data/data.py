"""The source, open: its tables, and the one way in which expressions on them are run."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from types import TracebackType

    from ecosmig_publish.migration_data.engine import Engine, Kept

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


class MigrationData:
    """An open source; made by `open_migration_data`. Every method may raise `SourceError`."""

    def __init__(self, engine: Engine, tables: Tables, source: str, *, is_lent: bool = False) -> None:
        self.tables = tables
        self.source = source
        self._engine = engine
        self._is_lent = is_lent

    def stream(self, expression: Any, *, rows_per_batch: int = ROWS_PER_BATCH) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches; the whole result is never held.

        The expression must end in an order: the engine may stall on one that streams several scans. Until the last
        batch is read, or the iterator closed, nothing else may be asked of the source.
        """
        with self.faults():
            yield from self._engine.stream(expression, rows_per_batch)

    def interrupt(self) -> None:
        """Let what the engine computes at this moment, in whatever thread, end at once with `KeyboardInterrupt`."""
        self._engine.interrupt()

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table, for results that are small."""
        with self.faults():
            return self._engine.fetch(expression)

    @contextmanager
    def keeping(self) -> Iterator[Callable[[Any], Any]]:
        """Yield what turns an expression into a table of the engine's own: computed once, for all that read it.

        An Arrow table is handed over to the engine. The engine may spill the tables; they are given up at the end of
        the context.
        """
        kept: list[Kept] = []

        def keep(expression: Any) -> Any:
            with self.faults():
                kept.append(self._engine.keep(expression))
            return kept[-1].table

        try:
            yield keep
        finally:
            while kept:
                # A session that broke off drops them itself.
                with suppress(Exception):
                    kept.pop().release()

    def never_repeats(self, column: Any) -> bool:
        """Whether it is known, or found out at next to no cost, that no value of a table's column stands twice.

        False proves nothing.
        """
        with self.faults():
            return self._engine.never_repeats(column)

    def parts_of(self, table: Any, rows_in_part: int) -> int:
        """Return in how many parts a table is better looked through where much of it has to be kept at once.

        1 where the engine is the owner's, who gave it its memory.
        """
        if not self.is_embedded:
            return 1
        rows = int(self.fetch(table.aggregate(rows=table.count()))["rows"][0].as_py())
        return max(1, -(-rows // rows_in_part))

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table that expressions may join with the source's."""
        return self._engine.memory_table(table)

    def faults(self) -> AbstractContextManager[None]:
        """Turn what the engine raises inside the context into `SourceError`."""
        return self._engine.faults()

    @property
    def engine(self) -> str:
        """The engine and its version, as far as the same text has the same hash by it."""
        return self._engine.name

    @property
    def backend(self) -> Any:
        """The Ibis backend, for checks that need the source's own rows."""
        return self._engine.backend

    @property
    def is_embedded(self) -> bool:
        """Whether the engine is the embedded one, and not the owner's."""
        return self._engine.is_embedded

    def lent(self) -> MigrationData:
        """Return the same open source, which stays open when the one who borrows it closes it."""
        return MigrationData(self._engine, self.tables, self.source, is_lent=True)

    def close(self) -> None:
        """Close the source."""
        if not self._is_lent:
            self._engine.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
