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

from sqlalchemy import insert, text

from ecosmig_publish.emrr.calendar import due_slots
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Period, Report, Signifier
from ecosmig_publish.ledger import FileEntry, IssueEntry, Ledger, SlotBirth, SlotEntry
from ecosmig_publish.ledger.births import record_slot
from ecosmig_publish.ledger.chain import Act, Deed, link
from ecosmig_publish.ledger.checking import check_ledger
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import acts

from .made import ACTOR, NOON, QUICK_XOR_HASH, SHA256, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.emrr.terms import Slot

RECIPIENTS = [Signifier(f"P{number:05d}") for number in range(150)]
LONG_AGO, LONG_AFTER = NOON.replace(year=1900), NOON.replace(year=9000)


def births(files: int) -> Iterator[SlotBirth]:
    slots = due_slots(Report.ECOSMIG_001, after=LONG_AGO, until=LONG_AFTER)
    for number, slot in zip(range(1, -(-files // len(RECIPIENTS)) + 1), slots, strict=False):
        midnight = slot.due_at.replace(hour=0)
        entry = SlotEntry(slot, Period(midnight - timedelta(days=1), midnight), slot.due_at, slot.due_at, None)
        issues = tuple(IssueEntry(recipient, (file_of(slot, recipient, number),)) for recipient in RECIPIENTS)
        yield SlotBirth(entry, issues, (), {}, (), (), dict.fromkeys(RECIPIENTS, number - 1))


def file_of(slot: Slot, recipient: Signifier, number: int) -> FileEntry:
    name = format_file_name(FileName(slot.report, recipient, number, slot.due_at))
    path = f"{slot.report}_{slot.due_at:%Y%m%dT%H%M%S}_0a1b2c3d/{name}"
    return FileEntry(number, 1, name, path, 10, 1000, SHA256, QUICK_XOR_HASH)


def make(ledger: Ledger, files: int) -> None:
    """Record what a real installation would have, without asking for each file what is there already."""
    at = instant_text(NOON)
    with ledger._engine.connect() as connection:
        newest: Act | None = None
        rows: list[dict[str, object]] = []
        for birth in births(files):
            deeds = [record_slot(connection, birth)]
            names = [file.name for issue in birth.issues for file in issue.files]
            deeds += [
                Deed("publish-file", name, {"item_id": f"item {name}", "adopted": False, "published_at": at})
                for name in names
            ]
            deeds.append(Deed("prove-files", f"{len(names)} files", {"files": names, "proved_at": at}))
            for deed in deeds:
                newest = link(deed, ACTOR, NOON, newest)
                rows.append({name: getattr(newest, name) for name in Act.__slots__})
            if len(rows) > 10_000:
                connection.execute(insert(acts), rows)
                rows = []
        connection.execute(insert(acts), rows)
        connection.execute(
            text(
                "UPDATE publications SET adopted = 0, published_at = :at, proved_at = :at, "
                "item_id = (SELECT 'item ' || name FROM files WHERE id = file_id)"
            ),
            {"at": at},
        )
        connection.commit()


def main(files: int, home: Path) -> None:
    is_there = (home / "state/ecosmig.db").exists()
    with Ledger.open(URL, base=home, actor=ACTOR, now=lambda: NOON) as ledger:
        if not is_there:
            make(ledger, files)
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
