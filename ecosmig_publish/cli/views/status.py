"""What `status` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.planning import due_slots_of

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger import Ledger


def show_status(invocation: Invocation, limit: int) -> int:
    """Show the state of the installation; returns 10 where something issued is not proved yet."""
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    if ledger is None:
        document: dict[str, object] = {
            "reports": [],
            "streams": [],
            "slots": [],
            "waiting": [],
            "findings": [],
        }
        invocation.result(document, lambda: print("No run yet: ecosmig publish --all"))  # noqa: T201
        return ExitStatus.OK
    with ledger:
        document = _document(ledger, limit)
        last = {report: entry.slot.due_at for report, entry in ledger.last_slots().items()}
    due = Counter(slot.report for slot in due_slots_of(start=wiring.settings.start, at=wiring.now(), last_slots=last))
    document["due_now"] = {report.value: due[report] for report in Report}
    invocation.result(document, lambda: _render(document))
    return ExitStatus.UNPROVED if document["waiting"] else ExitStatus.OK


def _document(ledger: Ledger, limit: int) -> dict[str, object]:
    holds = ledger.open_holds()
    held = Counter(hold.report for hold in holds)
    waiting = ledger.waiting()
    waits = Counter(file.report for file in waiting)
    streams = ledger.streams()
    last = ledger.last_slots()
    return {
        "reports": [
            {
                "report": report,
                "last_slot": last[report].slot.due_at if report in last else None,
                "streams": sum(stream.report is report for stream in streams),
                "files": sum(stream.last_sequence for stream in streams if stream.report is report),
                "waiting": waits[report],
                "held": held[report],
                "held_since": min((hold.held_since for hold in holds if hold.report is report), default=None),
            }
            for report in Report
        ],
        "streams": [
            {
                "report": stream.report,
                "recipient": stream.recipient,
                "last_sequence": stream.last_sequence,
                "waiting": stream.waiting,
                "oldest_waiting": stream.oldest_waiting,
            }
            for stream in streams
        ],
        "slots": [
            {
                "report": slot.slot.report,
                "due_at": slot.slot.due_at,
                "outcome": slot.outcome,
                "reason": slot.reason,
                "cut_off": slot.cut_off,
                "recipients": slot.issues,
                "files": slot.files,
                "rows": slot.rows,
                "held": slot.held,
                "problems": slot.problems,
            }
            for slot in ledger.slots(limit=limit)
        ],
        "waiting": [
            {
                "report": file.report,
                "recipient": file.recipient,
                "name": file.name,
                "due_at": file.due_at,
                "published_at": file.published_at,
            }
            for file in waiting
        ],
        "findings": [
            {"at": finding.at, "kind": finding.kind, "detail": dict(finding.detail)} for finding in ledger.findings()
        ],
    }


def _render(document: dict[str, object]) -> None:
    from ecosmig_publish.cli.screen import show_table, shown_instant, stdout_console  # noqa: PLC0415 - rich is slow

    reports, slots = _records(document, "reports"), _records(document, "slots")
    due_now = document["due_now"]
    columns = ("report", "last slot", "streams", "files", "waiting", "held", "held since", "due now")
    rows = [
        (
            row["report"],
            shown_instant(row["last_slot"]),
            row["streams"],
            row["files"],
            row["waiting"],
            row["held"],
            shown_instant(row["held_since"]),
            due_now[row["report"]],  # type: ignore[index]
        )
        for row in reports
    ]
    show_table("Reports", columns, rows, numbers=("streams", "files", "waiting", "held", "due now"))
    if slots:
        show_table(
            "Latest slots",
            ("report", "slot", "outcome", "recipients", "files", "rows", "held", "problems"),
            [
                (
                    row["report"],
                    shown_instant(row["due_at"]),
                    row["outcome"] if row["reason"] is None else f"{row['outcome']}: {row['reason']}",
                    row["recipients"],
                    row["files"],
                    row["rows"],
                    row["held"],
                    row["problems"],
                )
                for row in slots
            ],
            numbers=("recipients", "files", "rows", "held", "problems"),
        )
    stuck = [row for row in _records(document, "streams") if row["waiting"]]
    if stuck:
        show_table(
            "Streams with files that are not proved yet",
            ("report", "recipient", "waiting", "since slot"),
            [(row["report"], row["recipient"], row["waiting"], shown_instant(row["oldest_waiting"])) for row in stuck],
            numbers=("waiting",),
        )
    for finding in _records(document, "findings"):
        detail = ", ".join(f"{key} {value}" for key, value in finding["detail"].items())
        stdout_console().print(f"finding of {shown_instant(finding['at'])}: {finding['kind']}: {detail}", markup=False)


def _records(document: dict[str, object], name: str) -> list[dict]:  # type: ignore[type-arg]
    return document[name]  # type: ignore[return-value]
