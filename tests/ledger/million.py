"""Measures `ledger check` and `ledger backup` on a ledger of as many files as are wished for.

    python -m tests.ledger.million 1000000 /tmp/million

The ledger is made where it is missing: 150 recipients in each slot of 001, every file published and proved.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots
from ecosmig_publish.emrr.terms import Period, Report, Signifier
from ecosmig_publish.ledger import IssueEntry, Ledger, SlotBirth, SlotEntry
from ecosmig_publish.ledger.checking import check_ledger

from .filling import file_of, fill
from .made import ACTOR, NOON, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

RECIPIENTS = [Signifier(f"P{number:05d}") for number in range(150)]
LONG_AGO, LONG_AFTER = NOON.replace(year=1900), NOON.replace(year=9000)


def births(files: int) -> Iterator[SlotBirth]:
    slots = due_slots(Report.ECOSMIG_001, after=LONG_AGO, until=LONG_AFTER)
    for number, slot in zip(range(1, -(-files // len(RECIPIENTS)) + 1), slots, strict=False):
        midnight = slot.due_at.replace(hour=0)
        entry = SlotEntry(slot, Period(midnight - timedelta(days=1), midnight), slot.due_at, slot.due_at, None)
        issues = tuple(IssueEntry(recipient, (file_of(slot, recipient, number),)) for recipient in RECIPIENTS)
        yield SlotBirth(entry, issues, (), {}, (), (), dict.fromkeys(RECIPIENTS, number - 1))


def main(files: int, home: Path) -> None:
    is_there = (home / "state/ecosmig.db").exists()
    with Ledger.open(URL, base=home, actor=ACTOR, now=lambda: NOON) as ledger:
        if not is_there:
            fill(ledger, births(files))
        begun, used = datetime.now(NOON.tzinfo), time.process_time()
        with ledger.at_one_moment() as connection:
            faults = sum(1 for _ in check_ledger(connection))
        took = (datetime.now(NOON.tzinfo) - begun).total_seconds()
        processor = time.process_time() - used
    size = (home / "state/ecosmig.db").stat().st_size / 1e6
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(  # noqa: T201 - the measure is what this is for
        f"{files:,} files, {size:,.0f} MB: check took {took:.0f} s ({processor:.0f} s of processor), {faults} faults, "
        f"{memory:.0f} MiB at most"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
