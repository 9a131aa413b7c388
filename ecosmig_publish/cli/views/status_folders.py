"""What `status --deadline … --from-folders` shows."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from ecosmig_publish.cli.views.status_deadline import show_table_of
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_span
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.deadlines import Watch
from ecosmig_publish.workflows.watching import watch_folders

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.workflows.watching import ReportSeen, Watched

_SHOWN = 20


def show_watched(invocation: Invocation, deadline: str | None) -> int:
    """Show what is late by what stands in the folders; returns 10 where something is. Makes nothing on this host."""
    if deadline is None:
        raise UsageError("--from-folders goes with --deadline", hint="ecosmig status --deadline 30m --from-folders")
    span = parse_span("--deadline", deadline)
    wiring = wired(invocation)
    settings = wiring.settings
    watched = watch_folders(
        wiring.watched(),
        Watch(settings.start, wiring.now(), span),
        issues_empty=settings.empty_reports == "issue",
        suppliers=[supplier.signifier for supplier in settings.suppliers],
    )
    document = {
        "deadline": deadline,
        "overdue": [asdict(it) for it in watched.overdue],
        "reports": [_report(it) for it in watched.reports],
        "folders": watched.folders,
        "files": watched.files,
        "headers_read": watched.headers,
        "oddities": [asdict(it) for it in watched.oddities],
        "empty": watched.empty,
        "without_folder": watched.without_folder,
    }
    invocation.result(document, lambda: _render(watched, deadline))
    return ExitStatus.UNPROVED if watched.overdue else ExitStatus.OK


def _report(it: ReportSeen) -> dict[str, object]:
    return {
        "report": it.report,
        "state": it.says,
        "newest_slot": it.newest.slot.due_at if it.newest else None,
        "newest_file": it.newest.sighting.text if it.newest else None,
        "last_due": it.last_due.due_at if it.last_due else None,
        "slots_since": it.silent,
    }


def _render(watched: Watched, deadline: str) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table, shown_instant  # noqa: PLC0415 - rich is slow

    rows = [
        (
            it.report,
            it.says,
            shown_instant(it.newest.slot.due_at if it.newest else None),
            shown_instant(it.last_due.due_at if it.last_due else None),
            it.silent,
        )
        for it in watched.reports
    ]
    columns = ("report", "", "latest slot with a file", "last due", "slots since")
    show_table("By the recipients' folders", columns, rows, numbers=(columns[-1],), whole=("report",))
    for oddity in watched.oddities[:_SHOWN]:
        show_line(f"{oddity.kind}: {oddity.recipient}: {oddity.detail}")
    if watched.oddities:
        show_line("What became of a number, and who put a file there, is known on the publisher's host: ecosmig verify")
    if len(watched.oddities) > _SHOWN:
        show_line(f"The first {_SHOWN} of {len(watched.oddities):,}; all of them: --json")
    for said, whom in (("no report in the folder of", watched.empty), ("no folder of", watched.without_folder)):
        if whom:
            more = f" and {len(whom) - _SHOWN:,} more" if len(whom) > _SHOWN else ""
            show_line(f"{said}: {', '.join(whom[:_SHOWN])}{more}")
    looked_at = f"{watched.files:,} files in {watched.folders:,} folders"
    if watched.overdue:
        show_table_of(watched.overdue, deadline)
        show_line(f"{looked_at}. On the publisher's host: ecosmig status, and ecosmig publish --all")
        return
    show_line(f"Nothing is later than {deadline} after its slot, as far as {looked_at} show.")
