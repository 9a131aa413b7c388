"""What must hold of every slot and hold, whatever the acts say."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, func, select

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.ledger.checking.fault import HOLD, SLOT, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import corrections, files, holds, issues, slots

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Row


def check_slots(connection: Connection) -> Iterator[LedgerFault]:
    """Yield slots that are none, out of order, or whose cut-offs go back, and issues that are not whole."""
    ordered = select_plain(slots).order_by(slots.c.report, slots.c.due_at)
    for _, rows in groupby(stream(connection, ordered), key=lambda row: row.report):
        of_report = list(rows)
        for row in of_report:
            yield from _check_slot(row)
        for earlier, later in pairwise(of_report):
            if later.cut_off < earlier.cut_off:
                yield LedgerFault(SLOT, _named(later), f"its cut-off {later.cut_off} is before that of the slot before")
    yield from _check_issues(connection)


def check_holds(connection: Connection) -> Iterator[LedgerFault]:
    """Yield rows that are held twice at once, and holds whose slots are in no order."""
    twice = (
        select(holds.c.report, func.min(holds.c.id), func.max(holds.c.id))
        .where(holds.c.closed.is_(None))
        .group_by(holds.c.report, holds.c.key)
        .having(func.count() > 1)
    )
    for report, one, other in connection.execute(twice):
        yield LedgerFault(HOLD, row_of("holds", other, report), f"it holds the row that holds {one} holds already")
    first, last = slots.alias("first_slot"), slots.alias("last_slot")
    wanted = (
        select(holds.c.id, holds.c.report)
        .join_from(holds, first, holds.c.first_slot_id == first.c.id)
        .join(last, holds.c.last_slot_id == last.c.id)
        .where(
            (first.c.due_at > last.c.due_at)
            | (holds.c.closed_slot_id.is_not(None) & (holds.c.closed_slot_id != holds.c.last_slot_id))
        )
    )
    for number, report in stream(connection, wanted):
        yield LedgerFault(HOLD, row_of("holds", number, report), "its first, latest and closing slot are in no order")


def _check_slot(row: Row[Any]) -> Iterator[LedgerFault]:
    try:
        slot = Slot(datetime.fromisoformat(row.due_at).astimezone(UTC), Report(row.report))
        period = period_of(slot)
    except (TypeError, ValueError):
        yield LedgerFault(SLOT, _named(row), "its report has no slot at this instant")
        return
    expected = (instant_text(period.start), instant_text(period.end))
    if (row.period_start, row.period_end) != expected:
        yield LedgerFault(SLOT, _named(row), f"its period should be {expected[0]} to {expected[1]}")
    if not row.due_at <= row.generated_at or not row.cut_off <= row.generated_at:
        yield LedgerFault(SLOT, _named(row), "it was generated before it fell due, or before its cut-off")


def _check_issues(connection: Connection) -> Iterator[LedgerFault]:
    without_files = select(issues.c.id, issues.c.report, issues.c.recipient).where(
        ~exists(select(files.c.id).where(files.c.issue_id == issues.c.id))
    )
    for number, report, recipient in stream(connection, without_files):
        yield LedgerFault(SLOT, row_of("issues", number, f"{report} {recipient}"), "it has no file")
    of_slot = (
        select(issues.c.id)
        .outerjoin_from(issues, corrections, corrections.c.issue_id == issues.c.id)
        .where(issues.c.slot_id == slots.c.id, corrections.c.issue_id.is_(None))
    )
    wrong = select_plain(slots).where((slots.c.outcome == "issued") != exists(of_slot))
    for row in stream(connection, wrong):
        yield LedgerFault(SLOT, _named(row), f"its outcome is {row.outcome}, which its issues say is wrong")
    twice = (
        select(issues.c.slot_id, issues.c.report, issues.c.recipient)
        .outerjoin_from(issues, corrections, corrections.c.issue_id == issues.c.id)
        .where(corrections.c.issue_id.is_(None))
        .group_by(issues.c.slot_id, issues.c.report, issues.c.recipient)
        .having(func.count() > 1)
    )
    for slot_id, report, recipient in stream(connection, twice):
        yield LedgerFault(SLOT, row_of("slots", slot_id, report), f"it has several issues for {recipient}")


def _named(row: Row[Any]) -> str:
    return row_of("slots", row.id, f"{row.report} {row.due_at}")
