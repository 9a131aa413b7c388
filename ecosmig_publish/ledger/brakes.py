"""What the big-change brake holds: issues of an unusual size, and slots that look as if the source were empty."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, select, update

from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import brakes, files, issues, slot_brakes, slots, withdrawals
from ecosmig_publish.ledger.views import BrakedIssue, BrakedSlot

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row, Select


def recent_sizes(connection: Connection, report: Report, recipient: Signifier, limit: int) -> list[int]:
    """Return how many rows the latest issues of a stream have, latest first; not those held or taken back."""
    wanted = (
        select(files.c.issue_id, files.c.rows)
        .select_from(files)
        .outerjoin(brakes, brakes.c.issue_id == files.c.issue_id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == files.c.issue_id)
        .where(
            files.c.report == report,
            files.c.recipient == recipient,
            withdrawals.c.issue_id.is_(None),
            brakes.c.issue_id.is_(None) | brakes.c.released_at.is_not(None),
        )
        .order_by(files.c.sequence.desc())
    )
    # An issue's numbers follow one another: summed up here, nothing older than the last of them is read.
    with connection.execute(wanted, execution_options={"yield_per": limit}) as rows:
        issued = groupby(rows, key=lambda row: row.issue_id)
        return [sum(row.rows for row in of_issue) for _, of_issue in islice(issued, limit)]


def steady_recipients(connection: Connection, report: Report, count: int) -> set[Signifier]:
    """Return who had rows in each of a report's last `count` slots; nobody where there were fewer slots."""
    latest = select(slots.c.id).where(slots.c.report == report).order_by(slots.c.due_at.desc()).limit(count)
    chosen = list(connection.execute(latest).scalars())
    if len(chosen) < count:
        return set()
    wanted = _with_rows(chosen).group_by(issues.c.recipient).having(func.count(issues.c.slot_id.distinct()) == count)
    return {Signifier(recipient) for recipient in connection.execute(wanted).scalars()}


def recipients_with_rows(connection: Connection, slot: Slot) -> set[Signifier] | None:
    """Return who had rows in a slot, None where the slot is not recorded."""
    slot_id = connection.execute(select(slots.c.id).where(*_is(slots, slot))).scalar()
    if slot_id is None:
        return None
    return {Signifier(recipient) for recipient in connection.execute(_with_rows([slot_id]).distinct()).scalars()}


def hold_issues(
    connection: Connection, reasons: Mapping[Signifier, str], issue_ids: Mapping[Signifier, int], held_at: datetime
) -> None:
    """Hold issues at their birth: their files wait until they are released."""
    if reasons:
        rows = [
            {"issue_id": issue_ids[recipient], "reason": reason, "held_at": held_at}
            for recipient, reason in sorted(reasons.items())
        ]
        connection.execute(insert(brakes), rows)


def hold_slot(connection: Connection, slot: Slot, reason: str, held_at: datetime) -> Deed | None:
    """Record that a slot was not issued; the same again changes nothing, whatever the reason is by then."""
    if slot_brake(connection, slot) is not None:
        return None
    connection.execute(
        insert(slot_brakes),
        {"report": slot.report.value, "due_at": slot.due_at, "reason": reason, "held_at": held_at},
    )
    return Deed("brake-slot", _subject(slot), {"reason": reason, "held_at": instant_text(held_at)})


def slot_brake(connection: Connection, slot: Slot) -> BrakedSlot | None:
    """Return what is recorded of a slot that was not issued at first, released or not."""
    row = connection.execute(select(slot_brakes).where(*_is(slot_brakes, slot))).first()
    return None if row is None else _braked_slot(row)


def braked_slots(connection: Connection) -> list[BrakedSlot]:
    """Return the slots that wait for an operator's word or for the source, oldest first."""
    same = (slots.c.report == slot_brakes.c.report) & (slots.c.due_at == slot_brakes.c.due_at)
    rows = connection.execute(
        select(slot_brakes)
        .outerjoin(slots, same)
        .where(slot_brakes.c.released_at.is_(None), slots.c.id.is_(None))
        .order_by(slot_brakes.c.due_at, slot_brakes.c.report)
    )
    return [_braked_slot(row) for row in rows]


def braked_issues(connection: Connection) -> list[BrakedIssue]:
    """Return the issues that wait for an operator's word, oldest slot first; not those taken back."""
    rows = connection.execute(
        select(
            brakes.c.issue_id,
            brakes.c.reason,
            brakes.c.held_at,
            issues.c.recipient,
            slots.c.report,
            slots.c.due_at,
            files.c.name,
            files.c.rows,
        )
        .select_from(brakes)
        .join(issues, issues.c.id == brakes.c.issue_id)
        .join(slots, slots.c.id == issues.c.slot_id)
        .join(files, files.c.issue_id == issues.c.id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == issues.c.id)
        .where(brakes.c.released_at.is_(None), withdrawals.c.issue_id.is_(None))
        # From the few that are held: left to itself SQLite begins with every file there is.
        .where(files.c.issue_id.in_(select(brakes.c.issue_id).where(brakes.c.released_at.is_(None))))
        .order_by(slots.c.due_at, slots.c.report, issues.c.recipient, files.c.part)
    ).all()
    by_issue: dict[int, list[Any]] = {}
    for row in rows:
        by_issue.setdefault(row.issue_id, []).append(row)
    return [_braked_issue(of_issue) for of_issue in by_issue.values()]


def release_issue(connection: Connection, issue_id: int, released_at: datetime) -> Deed | None:
    """Let an issue that is held be published; the same again changes nothing. Raises `LedgerError` where none is."""
    brake = connection.execute(select(brakes).where(brakes.c.issue_id == issue_id)).first()
    if brake is None:
        raise LedgerError(f"the brake never held the issue {issue_id}; nothing was recorded")
    if brake.released_at is not None:
        return None
    connection.execute(update(brakes).where(brakes.c.issue_id == issue_id).values(released_at=released_at))
    in_order = select(files.c.name).where(files.c.issue_id == issue_id).order_by(files.c.part)
    names = list(connection.execute(in_order).scalars())
    content = {"files": names, "reason": brake.reason, "held_at": instant_text(brake.held_at)}
    return Deed("release", names[0], content)


def release_slot(connection: Connection, slot: Slot, released_at: datetime) -> Deed | None:
    """Let a slot be issued as it is; the same again changes nothing. Raises `LedgerError` where none is held."""
    brake = slot_brake(connection, slot)
    if brake is None:
        raise LedgerError(f"the brake never held the slot {_subject(slot)}; nothing was recorded")
    if brake.released_at is not None:
        return None
    connection.execute(update(slot_brakes).where(*_is(slot_brakes, slot)).values(released_at=released_at))
    return Deed("release", _subject(slot), {"reason": brake.reason, "held_at": instant_text(brake.held_at)})


def _with_rows(slot_ids: Sequence[int]) -> Select[Any]:
    return (
        select(issues.c.recipient)
        .select_from(issues.join(files, files.c.issue_id == issues.c.id))
        .where(issues.c.slot_id.in_(slot_ids), files.c.rows > 0)
    )


def _is(table: Any, slot: Slot) -> Collection[Any]:
    return table.c.report == slot.report, table.c.due_at == slot.due_at


def _braked_slot(row: Row[Any]) -> BrakedSlot:
    return BrakedSlot(Slot(row.due_at, Report(row.report)), row.reason, row.held_at, row.released_at)


def _braked_issue(rows: Sequence[Any]) -> BrakedIssue:
    first = rows[0]
    return BrakedIssue(
        issue_id=first.issue_id,
        slot=Slot(first.due_at, Report(first.report)),
        recipient=Signifier(first.recipient),
        names=tuple(row.name for row in rows),
        rows=sum(row.rows for row in rows),
        reason=first.reason,
        held_at=first.held_at,
    )


def _subject(slot: Slot) -> str:
    return f"{slot.report.value} {slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
