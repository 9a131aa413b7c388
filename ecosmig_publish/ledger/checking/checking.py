"""All checks of a ledger, in an order in which each may rely on the ones before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from ecosmig_publish.ledger.checking.database import check_database, check_schema
from ecosmig_publish.ledger.checking.fault import DATABASE, LedgerFault
from ecosmig_publish.ledger.checking.of_anchors import check_anchored
from ecosmig_publish.ledger.checking.slots import check_holds, check_slots
from ecosmig_publish.ledger.checking.streams import check_streams
from ecosmig_publish.ledger.checking.walking import check_acts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def check_ledger(connection: Connection, *, head: str | None = None) -> Iterator[LedgerFault]:
    """Yield everything that is wrong, row by row, without changing anything.

    Takes time as the ledger grows, not more: each table and the chain are read once or twice, a few hundred rows at a
    time. `head` is the newest act's hash as it was noted elsewhere.
    """
    stages = (
        check_database(connection),
        check_schema(connection),
        check_acts(connection, head=head),
        check_anchored(connection),
        check_streams(connection),
        check_slots(connection),
        check_holds(connection),
    )
    for stage in stages:
        try:
            yield from stage
        except SQLAlchemyError as error:
            # What is damaged can't be read on; the other checks may still find which rows are concerned.
            cause = getattr(error, "orig", None) or error
            yield LedgerFault(DATABASE, "the database", f"it can't be read to the end: {cause}")
