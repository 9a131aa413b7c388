"""Streams: the last number of each (report, recipient), which only grows, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.tables import files, issues, publications, slots, streams, withdrawals
from ecosmig_publish.ledger.views import RecordedStream

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.entries import IssueEntry

# Made once: making it anew for each stream takes longer than the change.
_ADVANCE = (
    update(streams)
    .where(
        streams.c.report == bindparam("of_report"),
        streams.c.recipient == bindparam("of_recipient"),
        streams.c.last_sequence == bindparam("from_number"),
    )
    .values(last_sequence=bindparam("to_number"))
)


def last_sequences(connection: Connection, report: Report) -> dict[Signifier, int]:
    """Return the last number of every stream of a report that has one."""
    rows = connection.execute(select(streams.c.recipient, streams.c.last_sequence).where(streams.c.report == report))
    return {Signifier(recipient): last for recipient, last in rows}


def advance_streams(
    connection: Connection,
    report: Report,
    issued: tuple[IssueEntry, ...],
    expected_last: Mapping[Signifier, int],
) -> None:
    """Allocate the issues' numbers: each stream from exactly what was expected to the last of its new ones.

    Raises `LedgerError` where a number would be left out or used again.
    """
    recipients = [issue.recipient for issue in issued]
    if len(set(recipients)) != len(recipients) or set(recipients) != set(expected_last):
        raise _refused(report, "the streams that its files belong to are not those whose last number is expected")
    present = last_sequences(connection, report)
    for issue in issued:
        expected, last = expected_last[issue.recipient], present.get(issue.recipient, 0)
        if last != expected:
            raise _refused(
                report,
                f"the stream of {issue.recipient} stands at {last}, its files were made for {expected}",
            )
        sequences = [file.sequence for file in issue.files]
        if not sequences or sequences != list(range(last + 1, last + 1 + len(sequences))):
            raise _refused(report, f"the numbers {sequences} of {issue.recipient} don't follow {last} without a gap")
        if [file.part for file in issue.files] != list(range(1, len(sequences) + 1)):
            raise _refused(report, f"the parts of the issue for {issue.recipient} don't run from 1 without a gap")
        _advance(connection, report, issue.recipient, last, sequences[-1])


def read_streams(connection: Connection) -> list[RecordedStream]:
    """Return all streams, by report and recipient, with what waits in each."""
    wanted = (
        select(files.c.report, files.c.recipient, slots.c.due_at)
        .select_from(publications.join(files, files.c.id == publications.c.file_id))
        .join(issues, issues.c.id == files.c.issue_id)
        .join(slots, slots.c.id == issues.c.slot_id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == issues.c.id)
        .where(publications.c.proved_at.is_(None), withdrawals.c.issue_id.is_(None))
    )
    # Counted here: grouped by the database, SQLite goes through every file there is.
    waiting: dict[tuple[str, str], list[datetime]] = {}
    for report, recipient, due_at in connection.execute(wanted):
        waiting.setdefault((report, recipient), []).append(due_at)
    rows = connection.execute(select(streams).order_by(streams.c.report, streams.c.recipient))
    return [
        RecordedStream(
            Report(row.report),
            Signifier(row.recipient),
            row.last_sequence,
            len(of := waiting.get((row.report, row.recipient), [])),
            min(of, default=None),
        )
        for row in rows
    ]


def _advance(connection: Connection, report: Report, recipient: Signifier, last: int, new: int) -> None:
    if last == 0:
        connection.execute(insert(streams), {"report": report, "recipient": recipient, "last_sequence": new})
        return
    # Compare and set, so that it holds on a database where the read above took no lock.
    advanced = connection.execute(
        _ADVANCE, {"of_report": report.value, "of_recipient": recipient, "from_number": last, "to_number": new}
    )
    if advanced.rowcount != 1:
        raise _refused(report, f"the stream of {recipient} moved on from {last} meanwhile")


def _refused(report: Report, what: str) -> LedgerError:
    return LedgerError(
        f"{report}: {what}; nothing was recorded",
        hint="Run again: the slot is then made anew from what the ledger says. If it stays, report it.",
    )
