"""What `ledger recover` asks and shows."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.seed_options import lost_given
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import UsageError
from ecosmig_publish.workflows.recovery.recovering import RecoveryPlan, plan_recovery, recover
from ecosmig_publish.workflows.recovery.recovering_streams import ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.recovery.recovering import StreamOutcome

_SHOWN = 50
UNKNOWABLE = (
    "rows that a lost slot held, and why: what stands in no file is held again and tried at the next slot",
    "slots of which no file is anywhere: those before the last that was found count as skipped",
    "acts of the lost ledger, corrections and withdrawals among them, and who onboarded whom",
)


def recover_and_show(
    invocation: Invocation, backup: Path | None, without: Sequence[str], *, dry_run: bool, yes: bool
) -> int:
    """Show what the folders hold against the ledger, and record it once a person has said yes."""
    lost = lost_given(without)
    wiring = wired(invocation)
    with wiring.locked_ledger() as ledger:
        if backup is not None:
            ledger.refuse_filled()
        with (
            _planning_on(wiring, ledger, backup) as planned,
            counting(invocation, "reading folders", len(planned.folders())) as one_more,
        ):
            plan = plan_recovery(wiring.recovery(planned, lost=lost), one_more)
        try:
            is_wanted = (plan.changes or backup is not None) and not dry_run
            if is_wanted and not yes:
                _ask(plan, backup)
            if is_wanted and backup is not None:
                ledger.load_backup(backup)
            if is_wanted and plan.changes:
                recover(plan, ledger)
        except BaseException:
            plan.files.discard()
            raise
        if not is_wanted:
            plan.files.discard()
    invocation.result(_document(plan, is_wanted), lambda: _render(plan, is_recorded=is_wanted))
    return plan.exit_status


@contextmanager
def _planning_on(wiring: Wiring, ledger: Ledger, backup: Path | None) -> Iterator[Ledger]:
    """Yield the ledger to compare with the folders: this one, or one beside it that the backup is loaded into."""
    if backup is None:
        yield ledger
        return
    with (
        tempfile.TemporaryDirectory(prefix="ecosmig-recover-") as directory,
        wiring.ledger_at(Path(directory) / "ledger.db") as loaded,
    ):
        loaded.load_backup(backup)
        yield loaded


def _ask(plan: RecoveryPlan, backup: Path | None) -> None:
    if not is_at_terminal():
        raise UsageError(
            "ledger recover: nobody is here to be asked", hint="See what it would do: --dry-run; then: --yes"
        )
    _render(plan, is_recorded=False)
    first = f"Load {backup.name} and record" if backup else "Record"
    files = sum(stream.recovered for stream in plan.streams)
    lost = sum(len(stream.lost) for stream in plan.streams)
    passed_over = f", {lost:,} numbers as passed over" if lost else ""
    confirm(
        f"{first} {files:,} files as issued{passed_over}, with what is held and what gives way?",
        otherwise="nothing was changed",
    )


def _document(plan: RecoveryPlan, is_recorded: bool) -> dict[str, object]:  # noqa: FBT001 - whether it was done
    return {
        "recovered": is_recorded,
        "exit_status": int(plan.exit_status),
        "streams": [
            {
                "report": it.report,
                "recipient": it.recipient,
                "in_ledger": it.in_ledger,
                "in_folder": it.in_folder,
                "recovered": it.recovered,
                "waiting": it.waiting,
                "gives_way": it.gives_way,
                "missing": it.missing,
                "refused": it.refused,
                "passed_over": it.lost,
            }
            for it in plan.streams
        ],
        "slots": [
            {
                "report": report.report,
                "due_at": slot.entry.slot.due_at,
                "cut_off": slot.entry.cut_off,
                "issues": len(slot.issues),
            }
            for report in plan.recovery.reports
            for slot in report.slots
        ],
        "due_again": [
            {"report": it.report, "due_at": it.due_at} for of in plan.recovery.reports for it in of.due_again
        ],
        "held": {report.report: len(report.held) for report in plan.recovery.reports},
        "reported": {report.report: len(report.reported) for report in plan.recovery.reports},
        "unanswered": dict(plan.unanswered),
        "to_correct": [
            {"report": slot.report, "due_at": slot.due_at, "recipient": recipient} for slot, recipient in plan.unissued
        ],
        "strangers": [{"recipient": recipient, "name": name} for recipient, name in plan.seen.strangers],
        "unread": dict(plan.seen.unread),
        "without_folder": sorted(plan.seen.homeless),
        "lost_head": plan.recovery.lost_head,
        "lost_anchors": [name for name, _ in plan.recovery.lost_anchors],
        "unknowable": UNKNOWABLE,
    }


def _render(plan: RecoveryPlan, *, is_recorded: bool) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow to import

    touched = [stream for stream in plan.streams if stream.is_touched]
    columns = ("report", "recipient", "ledger", "folder", "recovered", "")
    rows = [
        (
            it.report,
            it.recipient,
            it.in_ledger,
            it.in_folder or "-",
            it.recovered,
            _verdict(it),
        )
        for it in touched
    ]
    agree = f"Ledger and folders agree on {len(plan.streams):,} streams; there is no file to recover."
    numbers = ("ledger", "recovered")
    show_table("", columns, rows, numbers=numbers, whole=("report", "recipient"), empty=agree)
    for report in plan.recovery.reports:
        last = report.slots[-1].entry
        show_line(
            f"{report.report}: last slot {shown_instant(last.slot.due_at)}, cut-off {shown_instant(last.cut_off)}; "
            f"{len(report.held):,} rows are held, {len(report.reported):,} holds were reported, "
            f"{len(report.due_again):,} slots fall due again"
        )
    for of, count in plan.unanswered.items():
        show_line(f"{of}: {count:,} rows of the files have no source row any more")
    if plan.recovery.lost_anchors:
        show_line(
            f"{len(plan.recovery.lost_anchors):,} anchors are of acts that this ledger doesn't have, the last of them "
            f"{(plan.recovery.lost_head or '')[:16]}: the record will name them as those of a lost chain"
        )
    for text in _remarks(plan):
        show_line(text)
    if touched:
        show_line("What no folder can tell:")
        for text in UNKNOWABLE:
            show_line(f"  {text}")
    if is_recorded:
        show_line("Recorded. What lies under the last slots was counted anew from the source as it stands.")
        show_line("  next: ecosmig publish --all")


def _verdict(stream: StreamOutcome) -> str:
    refused = f"refused: {'; '.join(stream.refused)}" if stream.refused else ""
    counts = (
        (stream.gives_way, "never published, giving way"),
        (stream.missing, "published, and not in the folder any more"),
    )
    told = [f"{len(names):,} {what}" for names, what in counts if names]
    passed_over = f"passed over: {ranges(stream.lost)}" if stream.lost else ""
    waiting = f"{stream.waiting} wait to be published" if stream.waiting else ""
    return "; ".join(filter(None, (refused, *told, passed_over, waiting)))


def _remarks(plan: RecoveryPlan) -> Iterator[str]:
    for recipient, why in plan.seen.unread.items():
        yield f"{recipient}: its folder could not be read: {why}"
    for recipient in sorted(plan.seen.homeless):
        yield f"{recipient}: no folder is pinned, so nothing of it was compared"
    for recipient, name in plan.seen.strangers[:_SHOWN]:
        yield f"{recipient}: {name} is no report of its folder's owner"
    for slot, recipient in plan.unissued:
        yield (
            f"{slot.report} of {slot.due_at:%Y-%m-%dT%H:%M:%SZ} gave way, and {recipient} has none: ecosmig issue "
            f"correct --report {slot.report} --supplier {recipient} --slot {slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
        )
    if plan.refused:
        yield "Streams that were refused stay stopped (22): put back what was taken away, then recover again."
        yield "A file that was withdrawn and removed, or that nobody has: pass over its number with --without."
