"""The installations that the benchmark of history measures: one ledger, its outbox and its folders, made once.

Every recipient has a file of every slot: ten thousand slots, five years and a month, are ten thousand files in each
folder. All files of a recipient have the same bytes and stand on disk as links to one of them.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.fingerprint import fingerprint_file
from ecosmig_publish.ledger import Actor, FolderEntry, IssueEntry, Ledger, SlotBirth, SlotEntry
from tests.ledger.filling import directory_of, file_of, fill
from tests.ledger.made import URL
from tests.plain.data import Data
from tests.workflows.made import attempt, device, device_id, failed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.fingerprint import Fingerprint

END = datetime(2026, 3, 3, 6, 5, tzinfo=UTC)
"""A Tuesday, after the morning's slots: what the history ends with."""
DAYS = 60
"""So many days after it the source has something of every recipient: a success a day, a failure in every six hours."""
SIZE = 20_000
"""Bytes of a file."""

CONFIGURATION = f"""\
start = {END:%Y-%m-%dT%H:%M:%SZ}
[source]
url = "parquet:../data"
"""


def recipients(count: int) -> dict[Signifier, str]:
    """Return the recipients with their parties' names."""
    return {Signifier(f"P{number:05}"): f"Supplier {number}" for number in range(1, count + 1)}


def latest_slots(count: int) -> list[Slot]:
    """Return the last so many slots before the history's end, oldest first."""
    days = timedelta(days=count // 5 + 40)
    slots = all_due_slots(dict.fromkeys(Report, END - days), END)
    return slots[-count:]


def make_source(data: Path, parties: dict[Signifier, str], *, days: int = DAYS) -> None:
    """Write a small source in which each recipient has one Device."""
    source = Data(parties=[{"sec_party_id": one, "party_name": name} for one, name in parties.items()])
    midnight = END.replace(hour=0, minute=0, tzinfo=None)
    for number, signifier in enumerate(parties, 1):
        source.devices.append(device(number))
        span = {"effective_from": midnight.replace(year=2020), "effective_to": None}
        source.responsibilities.append({"device_id": device_id(number), "sec_party_id": signifier, **span})
        for quarter in range(4 * days):
            at = midnight + timedelta(hours=6 * quarter + 4, seconds=number)
            of = failed if quarter % 4 else attempt
            source.migration_attempts.append(of(1000 * quarter + number, number, at))
            if not quarter % 4:
                source.migration_attempts.append(failed(1000 * quarter + 500 + number, number, at))
    source.write_parquet(data)


def make(home: Path, parties: dict[Signifier, str], slots: Sequence[Slot]) -> None:
    """Make the ledger, the outbox's directories and the folders of an installation that published all these slots."""
    (home / "published").mkdir(parents=True)
    (home / "ecosmig.toml").write_text(CONFIGURATION, encoding="utf-8")
    bytes_of = {signifier: _bytes_of(home, signifier, name) for signifier, name in parties.items()}
    names: dict[Signifier, list[str]] = {signifier: [] for signifier in parties}
    with Ledger.open(URL, base=home, actor=Actor("publisher", "host-1", "0.1.0"), now=lambda: END) as ledger:
        for signifier, name in parties.items():
            folder = f"{signifier} {name}"
            ledger.record_folder(FolderEntry(signifier, folder, folder, name, slots[0].due_at))

        def item_id(name: str) -> str:
            signifier = Signifier(name[12:18])
            names[signifier].append(name)
            return f"{signifier} {parties[signifier]}/{name}"

        fill(ledger, _births(slots, bytes_of), item_id=item_id)
    for signifier, name in parties.items():
        place = home / "published" / f"{signifier} {name}"
        place.mkdir()
        for file in names[signifier]:
            os.link(home / "bytes" / signifier, place / file)
    outbox = home / "state/outbox"
    outbox.mkdir(mode=0o700)
    for slot in slots:
        (outbox / directory_of(slot)).mkdir(mode=0o700)
        (outbox / directory_of(slot) / "issued").touch(mode=0o600)


def _bytes_of(home: Path, signifier: Signifier, name: str) -> Fingerprint:
    path = home / "bytes" / signifier
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((f"{signifier},{name}\n" * SIZE).encode()[:SIZE])
    return fingerprint_file(path)


def _births(slots: Sequence[Slot], bytes_of: dict[Signifier, Fingerprint]) -> Iterator[SlotBirth]:
    counted = dict.fromkeys(((report, one) for report in Report for one in bytes_of), 0)
    for slot in slots:
        expected = {one: counted[slot.report, one] for one in bytes_of}
        issues = tuple(
            IssueEntry(one, (file_of(slot, one, number + 1, bytes_of[one]),)) for one, number in expected.items()
        )
        counted |= {(slot.report, one): number + 1 for one, number in expected.items()}
        entry = SlotEntry(slot, period_of(slot), slot.due_at, slot.due_at, None)
        yield SlotBirth(entry, issues, (), {}, (), (), expected)
