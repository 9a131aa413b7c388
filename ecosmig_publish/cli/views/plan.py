"""What `plan` shows."""

from __future__ import annotations

from collections import Counter
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.views.brake import brake_document, show_braked
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


_SHOWN = 40
"""So many slots, and so many streams, are listed to a person."""


def show_plan(
    invocation: Invocation, as_of: datetime | None, reports: Sequence[Report], suppliers: Sequence[Signifier]
) -> int:
    """Show the slots that are due and the files that wait. A plan is no check: its status is 0."""
    wiring = wired(invocation)
    settings = wiring.settings
    narrowing = Narrowing(reports, suppliers)
    with wiring.existing_ledger() or nullcontext() as ledger:
        refuse_strangers(suppliers, ledger)
        last_slots = ledger.last_slots() if ledger else {}
        run = run_instant(
            now=wiring.now(),
            as_of=as_of,
            settle=settings.source.settle,
            last_cut_off=ledger.last_cut_off() if ledger else None,
        )
        waiting = [file for file in ledger.waiting() if narrowing.covers(file)] if ledger else []
        braked = (ledger.braked_issues(), ledger.braked_slots()) if ledger else ([], [])
    after = {report: entry.slot.due_at for report, entry in last_slots.items()}
    slots = due_slots_of(start=settings.start, at=run.at, last_slots=after, reports=reports)
    coming = next_slot(settings.start, run.at, reports)
    document = {**_document(run, slots, waiting, coming), "brake": brake_document(*braked)}

    def render() -> None:
        _render(run, slots, waiting, coming)
        show_braked(*braked)

    invocation.result(document, render)
    return ExitStatus.OK


def next_slot(start: datetime, at: datetime, reports: Sequence[Report]) -> Slot:
    """Return the slot that falls due next after `at`, and after `start` where that is later."""
    after = max(start, at)
    # Every report has a slot within a month and a day.
    return due_slots_of(start=after, at=after + timedelta(days=32), last_slots={}, reports=reports)[0]


def _document(
    run: RunInstant, slots: Sequence[Slot], waiting: Sequence[WaitingFile], coming: Slot
) -> dict[str, object]:
    return {
        "as_of": run.at,
        "cut_off": run.cut_off,
        "next_slot": {"report": coming.report, "due_at": coming.due_at},
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


def _render(run: RunInstant, slots: Sequence[Slot], waiting: Sequence[WaitingFile], coming: Slot) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    at = shown_instant(run.at)
    if slots:
        shown = _shown(slots)
        rows = [
            (
                slot.report,
                shown_instant(slot.due_at),
                shown_instant(period_of(slot).start),
                shown_instant(period_of(slot).last_second),
            )
            for slot in shown
        ]
        columns = ("report", "slot", "period from", "period to")
        show_table(f"Due at {at}, oldest first", columns, rows, whole=columns)
        if len(shown) < len(slots):
            counted = Counter(slot.report.value for slot in slots)
            each = ", ".join(f"{report} {count:,}" for report, count in sorted(counted.items()))
            show_line(f"The first {len(shown):,} of {len(slots):,} slots ({each}); all of them: ecosmig plan --json")
    by_stream = Counter((file.report.value, file.recipient) for file in waiting)
    if by_stream:
        show_table(
            "Issued, and not yet proved in their folders",
            ("report", "recipient", "files"),
            [(report, recipient, files) for (report, recipient), files in sorted(by_stream.items())[:_SHOWN]],
            numbers=("files",),
        )
        if len(by_stream) > _SHOWN:
            show_line(f"The first {_SHOWN:,} of {len(by_stream):,} streams; all of them: ecosmig plan --json")
    if slots or by_stream:
        show_line(f"{len(slots):,} slots are due and {len(waiting):,} files wait. Nothing was changed.")
        show_line("ecosmig publish --all issues and publishes them.")
    else:
        show_line(f"Nothing is due and nothing waits at {at}.")
    show_line(f"The next slot falls due at {shown_instant(coming.due_at)}: {coming.report}.")


def _shown(slots: Sequence[Slot]) -> Sequence[Slot]:
    return slots[:_SHOWN] if len(slots) > _SHOWN + 1 else slots
