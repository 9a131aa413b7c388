"""The acts as they stand in the table, whatever was done to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.chain import Act
from ecosmig_publish.ledger.checking.fault import act_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import acts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection, Row

_UNREADABLE = datetime.min.replace(tzinfo=UTC)
"""Stands for an instant that is none: no act was ever sealed with it."""


def stored_acts(connection: Connection) -> Iterator[Act]:
    """Yield all acts in the order of their numbers."""
    yield from map(_act, stream(connection, select_plain(acts).order_by(acts.c.id)))


def stored_ends(connection: Connection) -> tuple[Act | None, Act | None]:
    """Return the first and the newest act, None for each where there is none."""
    wanted = select_plain(acts).limit(1)
    ends = [connection.execute(wanted.order_by(order)).first() for order in (acts.c.id, acts.c.id.desc())]
    first, newest = (None if row is None else _act(row) for row in ends)
    return first, newest


def stored_acts_of(connection: Connection, kinds: Collection[str]) -> list[Act]:
    """Return the acts of some kinds."""
    wanted = select_plain(acts).where(acts.c.kind.in_(kinds)).order_by(acts.c.id)
    return [_act(row) for row in connection.execute(wanted)]


def number_of(connection: Connection, act_hash: str) -> int | None:
    """Return the number of the act that has a hash, None where none has it."""
    number: int | None = connection.execute(select(acts.c.id).where(acts.c.hash == act_hash)).scalar()
    return number


def described(act: Act) -> str:
    """Return how an act is named."""
    return act_of(act.id, act.kind, act.subject, instant_text(act.at))


def _act(row: Row[Any]) -> Act:
    """Return a link as it stands; one whose instant can't be read has an instant that its hash doesn't fit."""
    values = row._asdict()
    try:
        values["at"] = datetime.fromisoformat(values["at"]).astimezone(UTC)
    except (OverflowError, TypeError, ValueError):
        values["at"] = _UNREADABLE
    return Act(**values)
