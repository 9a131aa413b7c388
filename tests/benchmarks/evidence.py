"""How long exports and evidence packs take for many recipients and years: `python -m tests.benchmarks.evidence DIR`.

The ledger is made in DIR where it is missing: all six reports, small suppliers with rows now and then only, every file
published and proved by acts of its own, as a run makes them.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import insert, text

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger import FileEntry, FolderEntry, IssueEntry, Ledger, SlotBirth, SlotEntry
from ecosmig_publish.ledger.births import record_slot
from ecosmig_publish.ledger.chain import Act, Deed, link
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import acts
from tests.benchmarks.page import END
from tests.destinations.sharepoint.keys import certificate_pem, key_pem, rsa_key
from tests.ledger.made import ACTOR, QUICK_XOR_HASH, SHA256, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.emrr.terms import Slot

CONFIGURATION = """\
start = {start:%Y-%m-%dT%H:%M:%SZ}
[source]
url = "parquet:data"
"""


def births(recipients: int, years: int, seed: int = 1) -> Iterator[SlotBirth]:
    signifiers = [Signifier(f"P{number:05}") for number in range(1, recipients + 1)]
    chance, counted = random.Random(seed), dict.fromkeys(((report, it) for report in Report for it in signifiers), 0)
    for slot in all_due_slots(dict.fromkeys(Report, END - timedelta(days=365 * years)), END):
        expected, issues = {}, []
        for number, signifier in enumerate(signifiers):
            if chance.random() <= 1 / (1 + number / 20):
                expected[signifier] = counted[slot.report, signifier]
                counted[slot.report, signifier] += 1
                issues.append(IssueEntry(signifier, (file_of(slot, signifier, expected[signifier] + 1),)))
        entry = SlotEntry(slot, period_of(slot), slot.due_at, slot.due_at, None)
        yield SlotBirth(entry, tuple(issues), (), {}, (), (), expected)


def file_of(slot: Slot, recipient: Signifier, number: int) -> FileEntry:
    name = format_file_name(FileName(slot.report, recipient, number, slot.due_at))
    path = f"{slot.report}_{slot.due_at:%Y%m%dT%H%M%S}_0a1b2c3d/{name}"
    return FileEntry(number, 1, name, path, 10, 1000, SHA256, QUICK_XOR_HASH)


def make(home: Path, recipients: int, years: int) -> None:
    """Record what a real installation would have, without asking for each file what is there already."""
    with Ledger.open(URL, base=home, actor=ACTOR, now=lambda: END) as ledger:
        for number in range(1, recipients + 1):
            it = Signifier(f"P{number:05}")
            ledger.record_folder(FolderEntry(it, f"id-{it}", f"{it} Supplier", f"Supplier {number}", END))
        newest = next(ledger.acts(limit=1))
        with ledger._engine.connect() as connection:
            rows: list[dict[str, object]] = []
            for birth in births(recipients, years):
                slot = birth.entry.slot.due_at
                at = slot + timedelta(minutes=5)
                names = [file.name for issue in birth.issues for file in issue.files]
                deeds = [record_slot(connection, birth)]
                told = {"adopted": False, "published_at": instant_text(at)}
                deeds += [Deed("publish-file", name, {**told, "item_id": f"item {name}"}) for name in names]
                if names:
                    deeds.append(
                        Deed("prove-files", f"{len(names)} files", {"files": names, "proved_at": told["published_at"]})
                    )
                for deed in deeds:
                    newest = link(deed, ACTOR, at, newest)
                    rows.append({name: getattr(newest, name) for name in Act.__slots__})
                if len(rows) > 10_000:
                    connection.execute(insert(acts), rows)
                    rows = []
            connection.execute(insert(acts), rows)
            when = "(SELECT strftime('%Y-%m-%dT%H:%M:%S.000000Z', s.due_at, '+5 minutes') FROM files f JOIN issues i "
            when += "ON i.id = f.issue_id JOIN slots s ON s.id = i.slot_id WHERE f.id = file_id)"
            connection.execute(
                text(
                    f"UPDATE publications SET adopted = 0, published_at = {when}, proved_at = {when}, "
                    "item_id = (SELECT 'item ' || name FROM files WHERE id = file_id)"
                )
            )
            connection.commit()


def measured(home: Path, *command: str) -> str:
    began = time.perf_counter()
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        process = subprocess.Popen(command, cwd=home, stdout=nowhere)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    took = time.perf_counter() - began
    return f"{took:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of CPU, {used.ru_maxrss / 1024:,.0f} MiB"


def main() -> None:
    """Make the ledger, then measure exports, packs and their checks, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--recipients", type=int, default=150)
    parser.add_argument("--years", type=int, default=3)
    chosen = parser.parse_args()
    home = chosen.home
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "state/ecosmig.db").exists():
        make(home, chosen.recipients, chosen.years)
    start = END - timedelta(days=365 * chosen.years)
    (home / "ecosmig.toml").write_text(CONFIGURATION.format(start=start), encoding="utf-8")
    (home / "key.pem").write_text(key_pem(rsa_key()) + certificate_pem(rsa_key(), until=END.replace(year=2100)))
    product = (sys.executable, "-m", "ecosmig_publish", "audit", "export", "--to", "2026-11-25T04:00:00Z", "--force")
    pack = (*product, "--evidence", "--certificate", "key.pem", "--offline")
    check = (sys.executable, "-I", "-S")
    print("CSV           ", measured(home, *product, "--out", "all.csv"))
    print("JSON          ", measured(home, *product, "--out", "all.json"))
    print("acts          ", measured(home, *product[:5], "--force", "--acts", "--out", "acts.csv"))
    print("pack of one   ", measured(home, *pack, "--supplier", "P00001", "--out", "one"))
    print("  one month   ", measured(home, *pack, "--supplier", "P00001", "--from", "2026-10-01", "--out", "month.zip"))
    print("  its check   ", measured(home, *check, "one/check.py"))
    print("pack of all   ", measured(home, *pack, "--all", "--out", "all"))
    print("  its check   ", measured(home, *check, "all/check.py"))
    print("  as .zip     ", measured(home, *pack, "--all", "--out", "all.zip"))
    print("evidence.json of all:", (home / "all/evidence.json").read_text(encoding="utf-8").splitlines()[-1])
    for path in sorted(home.glob("*.*")):
        print(f"  {path.name}: {path.stat().st_size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
