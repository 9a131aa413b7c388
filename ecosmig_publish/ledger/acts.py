"""The acts as they are kept: appended in the transaction of the change, read in order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from ecosmig_publish.ledger import chain, tables
from ecosmig_publish.ledger.chain import Act

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Deed
    from ecosmig_publish.ledger.entries import Actor

_COLUMNS = tuple(tables.acts.c[name] for name in Act.__slots__)
# Made once: making them anew for each act takes longer than asking.
_NEWEST = select(*_COLUMNS).order_by(tables.acts.c.id.desc()).limit(1)
_APPEND = insert(tables.acts)


def append_act(connection: Connection, deed: Deed, actor: Actor, at: datetime) -> None:
    """Append the act of a deed to the chain; the caller's transaction must hold the write lock."""
    newest = connection.execute(_NEWEST).first()
    act = chain.link(deed, actor, at, Act(*newest) if newest else None)
    connection.execute(_APPEND, {name: getattr(act, name) for name in Act.__slots__})


def read_act(connection: Connection, number: int) -> Act | None:
    """Return the act of a number, None where there is none."""
    row = connection.execute(select(*_COLUMNS).where(tables.acts.c.id == number)).first()
    return Act(*row) if row else None


def read_acts(connection: Connection, *, limit: int | None = None, kind: str | None = None) -> Iterator[Act]:
    """Yield the acts oldest first; with `limit` the newest so many of them, with `kind` those of one kind."""
    wanted = select(*_COLUMNS)
    if kind is not None:
        wanted = wanted.where(tables.acts.c.kind == kind)
    if limit is None:
        rows = connection.execution_options(yield_per=1000).execute(wanted.order_by(tables.acts.c.id))
        yield from (Act(*row) for row in rows)
        return
    newest = connection.execute(wanted.order_by(tables.acts.c.id.desc()).limit(limit)).all()
    yield from (Act(*row) for row in reversed(newest))
