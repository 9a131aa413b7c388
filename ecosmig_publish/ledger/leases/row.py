"""The lease as it is kept: one row, with the newest fence."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from ecosmig_publish.ledger.tables import lease

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy import Connection, Update

    from ecosmig_publish.ledger.entries import Actor


@dataclass(frozen=True, slots=True)
class LeaseRow:
    """Who took the lease last. Instants are the database's, where it has a clock."""

    fence: int
    holder: str
    identity: str
    host: str
    process: int
    taken_at: datetime
    renewed_at: datetime
    expires_at: datetime
    released: bool

    def said(self) -> str:
        """Return who this is, in words."""
        return f"process {self.process} on {self.host}, since {self.taken_at:%Y-%m-%dT%H:%M:%SZ}"

    def is_held_by(self, holder: str, fence: int) -> bool:
        """Whether this is what a holder took, and nobody took it after."""
        return (self.holder, self.fence) == (holder, fence)


# Made once: it is asked in every transaction that writes.
_LEASE = select(*(lease.c[name] for name in LeaseRow.__slots__))


def read_lease(connection: Connection) -> LeaseRow | None:
    """Return the lease, None where none was ever taken."""
    row = connection.execute(_LEASE).first()
    return LeaseRow(*row) if row else None


def take_lease(
    connection: Connection, last: LeaseRow | None, holder: str, *, actor: Actor, at: datetime, lasts: timedelta
) -> LeaseRow:
    """Write down this process as the new holder after `last`, and return it; the caller's transaction writes."""
    held = LeaseRow(
        fence=last.fence + 1 if last else 1,
        holder=holder,
        identity=actor.identity,
        host=actor.host,
        process=os.getpid(),
        taken_at=at,
        renewed_at=at,
        expires_at=at + lasts,
        released=False,
    )
    connection.execute(update(lease).values(asdict(held)) if last else insert(lease).values(id=1, **asdict(held)))
    return held


def renew_lease(connection: Connection, held: LeaseRow, at: datetime, lasts: timedelta) -> bool:
    """Let a lease end later; return whether it still is the holder's."""
    # A clock that was set back must not end it before it was taken.
    at = max(at, held.taken_at)
    renewed = connection.execute(_of(held).values(renewed_at=at, expires_at=at + lasts))
    return renewed.rowcount == 1


def release_lease(connection: Connection, held: LeaseRow) -> None:
    """Give a lease back, where it still is the holder's."""
    connection.execute(_of(held).values(released=True))


def _of(held: LeaseRow) -> Update:
    return update(lease).where(lease.c.fence == held.fence, lease.c.holder == held.holder, lease.c.released.is_(False))
