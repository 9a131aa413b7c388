"""What `status` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.views.audit_receipts import counts_in_words, receipt_counts
from ecosmig_publish.cli.views.brake import brake_document, show_braked
from ecosmig_publish.cli.views.chain import anchored_document, show_anchored
from ecosmig_publish.cli.views.issue_amended import amended_document, show_amended
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.planning import due_slots_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring


SLOTS = 12
_STREAMS = 40
_FINDINGS = 5


def show_status(invocation: Invocation, limit: int | None) -> int:
    """Show the state of the installation; returns 10 where something issued is not proved yet.

    Without a `limit` a person sees the latest slots, a program all.
    """
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    if ledger is None:
        document: dict[str, object] = {
            "reports": [],
            "streams": [],
            "slots": [],
            "waiting": [],
            "stopped": [],
            "brake": brake_document([], []),
            "amended": [],
            "findings": [],
            "seen_by_recipients": receipt_counts({}, 0, None),
            "read_again": _read_again(0, 0, None),
            "chain": None,
            "due_now": _counted(_due(wiring, {})),
        }
        invocation.result(document, lambda: print("No run yet. See what is due: ecosmig plan"))  # noqa: T201
        return ExitStatus.OK
    with ledger:
        document = _document(ledger, limit if limit is not None or invocation.json else SLOTS)
        braked = ledger.braked_issues(), ledger.braked_slots()
        last = {report: entry.slot.due_at for report, entry in ledger.last_slots().items()}
        document["chain"] = chain = anchored_document(ledger)
    document["brake"] = brake_document(*braked)
    document["due_now"] = _counted(_due(wiring, last))

    def render() -> None:
        _render(document)
        show_braked(*braked)
        show_anchored(chain)

    invocation.result(document, render)
    return ExitStatus.UNPROVED if document["waiting"] or braked[1] else ExitStatus.OK


def _due(wiring: Wiring, last: Mapping[Report, datetime]) -> list[Slot]:
    return due_slots_of(start=wiring.settings.start, at=wiring.now(), last_slots=last)


def _counted(due: Sequence[Slot]) -> dict[str, int]:
    """Return how many slots of each report are due, 0 where none is."""
    counts = Counter(slot.report for slot in due)
    return {report.value: counts[report] for report in Report}


def _document(ledger: Ledger, limit: int | None) -> dict[str, object]:
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
        "stopped": [
            {"report": report, "recipient": recipient, "reason": reason}
            for (report, recipient), reason in sorted(ledger.stopped_streams().items())
        ],
        "amended": amended_document(ledger.amended_issues()),
        "seen_by_recipients": receipt_counts(*ledger.receipt_counts()),
        "read_again": _read_again(*ledger.reading_counts()),
        "findings": [
            {"at": finding.at, "kind": finding.kind, "detail": dict(finding.detail)} for finding in ledger.findings()
        ],
    }


def _read_again(files: int, failed: int, oldest_at: datetime | None) -> dict[str, object]:
    return {"files": files, "failed": failed, "oldest_read_at": oldest_at}


def _render(document: dict[str, object]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    due_now = document["due_now"]
    rows = [
        (
            row["report"],
            shown_instant(row["last_slot"]),
            due_now[row["report"]],  # type: ignore[index]
            row["streams"],
            row["files"],
            row["waiting"],
            row["held"],
            shown_instant(row["held_since"]),
        )
        for row in _records(document, "reports")
    ]
    columns = ("report", "last slot", "due", "streams", "files", "waiting", "held", "held since")
    show_table(
        "Reports",
        columns,
        rows,
        numbers=columns[2:-1],
        whole=("report", "last slot"),
        optional=("streams", "held since"),
    )
    _render_slots(_records(document, "slots"))
    _render_streams([row for row in _records(document, "streams") if row["waiting"]])
    for row in _records(document, "stopped"):
        show_line(f"{row['report']} for {row['recipient']} is stopped since ledger recover: {row['reason']}")
    show_amended(_records(document, "amended"))
    seen: dict[str, object] = document["seen_by_recipients"]  # type: ignore[assignment]
    if seen["asked_at"] is not None:
        asked_at = shown_instant(seen["asked_at"])  # type: ignore[arg-type]
        show_line(f"Seen by recipients, asked {asked_at}: {counts_in_words(seen)} (ecosmig audit receipts)")
    read: dict[str, object] = document["read_again"]  # type: ignore[assignment]
    if read["oldest_read_at"] is not None:
        failed = f", {read['failed']:,} failed" if read["failed"] else ""
        oldest = shown_instant(read["oldest_read_at"])  # type: ignore[arg-type]
        show_line(f"Read again, every byte: {read['files']:,} files since {oldest}{failed}.")
    findings = _records(document, "findings")
    if len(findings) > _FINDINGS:
        show_line(f"The latest {_FINDINGS} of {len(findings):,} findings; all of them: ecosmig status --json")
    for finding in findings[-_FINDINGS:]:
        detail = ", ".join(f"{key} {value}" for key, value in finding["detail"].items())
        show_line(f"finding of {shown_instant(finding['at'])}: {finding['kind']}: {detail}")


def _render_slots(slots: list[dict]) -> None:  # type: ignore[type-arg]
    from ecosmig_publish.cli.screen import show_table, shown_instant  # noqa: PLC0415 - rich is slow

    if not slots:
        return
    rows = [
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
    ]
    columns = ("report", "slot", "outcome", "recipients", "files", "rows", "held", "problems")
    show_table(
        "Latest slots",
        columns,
        rows,
        numbers=columns[3:],
        whole=("report", "slot"),
        optional=("recipients", "problems"),
    )


def _render_streams(stuck: list[dict]) -> None:  # type: ignore[type-arg]
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    if not stuck:
        return
    rows = [
        (row["report"], row["recipient"], row["waiting"], shown_instant(row["oldest_waiting"]))
        for row in stuck[:_STREAMS]
    ]
    columns = ("report", "recipient", "waiting", "since slot")
    show_table("Streams with files that are not proved yet", columns, rows, numbers=("waiting",))
    if len(stuck) > _STREAMS:
        show_line(f"The first {_STREAMS} of {len(stuck):,} such streams; all of them: ecosmig status --json")
    show_line("They are tried again by: ecosmig publish --all")


def _records(document: dict[str, object], name: str) -> list[dict]:  # type: ignore[type-arg]
    return document[name]  # type: ignore[return-value]
