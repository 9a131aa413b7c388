"""Rows that an issue carried and no longer does: held, so that the next slot brings them to their right recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.tables import corrections, holds, recalls, slots

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger.entries import HeldEntry


def recall_rows(connection: Connection, report: Report, issue_id: int, held: Sequence[HeldEntry]) -> None:
    """Hold rows that an issue carried, from the report's latest slot on. Raises `LedgerError` where one is held."""
    if not held:
        return
    keys = [entry.key for entry in held]
    known = select(holds.c.key).where(holds.c.report == report, holds.c.closed.is_(None))
    if not set(connection.execute(known).scalars()).isdisjoint(keys) or len(set(keys)) != len(keys):
        raise LedgerError(
            f"{report}: a row of the issue is held already; nothing was recorded",
            hint="ecosmig ledger check shows what is wrong with this ledger.",
        )
    latest = select(slots.c.id).where(slots.c.report == report).order_by(slots.c.due_at.desc()).limit(1)
    slot_id = connection.execute(latest).scalar_one()
    inserting = insert(holds).returning(holds.c.id, sort_by_parameter_order=True)
    rows = [
        {
            "report": report.value,
            "key": entry.key,
            "reasons": " ".join(entry.reasons),
            "recipient": entry.recipient,
            "first_slot_id": slot_id,
            "last_slot_id": slot_id,
        }
        for entry in held
    ]
    hold_ids = connection.execute(inserting, rows).scalars()
    connection.execute(insert(recalls), [{"hold_id": hold_id, "issue_id": issue_id} for hold_id in hold_ids])


def recalled_before(connection: Connection, issue_id: int) -> set[str]:
    """Return the keys of the rows that an issue's predecessors carried, and their corrections no longer did."""
    keys: set[str] = set()
    earlier = _superseded_by(connection, issue_id)
    while earlier is not None:
        wanted = select(holds.c.key).join_from(recalls, holds).where(recalls.c.issue_id == earlier)
        keys.update(connection.execute(wanted).scalars())
        earlier = _superseded_by(connection, earlier)
    return keys


def out_of_report(connection: Connection, report: Report) -> dict[str, datetime]:
    """Return the rows that were recalled and then belonged in the report no more: by key, when a slot found so."""
    wanted = (
        select(holds.c.key, slots.c.due_at)
        .join_from(recalls, holds)
        .join(slots, holds.c.closed_slot_id == slots.c.id)
        .where(holds.c.report == report, holds.c.closed == "not-of-this-report")
        .order_by(slots.c.due_at)
    )
    return {key: due_at for key, due_at in connection.execute(wanted)}  # noqa: C416 - rows are no pairs


def held_by_slot(connection: Connection, slot_id: int) -> set[str]:
    """Return the keys of the rows that a slot itself held: those that are reported later, or never."""
    of_slot = select(slots.c.report, slots.c.due_at).where(slots.c.id == slot_id)
    report, due_at = connection.execute(of_slot).one()
    first, closed = slots.alias("first_slot"), slots.alias("closed_slot")
    wanted = (
        select(holds.c.key)
        .join_from(holds, first, holds.c.first_slot_id == first.c.id)
        .outerjoin(closed, holds.c.closed_slot_id == closed.c.id)
        .outerjoin(recalls, recalls.c.hold_id == holds.c.id)
        .where(holds.c.report == report, first.c.due_at <= due_at, recalls.c.hold_id.is_(None))
        .where(closed.c.due_at.is_(None) | (closed.c.due_at > due_at))
    )
    return set(connection.execute(wanted).scalars())


def reported_from_holds(connection: Connection, slot_id: int) -> set[str]:
    """Return the keys of the rows that were held before a slot and were reported by it."""
    wanted = select(holds.c.key).where(holds.c.closed_slot_id == slot_id, holds.c.closed == "reported")
    return set(connection.execute(wanted).scalars())


def _superseded_by(connection: Connection, issue_id: int) -> int | None:
    return connection.execute(select(corrections.c.supersedes_id).where(corrections.c.issue_id == issue_id)).scalar()
