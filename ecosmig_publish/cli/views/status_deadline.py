"""What `status --deadline` shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_span
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.deadlines import Overdue, Watch, overdue_in_ledger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.wiring import Wiring

_SHOWN = 40


def show_overdue(invocation: Invocation, deadline: str) -> int:
    """Show what isn't proved in time; returns 10 where there is something."""
    span = parse_span("--deadline", deadline)
    wiring = wired(invocation)
    overdue = _overdue(wiring, Watch(wiring.settings.start, wiring.now(), span))
    document = {"deadline": deadline, "overdue": [asdict(it) for it in overdue]}
    invocation.result(document, lambda: _render(overdue, deadline))
    return ExitStatus.UNPROVED if overdue else ExitStatus.OK


def _overdue(wiring: Wiring, watch: Watch) -> list[Overdue]:
    ledger = wiring.existing_ledger()
    if ledger is None:
        return overdue_in_ledger((), {}, watch)
    with ledger:
        last = {report: entry.slot.due_at for report, entry in ledger.last_slots().items()}
        return overdue_in_ledger(ledger.waiting(), last, watch)


def _render(overdue: list[Overdue], deadline: str) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow

    if not overdue:
        show_line(f"Nothing is later than {deadline} after its slot.")
        return
    show_table_of(overdue, deadline)
    show_line("They are tried again by: ecosmig publish --all")


def show_table_of(overdue: Sequence[Overdue], deadline: str) -> None:
    """Print what is late, as much of it as a person reads."""
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    rows = [(shown_instant(it.due_at), it.report, it.recipient or "all", it.what, it.count) for it in overdue[:_SHOWN]]
    columns = ("slot", "report", "recipient", "what", "files or slots")
    show_table(f"Later than {deadline} after its slot", columns, rows, numbers=(columns[-1],))
    if len(overdue) > _SHOWN:
        show_line(f"The first {_SHOWN} of {len(overdue):,}; all of them: --json")
