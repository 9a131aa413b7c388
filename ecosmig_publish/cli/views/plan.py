"""What `plan` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.planning import due_slots_of, run_instant
from ecosmig_publish.workflows.running import Narrowing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.ledger import WaitingFile
    from ecosmig_publish.workflows.planning import RunInstant


def show_plan(
    invocation: Invocation, as_of: datetime | None, reports: Sequence[Report], suppliers: Sequence[Signifier]
) -> int:
    """Show the slots that are due and the files that wait. A plan is no check: its status is 0."""
    wiring = wired(invocation)
    settings = wiring.settings
    narrowing = Narrowing(reports, suppliers)
    ledger = wiring.existing_ledger()
    last_slots = ledger.last_slots() if ledger else {}
    run = run_instant(
        now=wiring.now(),
        as_of=as_of,
        settle=settings.source.settle,
        last_cut_off=ledger.last_cut_off() if ledger else None,
    )
    slots = due_slots_of(
        start=settings.start,
        at=run.at,
        last_slots={report: entry.slot.due_at for report, entry in last_slots.items()},
        reports=reports,
    )
    waiting = [file for file in ledger.waiting() if narrowing.covers(file)] if ledger else []
    if ledger:
        ledger.close()
    invocation.result(_document(run, slots, waiting), lambda: _render(run, slots, waiting))
    return ExitStatus.OK


def _document(run: RunInstant, slots: Sequence[Slot], waiting: Sequence[WaitingFile]) -> dict[str, object]:
    return {
        "as_of": run.at,
        "cut_off": run.cut_off,
        "due": [
            {
                "report": slot.report,
                "due_at": slot.due_at,
                "period": {"start": period_of(slot).start, "end": period_of(slot).end},
            }
            for slot in slots
        ],
        "waiting": [
            {
                "report": file.report,
                "recipient": file.recipient,
                "sequence": file.sequence,
                "name": file.name,
                "due_at": file.due_at,
                "published_at": file.published_at,
            }
            for file in waiting
        ],
    }


def _render(run: RunInstant, slots: Sequence[Slot], waiting: Sequence[WaitingFile]) -> None:
    from ecosmig_publish.cli.screen import show_table, shown_instant, stdout_console  # noqa: PLC0415 - rich is slow

    rows = [
        (
            slot.report,
            shown_instant(slot.due_at),
            shown_instant(period_of(slot).start),
            shown_instant(_last(slot)),
        )
        for slot in slots
    ]
    at = shown_instant(run.at)
    if rows:
        show_table(f"Due at {at}, oldest first", ("report", "slot", "period from", "period to"), rows)
    by_recipient: dict[tuple[str, str], int] = {}
    for file in waiting:
        by_recipient[file.report, file.recipient] = by_recipient.get((file.report, file.recipient), 0) + 1
    if by_recipient:
        show_table(
            "Issued, and not yet proved in their folders",
            ("report", "recipient", "files"),
            [(report, recipient, files) for (report, recipient), files in sorted(by_recipient.items())],
            numbers=("files",),
        )
    if rows or by_recipient:
        stdout_console().print("`ecosmig publish --all` would do this now; nothing was changed.")
    else:
        stdout_console().print(f"Nothing is due and nothing waits at {at}.")


def _last(slot: Slot) -> datetime:
    return period_of(slot).last_second
