"""How long the page takes for many recipients and years: `python -m tests.benchmarks.page`."""

from __future__ import annotations

import argparse
import random
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.evidence.page import concerns_of, picture_of
from ecosmig_publish.evidence.page.rendering import render_page
from ecosmig_publish.ledger import FolderEntry, RecordedFile, RecordedSlot
from tests.benchmarks.figures import figures, write_figures
from tests.benchmarks.measured import Measurement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.evidence.page import Picture

END = datetime(2026, 11, 25, 5, tzinfo=UTC)
DEADLINE = timedelta(hours=1)


def synthetic_picture(recipients: int, years: int, seed: int = 1) -> Picture:
    """Return a picture in which most is proved in time, some late, and the last night something failed."""
    signifiers = [Signifier(f"P{number:05}") for number in range(1, recipients + 1)]
    slots = all_due_slots(dict.fromkeys(Report, END - timedelta(days=365 * years)), END)
    folders = {it: FolderEntry(it, f"id-{it}", it, f"Supplier {it[1:]} Energy Limited", END) for it in signifiers}
    return picture_of(
        slots=[_slot(slot) for slot in slots],
        files=_files(slots, signifiers, random.Random(seed)),
        folders=folders,
        due=(),
        made_at=END,
        deadline=DEADLINE,
    )


def _slot(slot: Slot) -> RecordedSlot:
    at = slot.due_at
    return RecordedSlot(slot, period_of(slot), at, at, "issued", None, 0, 0, 0, 0, 0)


def _files(slots: list[Slot], signifiers: list[Signifier], chance: random.Random) -> Iterator[RecordedFile]:
    last = slots[-1].due_at
    for number, signifier in enumerate(signifiers):
        counted = dict.fromkeys(Report, 0)
        for slot in slots:
            # Small suppliers have something now and then only.
            if chance.random() > 1 / (1 + number / 20):
                continue
            counted[slot.report] += 1
            failed = slot.due_at == last and number % 40 == 7
            took = timedelta(seconds=chance.expovariate(1 / 300))
            yield _file(len(counted), slot, signifier, counted[slot.report], None if failed else slot.due_at + took)


def _file(file_id: int, slot: Slot, signifier: Signifier, sequence: int, proved_at: datetime | None) -> RecordedFile:
    name = format_file_name(FileName(slot.report, signifier, sequence, slot.due_at))
    values = {
        "file_id": file_id,
        "report": slot.report,
        "due_at": slot.due_at,
        "recipient": signifier,
        "sequence": sequence,
        "part": 1,
        "name": name,
        "outbox_path": name,
        "rows": sequence % 3000,
        "size": 1,
        "sha256": "0" * 64,
        "quick_xor_hash": "A" * 28,
        "generated_at": slot.due_at,
        "published_at": proved_at,
        "item_id": "item" if proved_at else None,
        "adopted": False if proved_at else None,
        "proved_at": proved_at,
        "conflict": None,
    }
    known = {name: value for name, value in values.items() if name in RecordedFile.__slots__}
    absent = {name: None for name in RecordedFile.__slots__ if name not in known}
    return RecordedFile(**known, **absent)  # type: ignore[arg-type]


def main() -> None:
    """Make one page and say what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--recipients", type=int, default=150)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    chosen = parser.parse_args()
    begun, clock = time.process_time(), time.monotonic()
    picture = synthetic_picture(chosen.recipients, chosen.years)
    seen, seen_at = time.process_time(), time.monotonic()
    text = render_page(picture, concerns_of(picture, (), ()), head="")
    done, done_at = time.process_time(), time.monotonic()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    took = {
        "picture": Measurement(seen_at - clock, seen - begun, peak),
        "page": Measurement(done_at - seen_at, done - seen, peak),
    }
    write_figures(
        chosen.json, [figures("page", side, chosen.recipients, "recipients", it) for side, it in took.items()]
    )
    slots = sum(len(grid.columns) for grid in picture.grids)
    issues = sum(len(of) for grid in picture.grids for of in grid.issues.values())
    print(f"{chosen.recipients} recipients, {slots:,} slots, {issues:,} issues")
    print(f"picture {seen - begun:.1f} s, page {done - seen:.1f} s of CPU, {len(text) / 1e6:.1f} MB")
    if chosen.out:
        chosen.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
