"""Issues as they stand: their files, what superseded them, what a person decided of them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ecosmig_publish.emrr.terms import Period, Report, Signifier, Slot
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.publications import files_of_issues
from ecosmig_publish.ledger.recalls import held_by_slot, recalled_before, reported_from_holds
from ecosmig_publish.ledger.tables import corrections, files, issues, reported_keys, slots, withdrawals
from ecosmig_publish.ledger.views import RecordedIssue, SlotKeys, Withdrawal

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import ColumnElement, Connection, Row

    from ecosmig_publish.ledger.amendments import IssueName

_later = corrections.alias("later")


def read_issues(connection: Connection, named: IssueName) -> list[RecordedIssue]:
    """Return the issues that a name fits, oldest first."""
    wanted = select(issues.c.id).select_from(issues.join(slots, issues.c.slot_id == slots.c.id).join(files))
    return _issues(connection, issues.c.id.in_(wanted.where(*_conditions(named)).distinct()))


def issue_of_id(connection: Connection, issue_id: int) -> RecordedIssue:
    """Return an issue. Raises `LedgerError` where there is none."""
    found = _issues(connection, issues.c.id == issue_id)
    if not found:
        raise LedgerError(f"the ledger has no issue {issue_id}")
    return found[0]


def amended_issues(connection: Connection) -> list[RecordedIssue]:
    """Return the issues that were superseded, withdrawn, or made by a correction, oldest first."""
    # From the few that a person decided on, not from all that was ever issued.
    few = select(corrections.c.issue_id).union(
        select(corrections.c.supersedes_id).where(corrections.c.supersedes_id.is_not(None)),
        select(withdrawals.c.issue_id),
    )
    return _issues(connection, issues.c.id.in_(few))


def keys_of(connection: Connection, issue: RecordedIssue) -> SlotKeys:
    """Return what is known of the rows that an issue's slot reported, beside its bounds."""
    keys = reported_keys.c
    blobs = select(keys["keys"]).where(keys.slot_id == issue.slot_id).order_by(keys.ordinal)
    return SlotKeys(
        held=frozenset(held_by_slot(connection, issue.slot_id)),
        from_holds=frozenset(reported_from_holds(connection, issue.slot_id)),
        recalled=frozenset(recalled_before(connection, issue.issue_id)),
        reported=tuple(connection.execute(blobs).scalars()),
    )


def _conditions(named: IssueName) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if named.file is not None:
        found.append(files.c.name == named.file)
    if named.report is not None:
        found.append(issues.c.report == named.report)
    if named.recipient is not None:
        found.append(issues.c.recipient == named.recipient)
    if named.due_at is not None:
        found.append(slots.c.due_at == named.due_at)
    if named.sequence is not None:
        found.append(files.c.sequence == named.sequence)
    return found


def _issues(connection: Connection, condition: ColumnElement[bool]) -> list[RecordedIssue]:
    wanted = (
        select(
            issues.c.id,
            issues.c.recipient,
            slots.c.id.label("slot_id"),
            slots.c.report,
            slots.c.due_at,
            slots.c.period_start,
            slots.c.period_end,
            func.coalesce(corrections.c.cut_off, slots.c.cut_off, type_=slots.c.cut_off.type).label("cut_off"),
            corrections.c.supersedes_id,
            corrections.c.reason.label("corrected_because"),
            _later.c.issue_id.label("superseded_by_id"),
            withdrawals.c.withdrawn_at,
            withdrawals.c.reason.label("withdrawn_because"),
            withdrawals.c.released,
            withdrawals.c.removed,
        )
        .select_from(issues)
        .join(slots, issues.c.slot_id == slots.c.id)
        .outerjoin(corrections, corrections.c.issue_id == issues.c.id)
        .outerjoin(_later, _later.c.supersedes_id == issues.c.id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == issues.c.id)
        .where(condition)
        .order_by(issues.c.id)
    )
    rows = connection.execute(wanted).all()
    by_issue = {
        issue_id: tuple(of_issue)
        for issue_id, of_issue in groupby(
            files_of_issues(connection, [row.id for row in rows]), key=lambda file: file.issue_id
        )
    }
    return [_issue(row, by_issue) for row in rows]


def _issue(row: Row[*tuple[Any, ...]], by_issue: dict[int, Any]) -> RecordedIssue:
    withdrawn = None
    if row.withdrawn_at is not None:
        withdrawn = Withdrawal(row.withdrawn_at, row.withdrawn_because, row.released, row.removed)
    return RecordedIssue(
        issue_id=row.id,
        slot_id=row.slot_id,
        slot=Slot(row.due_at, Report(row.report)),
        period=Period(row.period_start, row.period_end),
        cut_off=row.cut_off,
        recipient=Signifier(row.recipient),
        files=by_issue.get(row.id, ()),
        is_correction=row.corrected_because is not None,
        corrected_because=row.corrected_because,
        supersedes_id=row.supersedes_id,
        superseded_by_id=row.superseded_by_id,
        withdrawn=withdrawn,
    )
