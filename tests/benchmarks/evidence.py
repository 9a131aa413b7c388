"""How long exports and evidence packs take for many recipients and years: `python -m tests.benchmarks.evidence DIR`.

The ledger is made in DIR where it is missing: all six reports, small suppliers with rows now and then only, every file
published and proved by acts of its own, as a run makes them.
"""

from __future__ import annotations

import argparse
import random
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger import FolderEntry, IssueEntry, Ledger, SlotBirth, SlotEntry
from tests.benchmarks.figures import Figures, figures, write_figures
from tests.benchmarks.measured import run
from tests.benchmarks.page import END
from tests.destinations.sharepoint.keys import certificate_pem, key_pem, rsa_key
from tests.ledger.filling import file_of, fill
from tests.ledger.made import ACTOR, URL

if TYPE_CHECKING:
    from collections.abc import Iterator

_MIB = 1 << 20
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


def make(home: Path, recipients: int, years: int) -> None:
    """Record what a real installation would have, without asking for each file what is there already."""
    with Ledger.open(URL, base=home, actor=ACTOR, now=lambda: END) as ledger:
        for number in range(1, recipients + 1):
            it = Signifier(f"P{number:05}")
            ledger.record_folder(FolderEntry(it, f"id-{it}", f"{it} Supplier", f"Supplier {number}", END))
        fill(ledger, births(recipients, years))


def measured(home: Path, name: str, *command: str) -> Figures:
    """Run a command in `home` and say what it took; its size is set where that is known."""
    ran = run(command, cwd=home)
    took = ran.took
    if ran.status:
        raise SystemExit(f"{' '.join(command)} {ran.ended}")
    print(
        f"{name:21} {took.wall_seconds:.1f} s, {took.cpu_seconds:.1f} s of CPU, {took.peak_bytes / _MIB:,.0f} MiB",
        flush=True,
    )
    return figures("evidence", name, 0, "recipients", took)


def main() -> None:
    """Make the ledger, then measure exports, packs and their checks, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--recipients", type=int, default=150)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
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
    commands = {
        "CSV": (*product, "--out", "all.csv"),
        "JSON": (*product, "--out", "all.json"),
        "acts": (*product[:5], "--force", "--acts", "--out", "acts.csv"),
        "pack of one": (*pack, "--supplier", "P00001", "--out", "one"),
        "pack of one, a month": (*pack, "--supplier", "P00001", "--from", "2026-10-01", "--out", "month.zip"),
        "check of one": (*check, "one/check.py"),
        "pack of all": (*pack, "--all", "--out", "all"),
        "check of all": (*check, "all/check.py"),
        "pack of all, as .zip": (*pack, "--all", "--out", "all.zip"),
    }
    took = [replace(measured(home, name, *it), size=chosen.recipients) for name, it in commands.items()]
    write_figures(chosen.json, took)
    print("evidence.json of all:", (home / "all/evidence.json").read_text(encoding="utf-8").splitlines()[-1])
    for path in sorted(home.glob("*.*")):
        print(f"  {path.name}: {path.stat().st_size / 1e6:,.1f} MB")


if __name__ == "__main__":
    main()
