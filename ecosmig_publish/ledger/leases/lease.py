"""To hold the lease: take it, renew it, and change nothing once another run has taken it over."""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from ecosmig_publish.errors import LeaseLostError, LedgerError, LockedError
from ecosmig_publish.ledger import acts
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.leases.row import LeaseRow, read_lease, release_lease, renew_lease, take_lease
from ecosmig_publish.ledger.leases.terms import TERMS, awake_or_not

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection, Engine

    from ecosmig_publish.ledger.databases import Database
    from ecosmig_publish.ledger.entries import Actor
    from ecosmig_publish.ledger.leases.terms import LeaseTerms

TAKEN_OVER = "take-over-lease"


class Lease:
    """The right of one run to change the ledger, from `take` to `release`.

    Its fence is one more than that of the run before. Who dies loses it at once, who stands still when it has ended;
    either way the next run takes a new fence, and `refuse_lost` lets the old one record nothing more. Several threads
    may use it at once. Every method but `release` may raise `LedgerError`.
    """

    def __init__(
        self,
        database: Database,
        engine: Engine,
        actor: Actor,
        now: Callable[[], datetime],
        *,
        terms: LeaseTerms = TERMS,
        clock: Callable[[], float] = awake_or_not,
    ) -> None:
        self._database = database
        self._engine = engine
        self._actor = actor
        self._now = now
        self.terms = terms
        self._clock = clock
        self._liveness = database.liveness()
        self._held: LeaseRow | None = None
        self._renewed = 0.0
        self._renewing = Lock()
        self._loss: LeaseLostError | None = None

    @property
    def fence(self) -> int:
        """The number of this holding; 0 before it is taken."""
        return self._held.fence if self._held else 0

    def take(self) -> None:
        """Take the lease. Raises `LockedError`, which names the holder, where another run has it."""
        began = self._clock()
        try:
            self._take()
        except BaseException:
            self._liveness.release()
            raise
        self._renewed = began

    def renew(self) -> None:
        """Let the lease end later. Raises `LeaseLostError` where another run has it."""
        # One thread at a time: of two that found the liveness cut off, each would take hold anew.
        with self._renewing, self._database.faults():
            held = self._of_mine()
            began = self._clock()
            self._liveness.keep()
            with self._database.writing(self._engine).begin() as connection:
                at = self._database.clock(connection, self._now)
                if not renew_lease(connection, held, at, self.terms.lasts):
                    raise self._lost(read_lease(connection))
            self._renewed = began

    def confirm(self, *, anew: bool = False) -> None:
        """Return where this run still has the lease, by its last renewal where that is recent, else by another.

        With `anew` always by another. Raises `LeaseLostError`.
        """
        self._of_mine()
        if anew or self._clock() - self._renewed >= self.terms.trusted_for.total_seconds():
            self.renew()

    def refuse_lost(self, connection: Connection) -> None:
        """Raise `LeaseLostError`, inside the transaction that is to write, where another run has the lease."""
        held, row = self._of_mine(), read_lease(connection)
        if row is None or row.released or not row.is_held_by(held.holder, held.fence):
            raise self._lost(row)

    def release(self) -> None:
        """Give the lease back; the next run takes it over where that can't be written down any more."""
        if self._held is not None and self._loss is None:
            with (
                suppress(LedgerError),
                self._database.faults(),
                self._database.writing(self._engine).begin() as connection,
            ):
                release_lease(connection, self._held)
        self._liveness.release()

    def _take(self) -> None:
        with self._database.faults():
            # Looked at first: a writer that is just at work need not be waited for to be refused.
            holder = self._holder() or self._try_to_take()
            if holder is not None and self._liveness.becomes_free(holder.fence):
                holder = self._try_to_take()
        if holder is not None:
            raise LockedError(
                f"another run holds the lease of the ledger {self._database.name}: {holder.said()}",
                hint="Wait for it to end; this run changed nothing. A run that was killed holds no lease, one that "
                f"stands still holds it for {self.terms.lasts.total_seconds():.0f} seconds.",
            )

    def _holder(self) -> LeaseRow | None:
        with self._engine.connect() as connection:
            row = read_lease(connection)
            return row if row and self._is_held(row, self._database.clock(connection, self._now)) else None

    def _is_held(self, row: LeaseRow, at: datetime) -> bool:
        return not row.released and not self._liveness.is_free(row.fence) and at < row.expires_at

    def _try_to_take(self) -> LeaseRow | None:
        """Take the lease and return None, or return who holds it."""
        with self._database.writing(self._engine).begin() as connection:
            last = read_lease(connection)
            at = self._database.clock(connection, self._now)
            if last is not None and self._is_held(last, at):
                return last
            self._liveness.hold(last.fence + 1 if last else 1)
            held = take_lease(connection, last, self._liveness.holder, actor=self._actor, at=at, lasts=self.terms.lasts)
            was_left = last is not None and not last.released
            if last is not None and was_left:
                acts.append_act(connection, _deed(last, held), self._actor, self._now())
        self._held = held
        if last is not None and was_left:
            self._liveness.end_holder(last.holder)
        return None

    def _of_mine(self) -> LeaseRow:
        if self._loss is not None:
            raise self._loss
        assert self._held is not None, "the lease is used before it is taken"  # noqa: S101 - a fault of the program
        return self._held

    def _lost(self, row: LeaseRow | None) -> LeaseLostError:
        by = f"{row.said()}, took it over" if row and not row.released else "another run took it over, and has ended"
        self._loss = LeaseLostError(
            f"this run lost the lease of the ledger {self._database.name}: {by}; this one changed nothing more",
            hint="It stood still, or was cut off from the ledger, for too long. What it left is done by the next run: "
            "ecosmig publish --all",
        )
        return self._loss


def _deed(last: LeaseRow, held: LeaseRow) -> Deed:
    content = {
        "fence": held.fence,
        "from_fence": last.fence,
        "from_process": last.process,
        "from_identity": last.identity,
        "taken_at": instant_text(last.taken_at),
        "renewed_at": instant_text(last.renewed_at),
    }
    return Deed(TAKEN_OVER, last.host, content)
