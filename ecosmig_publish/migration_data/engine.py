"""What runs expressions on the source's tables: the border behind which engines differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager


@dataclass(frozen=True, slots=True)
class Kept:
    """A table of the engine's own; after `release` no expression may read it any more."""

    table: Any
    release: Callable[[], None]


class Engine(Protocol):
    """One session at an engine. It writes to no table of the owner's, and gives instants in UTC.

    Texts compare by code point, whatever the engine's default. What the engine raises comes as it is: `faults` says
    what it means. One thread at a time uses a session; `interrupt` alone may come from another.
    """

    @property
    def name(self) -> str:
        """The engine and its version, as far as the same text has the same hash by it."""

    @property
    def backend(self) -> Any:
        """The Ibis backend."""

    @property
    def is_embedded(self) -> bool:
        """Whether it computes in this process and its memory, and has no other tables than those of the source."""

    def stream(self, expression: Any, rows_per_batch: int) -> Iterator[Any]:
        """Yield an expression's rows as Arrow record batches, never holding the whole result.

        Until the last is read, or the iterator closed, nothing else may be asked of the session.
        """

    def fetch(self, expression: Any) -> Any:
        """Return an expression's rows as an Arrow table."""

    def keep(self, expression: Any) -> Kept:
        """Compute an expression once, or take over an Arrow table, as a table of the engine's own."""

    def memory_table(self, table: Any) -> Any:
        """Return an Arrow table as an Ibis table that expressions may join with the source's."""

    def never_repeats(self, column: Any) -> bool:
        """Whether it is known, or found out at next to no cost, that no value of a source's column stands twice."""

    def interrupt(self) -> None:
        """Let what is computed at this moment end at once with `KeyboardInterrupt`."""

    def faults(self) -> AbstractContextManager[None]:
        """Turn what the engine raises inside the context into `SourceError`, or into `KeyboardInterrupt`."""

    def close(self) -> None:
        """End the session and everything that it made."""
