"""What `held` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import OpenHold, SlotProblem


def show_held(invocation: Invocation, reports: Sequence[Report], limit: int) -> int:
    """Show the held rows, and the problems that 003, 004 and 005 listed at their last slots."""
    ledger = wired(invocation).existing_ledger()
    holds: list[OpenHold] = []
    problems: list[SlotProblem] = []
    if ledger is not None:
        with ledger:
            holds = [hold for hold in ledger.open_holds() if not reports or hold.report in reports]
            problems = [
                problem
                for report, entry in ledger.last_slots().items()
                if not reports or report in reports
                for problem in ledger.problems(entry.slot)
            ]
    invocation.result(_document(holds, problems), lambda: _render(holds, problems, limit))
    return ExitStatus.OK


def _document(holds: Sequence[OpenHold], problems: Sequence[SlotProblem]) -> dict[str, object]:
    return {
        "held": [
            {
                "report": hold.report,
                "key": hold.key,
                "reason": hold.reasons[0],
                "reasons": hold.reasons,
                "recipient": hold.recipient,
                "held_since": hold.held_since,
                "last_tried_at": hold.last_tried_at,
            }
            for hold in holds
        ],
        "problems": [
            {
                "report": problem.slot.report,
                "slot": problem.slot.due_at,
                "reason": problem.reason,
                "key": problem.key,
                "recipient": problem.recipient,
                "count": problem.count,
            }
            for problem in problems
        ],
    }


def _render(holds: Sequence[OpenHold], problems: Sequence[SlotProblem], limit: int) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    if not holds and not problems:
        show_line("No row is held.")
        return
    counted = Counter((hold.report.value, reason) for hold in holds for reason in hold.reasons)
    if holds:
        show_table(
            f"{len(holds):,} rows are held; one may have several reasons",
            ("report", "reason", "rows"),
            [(*kind, number) for kind, number in sorted(counted.items())],
            numbers=("rows",),
        )
        rows = [
            (
                hold.report.value,
                hold.key,
                " ".join(hold.reasons),
                hold.recipient or "-",
                shown_instant(hold.held_since),
            )
            for hold in holds[:limit]
        ]
        columns = ("report", "key", "reasons", "recipient", "since slot")
        show_table("", columns, rows, whole=("report", "key", "recipient"))
        if len(holds) > limit:
            show_line(f"The {limit:,} held longest of {len(holds):,}; all of them: ecosmig held --limit {len(holds)}")
    if problems:
        rows_of_slots = [
            (
                problem.slot.report.value,
                shown_instant(problem.slot.due_at),
                problem.reason,
                problem.key or "-",
            )
            for problem in problems[:limit]
        ]
        title = f"{len(problems):,} problems of the latest slots of 003, 004 and 005"
        show_table(title, ("report", "slot", "reason", "key"), rows_of_slots, whole=("report", "key"))
        if len(problems) > limit:
            show_line(f"The first {limit:,} of {len(problems):,}: ecosmig held --limit {len(problems)}")
    show_line("Mend the source; each held row goes out with the first slot that can carry it.")
    show_line("Keys may name Devices: treat this as personal data.")
