"""What the ledger needs of a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection, Engine


class Database(Protocol):
    """Where a ledger is kept. Nothing that it says of itself holds a password."""

    @property
    def name(self) -> str:
        """What it is called in messages, and by which others know that it is the same."""
        ...

    @property
    def directory(self) -> Path | None:
        """The directory that must take its files, None where it keeps them itself."""
        ...

    def make(self) -> None:
        """Make what must be there before the first connection, where it is missing."""
        ...

    def is_there(self) -> bool:
        """Whether there is anything that could be a ledger; makes nothing."""
        ...

    def engine(self, *, read_only: bool) -> Engine:
        """Return an engine whose transactions read, each as of one moment; `read_only` ones never write."""
        ...

    def writing(self, engine: Engine) -> Engine:
        """Return the engine with transactions that write.

        They come one after the other, whoever makes them: each sees, from its start, all that was committed before.
        """
        ...

    def faults(self) -> AbstractContextManager[None]:
        """Turn what SQLAlchemy, the driver and the system raise inside into `LedgerError`."""
        ...

    def clock(self, connection: Connection, now: Callable[[], datetime]) -> datetime:
        """Return the instant by which leases end, the same for every host that uses this database.

        Where the database has no clock of its own, that is `now`.
        """
        ...

    def liveness(self) -> Liveness:
        """Return a liveness that nobody holds yet."""
        ...


class Liveness(Protocol):
    """That somebody holds a lease and lives: it ends with its holder, however that comes. Closed with `release`.

    Raises what `Database.faults` turns into `LedgerError`.
    """

    @property
    def holder(self) -> str:
        """What this holder is called; no other ever is."""
        ...

    def is_free(self, fence: int) -> bool:
        """Whether nobody alive holds the lease with this fence; asked inside a writing transaction."""
        ...

    def becomes_free(self, fence: int) -> bool:
        """Wait for a moment, and return whether a holder that is just dying has let go; asked outside of any."""
        ...

    def hold(self, fence: int) -> None:
        """Hold the lease with this fence from now on, whatever older holders still hold."""
        ...

    def keep(self) -> None:
        """Make sure that it is still held, and take hold again where a connection was lost."""
        ...

    def end_holder(self, holder: str) -> None:
        """Cut off a holder that was taken over from, as far as that is permitted here; never fails."""
        ...

    def release(self) -> None:
        """Let go; never fails."""
        ...
