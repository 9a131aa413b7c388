"""One nasty source played twice: undisturbed, and with a ledger that is lost or put back old and then recovered.

`python -m tests.workflows.recovery.replaying FIRST LAST` plays as many seeds as you like.
"""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from ecosmig_publish.errors import LedgerBehindError
from tests.installation import Installation
from tests.plain.nasty import START, stages
from tests.workflows.recovery.made import copy_ledger, lose_ledger, lose_outbox, put_back, recovered

if TYPE_CHECKING:
    from tests.plain.nasty import Stage

DETAILED = ("ECOSMIG-001", "ECOSMIG-002", "ECOSMIG-006")
Rows = Counter[tuple[str, ...]]


@dataclass
class Played:
    """An installation whose runs are played, and every name that was ever seen with its content."""

    made: Installation
    names: dict[str, set[str]] = field(default_factory=dict)

    def run(self, source: Path, at: datetime) -> None:
        self.made.source_url = f"parquet:{source}"
        self.made.onboard_all()
        self.made.run(at.replace(tzinfo=UTC))
        self.look()

    def look(self) -> None:
        for name, content in self.made.published().items():
            self.names.setdefault(name, set()).add(hashlib.sha256(content).hexdigest())


@dataclass(frozen=True)
class Loss:
    """The ledger of after the run `kept` (None: of none) is put back after the run `lost`."""

    kept: int | None
    lost: int
    outbox_too: bool
    runs_on: bool


def play(seed: int, home: Path) -> str:
    """Play one source both ways; return what was lost, in words. Raises `AssertionError` where they disagree."""
    random = Random(seed)
    plan = stages(random)
    runs = _runs(plan, home)
    lost = random.randrange(len(runs))
    kept = random.choice([None, *range(lost)])
    loss = Loss(kept, lost, outbox_too := random.random() < 0.6, outbox_too and random.random() < 0.6)
    # A month later whatever could be reported is: a lost slot that is due again may bring a row earlier.
    runs.append((runs[-1][0], runs[-1][1] + timedelta(days=32)))
    undisturbed, disturbed = (Played(Installation(home / name, START.replace(tzinfo=UTC), "")) for name in ("a", "b"))
    for source, at in runs:
        undisturbed.run(source, at)
    _play_disturbed(disturbed, runs, loss, home)
    words = f"seed {seed}: {loss}"
    _compare(undisturbed, disturbed, words)
    return words


def _runs(plan: list[Stage], home: Path) -> list[tuple[Path, datetime]]:
    runs = []
    for number, stage in enumerate(plan):
        folder = home / f"stage-{number}"
        stage.data.write_parquet(folder)
        runs += [(folder, at) for at in stage.runs]
    return runs


def _play_disturbed(it: Played, runs: list[tuple[Path, datetime]], loss: Loss, home: Path) -> None:
    made = it.made
    for number, (source, at) in enumerate(runs):
        if number == loss.lost + 1 and loss.runs_on:
            _run_behind(it, source, at)
        if number == loss.lost + 1:
            recovered(made.wiring())
        it.run(source, at)
        if number == loss.kept:
            copy_ledger(made.home, home / "copy")
        if number == loss.lost:
            if loss.kept is None:
                lose_ledger(made.home)
                made.onboard_all()
            else:
                put_back(made.home, home / "copy")
            if loss.outbox_too and (made.home / "state/outbox").exists():
                lose_outbox(made.home)
    if loss.lost == len(runs) - 1:
        recovered(made.wiring())
        it.run(*runs[-1])


def _run_behind(it: Played, source: Path, at: datetime) -> None:
    """Run on the old ledger; whatever it does may not use a number again."""
    try:
        it.run(source, at)
    except LedgerBehindError:
        it.look()


def _compare(undisturbed: Played, disturbed: Played, words: str) -> None:
    doubled = {name for name, contents in disturbed.names.items() if len(contents) > 1}
    assert not doubled, f"{words}: {doubled}"
    wanted, got = undisturbed.made.published(), disturbed.made.published()
    numbers: dict[str, list[int]] = {}
    for name in got:
        report, recipient, number, _ = name.partition("/")[2].split("_")
        numbers.setdefault(f"{report} {recipient}", []).append(int(number))
    for stream, found in numbers.items():
        assert sorted(found) == list(range(1, len(found) + 1)), f"{words}: {stream} {sorted(found)}"
    assert _rows(got) == _rows(wanted), f"{words}: {_rows(got) - _rows(wanted)}, {_rows(wanted) - _rows(got)}"


def _rows(files: dict[str, bytes]) -> Rows:
    """Count what each recipient was told of which Device at which instant.

    In which file, and what else was printed, may differ: a lost slot without any file is due again, and a row of the
    next one then comes with it.
    """
    rows: Rows = Counter()
    for name, content in files.items():
        recipient, _, file = name.partition("/")
        if file.startswith(DETAILED):
            records = list(csv.reader(io.StringIO(content.decode(), newline="")))[1:-1]
            place = {"ECOSMIG-001": 7, "ECOSMIG-002": 9, "ECOSMIG-006": 3}[file[:11]]
            rows.update((file[:11], recipient, record[1], record[place]) for record in records)
    return rows


def main() -> int:
    first, last = map(int, sys.argv[1:3])
    differing = []
    for seed in range(first, last + 1):
        with tempfile.TemporaryDirectory() as home:
            try:
                play(seed, Path(home))
            except AssertionError as error:
                differing.append(seed)
                sys.stdout.write(f"{str(error)[:1500]}\n")
                sys.stdout.flush()
    sys.stdout.write(f"{last + 1 - first} sources; differing seeds: {differing or 'none'}\n")
    return bool(differing)


if __name__ == "__main__":
    sys.exit(main())
