"""What `verify --deep --budget` reads and shows."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.progress import sharing
from ecosmig_publish.cli.views.verify import discrepancy_fields, exit_status, show_discrepancies
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.reading_again.reading import ReadAgain, Wanted, read_again
from ecosmig_publish.workflows.reading_again.stand import Pace, Stand

if TYPE_CHECKING:
    from datetime import timedelta

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.wiring import Wiring

_NOTHING = ReadAgain(Pace(0, 0, 0.0), ended=True, discrepancies=(), stand=Stand(0, 0, 0, 0, 0, None))
_MINUTE_S, _HOUR_S, _MEGABYTE = 60, 3600, 1_000_000


def read_and_show(invocation: Invocation, budget: timedelta, within_days: int) -> int:
    """Read published files again until the budget is used up, and show how far that has come."""
    if not budget:
        raise UsageError("--budget 0s: nothing can be read in no time", hint="ecosmig verify --deep --budget 10m")
    wiring, wanted = wired(invocation), Wanted(budget, within_days)
    existing = wiring.existing_ledger()
    if existing is None:
        return _give(invocation, _NOTHING, wanted)
    existing.close()
    return _give(invocation, _read(invocation, wiring, wanted), wanted)


def _read(invocation: Invocation, wiring: Wiring, wanted: Wanted) -> ReadAgain:
    began, budget_s = time.monotonic(), wanted.budget.total_seconds()
    # Without the lock: a run may go on meanwhile, and nothing of it depends on this.
    with wiring.ledger() as ledger, sharing(invocation, "reading again") as share:
        return read_again(
            ledger=ledger,
            destination=wiring.publishing(ledger),
            wanted=wanted,
            workers=wiring.workers(),
            now=wiring.now,
            clock=time.monotonic,
            on_file=lambda files: share(f"{files:,} files", (time.monotonic() - began) / budget_s),
        )


def _give(invocation: Invocation, read: ReadAgain, wanted: Wanted) -> ExitStatus:
    status, stand = exit_status(read.discrepancies), read.stand
    document = {
        "exit_status": int(status),
        "budget_seconds": int(wanted.budget.total_seconds()),
        "within_days": wanted.within_days,
        "files": read.pace.files,
        "bytes": read.pace.bytes,
        "seconds": round(read.pace.seconds, 1),
        "ended": read.ended,
        "days_for_all": read.pace.days_for(stand, wanted.budget),
        "keeps_up": read.keeps_up(wanted),
        "published": {
            "files": stand.files,
            "bytes": stand.bytes,
            "never_read": stand.never,
            "overdue": stand.overdue,
            "failed": stand.failed,
            "oldest_read_at": stand.oldest_at,
        },
        "discrepancies": [discrepancy_fields(found) for found in read.discrepancies],
    }
    invocation.result(document, lambda: _render(read, wanted))
    return status


def _render(read: ReadAgain, wanted: Wanted) -> None:
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    stand, pace, found = read.stand, read.pace, read.discrepancies
    show_discrepancies(found)
    outcome = counted(len(found), "finding") if found else "all are as they were issued"
    if pace.files:
        size = f"{pace.bytes / _MEGABYTE:,.1f} MB"
        show_line(f"{pace.files:,} files ({size}) read again in {_shown(pace.seconds)}: {outcome}.")
    elif not stand.files:
        show_line("Nothing is published yet, so there is nothing to read again.")
        return
    if stand.never:
        show_line(f"{stand.never:,} of {stand.files:,} published files were never read again.")
    if stand.oldest_at is not None:
        which = "The others" if stand.never else f"All {stand.files:,} published files"
        show_line(f"{which} were read again since {shown_instant(stand.oldest_at)}.")
    if stand.failed:
        show_line(f"{stand.failed:,} were not as issued when last read; they are tried again at each run.")
    for line in _verdict(read, wanted):
        show_line(line)


def _verdict(read: ReadAgain, wanted: Wanted) -> tuple[str, ...]:
    """Say whether each file is read within the days."""
    within = "day" if wanted.within_days == 1 else f"{wanted.within_days} days"
    days, budget = read.pace.days_for(read.stand, wanted.budget), _shown(wanted.budget.total_seconds())
    if read.ended and not read.stand.overdue:
        return (f"Nothing more is due: each file was read again within the {within} wanted.",)
    if days is None:
        return ("No file could be read, so nobody knows in how many days all are.",)
    every = "every day" if days == 1 else f"every {days:,} days"
    said = f"With a run of {budget} a day each file is read again {every}"
    if read.keeps_up(wanted):
        return (f"{said}:", f"within the {within} wanted.")
    needed = (read.pace.seconds_for(read.stand) or 0) / wanted.within_days
    return (f"{said}:", f"NOT within the {within} wanted. That takes --budget {math.ceil(needed / _MINUTE_S)}m a day.")


def _shown(seconds: float) -> str:
    """Return `45s`, `10m` or `1h30m`."""
    whole = round(seconds)
    if whole < _MINUTE_S:
        return f"{whole}s"
    hours, minutes = divmod(whole // _MINUTE_S, _HOUR_S // _MINUTE_S)
    left = whole % _MINUTE_S
    return "".join(f"{count}{unit}" for count, unit in ((hours, "h"), (minutes, "m"), (left, "s")) if count)
