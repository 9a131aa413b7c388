"""What a rehearsal shows."""

from __future__ import annotations

import shlex
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.calling import called_as
from ecosmig_publish.cli.views.rehearse_installation import SEEN
from ecosmig_publish.cli.views.rehearse_result import largest_wave, named
from ecosmig_publish.cli.views.rehearse_stand_in import UNITS_PER_MINUTE
from ecosmig_publish.cli.views.rehearse_tables import DAY_COLUMNS, REPORT_COLUMNS, days, held, reports
from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ecosmig_publish.cli.views.rehearse_result import Rehearsed

_SHOWN = 10
_OF_A_WIDE_TERMINAL = ("runs", "empty", "waiting", "requests", "units", "problems")
_WHERE_THERE_ARE_ANY = {"braked", "faults", "late"}
_FAULTS = {
    "throttle": "told to wait",
    "error": "an error",
    "reset": "connection or reply lost",
    "cut_body": "answer cut short",
    "expired_token": "token refused",
    "locked": "locked",
    "hash_late": "hash late",
    "stale": "listing out of date",
    "empty_page": "empty page",
    "repeated_item": "item listed twice",
}


def render_rehearsed(rehearsed: Rehearsed) -> None:
    """Print the month by day and by report, what a person should know of it, and whether it was whole."""
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    asked = rehearsed.asked
    what = f"{asked.month:%Y-%m} as it would have been"
    if rehearsed.until < asked.ends_at:
        what += f", until {shown_instant(rehearsed.until.replace(second=0, microsecond=0))}"
    _show_numbers(what, DAY_COLUMNS, days(rehearsed))
    _show_reports(rehearsed)
    _show_held(rehearsed)
    show_line(
        "It plays as though the installation began with the month: the first issues of 001, 002 and 006 carry "
        "everything before it."
    )
    if rehearsed.outside:
        show_line(f"The source and {asked.month:%Y-%m}: {rehearsed.outside}.")
    _show_traffic(rehearsed)
    ending = rehearsed.ending
    if ending.files and rehearsed.without_files:
        parties = f"{len(rehearsed.parties):,} parties"
        show_line(f"No file all month, of {parties}: {named(rehearsed.without_files)}")
    errors = (run.outcome.destination_error for run in rehearsed.runs)
    _list("passed", (str(error) for error in errors if error is not None and error.transient))
    if rehearsed.runs and ending.waiting:
        stopped = rehearsed.runs[-1].outcome.published.stopped
        _list("waits", (f"{it.recipient}, {it.report or 'all reports'}: {it.reason}" for it in stopped))
    _list("folders", (f"{it.recipient}, {it.name}: {it.kind}, {it.detail}" for it in ending.verified.discrepancies))
    _list("ledger", (f"{fault.where}: {fault.what}" for fault in ending.checked.faults))
    _list("astray", ending.astray)
    if ending.checked.newest is not None:
        show_line(
            f"Verified: {ending.verified.files:,} files in {ending.verified.folders:,} folders, "
            f"{ending.checked.newest.id:,} acts of the ledger, {ending.anchors:,} anchors of their chain."
        )
    _show_tasks(rehearsed)
    _show_where_to_look(rehearsed)
    show_line(_verdict(rehearsed))


def _show_numbers(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[object]], always: Collection[str] = ()
) -> None:
    """Print a table whose first column names its rows; columns of rare things are left out where there are none."""
    from ecosmig_publish.cli.screen import show_table  # noqa: PLC0415 - rich is slow to import

    kept = [
        place
        for place, column in enumerate(columns)
        if column not in _WHERE_THERE_ARE_ANY or column in always or any(row[place] for row in rows)
    ]
    shown = [columns[place] for place in kept]
    cells = [[_cell(row[place]) for place in kept] for row in rows]
    show_table(title, shown, cells, numbers=shown[1:], whole=shown[:1], optional=_OF_A_WIDE_TERMINAL)


def _show_reports(rehearsed: Rehearsed) -> None:
    deadline = rehearsed.asked.deadline
    late = f"; late: not proved {_span(deadline)} after its slot" if deadline is not None else ""
    always = () if deadline is None else ("late",)
    _show_numbers(f"By report; slowest: from slot to proof{late}", REPORT_COLUMNS, reports(rehearsed), always)


def _cell(cell: object) -> object:
    if cell is None:
        return "-"
    return _span(cell) if isinstance(cell, timedelta) else cell


def _show_held(rehearsed: Rehearsed) -> None:
    from ecosmig_publish.cli.screen import show_table  # noqa: PLC0415 - rich is slow to import

    rows = held(rehearsed.ending)
    if rows:
        title = f"{len(rehearsed.ending.holds):,} rows are held at the end"
        show_table(title, ("report", "reason", "rows"), rows, numbers=("rows",), whole=("report",))


def _show_traffic(rehearsed: Rehearsed) -> None:
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    runs = rehearsed.runs
    ended = ", ".join(f"{count:,} with {status}" for status, count in sorted(rehearsed.ended.items()))
    if runs:
        show_line(f"{len(runs):,} run{'s' if len(runs) > 1 else ''} ended: {ended}.")
    wave = largest_wave(runs)
    if wave is not None:
        show_line(
            f"The largest, of {shown_instant(wave.began_at)}: {wave.files:,} files in {wave.folders:,} folders, about "
            f"{wave.requests:,} requests and {wave.resource_units:,} resource units, {wave.minutes:.1f} minutes at "
            f"{UNITS_PER_MINUTE:,} a minute."
        )
    traffic = [run.traffic for run in runs]
    asked, units = sum(it.requests for it in traffic), sum(it.resource_units for it in traffic)
    told, waited = sum(it.throttled for it in traffic), sum(run.waited_s for run in runs)
    patience = f"; told to wait {told:,} times" if told else ""
    patience += f"; {_span(timedelta(seconds=waited))} waited in all" if waited >= 1 else ""
    show_line(f"Asked of SharePoint: {asked:,} requests, {units:,} resource units{patience}.")
    met: Counter[str] = Counter()
    for it in traffic:
        met.update(it.faults)
    if rehearsed.asked.faults:
        kinds = ", ".join(f"{_FAULTS.get(kind, kind)} {count:,}" for kind, count in met.most_common())
        show_line(
            f"Faults, with --faults {rehearsed.asked.faults} --seed {rehearsed.asked.seed}: {met.total():,} ({kinds})."
        )
    early = sum(it.too_early for it in traffic)
    if early:
        show_line(f"{early:,} requests came before the time was over that they had been told to wait.")


def _show_tasks(rehearsed: Rehearsed) -> None:
    """Print what would have needed a person, with the next step of each."""
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    tasks = rehearsed.tasks
    if not tasks:
        show_line("Nothing would have needed a person.")
        return
    show_line("Would have needed a person:")
    for task in tasks[:_SHOWN]:
        since = f"{shown_instant(task.since)}, " if task.since else ""
        show_line(f"  {since}{task.what}")
        if task.next_step:
            show_line(f"    next: {task.next_step}")
    if len(tasks) > _SHOWN:
        show_line(f"  … and {len(tasks) - _SHOWN:,} more: --json")


def _show_where_to_look(rehearsed: Rehearsed) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    kept = rehearsed.kept
    if kept is None:
        show_line("Nothing was kept: --dir DIR keeps configuration, ledger, outbox and files, to look at.")
        return
    config = shlex.quote(str(kept.configuration))
    show_line(f"Kept in {kept.home}:")
    for what, command in (
        ("the files, a folder for each recipient", f"ls -R {shlex.quote(str(kept.home / SEEN))}"),
        ("what was delivered to whom, when", f"{called_as()} audit list --config {config}"),
        ("rows that could not be reported, and why", f"{called_as()} held --config {config}"),
        ("in another terminal, for what follows: let the stand-in answer again (Ctrl-C ends it)", kept.stand_in),
        ("who can read which folder, as an administrator sees it", f"{called_as()} supplier access --config {config}"),
        ("the folders against the ledger, byte by byte", f"{called_as()} verify --deep --config {config}"),
    ):
        show_line(f"  {what}:\n    {command}")


def _verdict(rehearsed: Rehearsed) -> str:
    ending = rehearsed.ending
    folders = len({file.recipient for file in ending.files})
    if ending.is_whole and rehearsed.status is ExitStatus.OK:
        if not ending.files:
            return f"Nobody had a row to report: {len(ending.slots):,} slots were issued, without a file."
        return (
            f"Everything that fell due was published and proved, each file exactly once: {len(ending.files):,} files "
            f"of {len(ending.slots):,} slots in {folders:,} folders."
        )
    parts = (
        ("slots not issued", len(ending.not_issued)),
        ("files not proved", len(ending.waiting)),
        ("findings in the folders", sum(it.kind != "unproved" for it in ending.verified.discrepancies)),
        ("faults of the ledger", ending.checked.total),
        ("files not there exactly once", len(ending.astray)),
    )
    wrong = ", ".join(f"{count:,} {what}" for what, count in parts if count)
    return f"Not everything is in order (exit status {int(rehearsed.status)}): {wrong or 'see the findings above'}."


def _list(what: str, lines: Iterable[str]) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    listed = list(dict.fromkeys(lines))
    for line in listed[:_SHOWN]:
        show_line(f"{what}: {line}")
    if len(listed) > _SHOWN:
        show_line(f"{what}: … and {len(listed) - _SHOWN:,} more: --json")


def _span(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes:02} m" if hours else f"{minutes} m {seconds % 60:02} s"
