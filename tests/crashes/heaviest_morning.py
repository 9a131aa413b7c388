"""The heaviest morning, killed at any time and begun again: the same files, the same numbers, nothing left behind.

`python -m tests.crashes.heaviest_morning --devices 300000 --kills 20 [--work DIR] [--seed N] [--no-slots]`

One installation runs undisturbed, others begin the same `ecosmig publish --all` again and again, each time ended at a
random instant of the time that it has left, mostly by SIGKILL of all its processes, at times by SIGTERM or SIGINT,
until it ends by itself, or was ended a few times and is let go on. Then one installation for each slot, and one for
publishing, is killed once that has begun. All must come to what the undisturbed one came to: the same files, byte for
byte, numbers, ledger and acts, nothing left beside them. Ends with 1 where one doesn't, and leaves that to look at.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import sys
from collections import Counter
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.heaviest_days import sample
from tests.crashes import morning
from tests.crashes.state import State, differences, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator

SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
"""What ends a run, each as likely as it stands here."""
INTERRUPTED = 130
MOST_IN_ONE = 4
"""So often is one installation's run ended: oftener, nearly all would be ended at its last stage."""
CHECKS = (("verify", "--deep"), ("ledger", "check", "--outbox"), ("audit", "check"))


class Mornings:
    """Installations that are disturbed, each compared with the one that wasn't."""

    def __init__(self, work: Path, data: Path, chance: random.Random) -> None:
        self._work = work
        self._chance = chance
        self._made = 0
        self.stages: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.killed = 0
        shutil.rmtree(work, ignore_errors=True)
        morning.prepare(work / "begun", data)
        reference = self._copy()
        self.timeline = morning.undisturbed(reference)
        self._expected: State = state_of(reference)
        self._places = places(reference)
        self._judge(reference)

    def ended_at_random(self, kills: int) -> None:
        """End so many runs, a few in each installation, and compare what each comes to."""
        while self.killed < kills:
            home = self._copy()
            for _ in range(min(MOST_IN_ONE, kills - self.killed)):
                number = self._chance.choice(SIGNALS)
                after = self._chance.uniform(0, self.timeline.left(morning.seen(home)))
                if self._end(home, number, after, f"after {after:.2f} s"):
                    break
            self._finish(home)

    def killed_in(self, stage: str) -> None:
        """Kill a run once it has begun with a stage, at a random instant of the first half of what that took."""
        ends = [*sorted(self.timeline.begins.values()), self.timeline.end]
        lasts = {begins: after - begins for begins, after in pairwise(ends)}[self.timeline.begins[stage]]
        home, after = self._copy(), self._chance.uniform(0, lasts / 2)
        self._end(home, signal.SIGKILL, after, f"{after:.2f} s into {stage}", stage)
        self._finish(home)

    def _end(self, home: Path, number: signal.Signals, after: float, when: str, stage: str = "") -> bool:
        """Begin a run and end it; return whether it ended by itself before."""
        older = morning.attempts(home)
        process = morning.begin(home)
        if stage:
            morning.wait_until(process, partial(_has_begun, home, stage))
        if morning.end(process, number, after) or process.returncode == 0:
            if process.returncode:
                self._say_wrong(home, f"begun again it ended with {process.returncode}: {(home / 'said').read_text()}")
            return True
        if process.returncode not in self._may_end(number, after):
            self._say_wrong(home, f"{number.name} {when}: it ended with {process.returncode}")
        self.killed += 1
        seen = morning.seen(home, older=older)
        self.stages[seen.stage] += 1
        _say(
            f"{self.killed:4} {number.name} {when}: {seen.stage} ({len(seen.recorded)} slots, {seen.files} files, "
            f"{seen.written} more written, {seen.placed} placed, {seen.proved} proved)"
        )
        return False

    def _may_end(self, number: signal.Signals, after: float) -> tuple[int, ...]:
        """Return the statuses with which a signal may end a run; while it is loading it may not listen yet."""
        is_loading = after < min(self.timeline.begins.values())
        return (-number,) if number is signal.SIGKILL else (INTERRUPTED, *((-number,) if is_loading else ()))

    def _finish(self, home: Path) -> None:
        """Let a run go on to its end, and compare; take the installation away where all is right."""
        before = len(self.wrong)
        if status := morning.begin(home).wait():
            self._say_wrong(home, f"begun again it ended with {status}: {(home / 'said').read_text()}")
        for found in (*differences(self._expected, state_of(home)), *changed(self._places, places(home))):
            self._say_wrong(home, found)
        self._judge(home)
        if len(self.wrong) == before:
            shutil.rmtree(home)

    def _judge(self, home: Path) -> None:
        for command in CHECKS:
            for found in morning.check(home, *command):
                self._say_wrong(home, found)

    def _say_wrong(self, home: Path, found: str) -> None:
        self.wrong.append(found)
        _say(f"WRONG {home}: {found}")

    def _copy(self) -> Path:
        self._made += 1
        return Path(shutil.copytree(self._work / "begun", self._work / str(self._made)))


def places(home: Path) -> list[str]:
    """Return what stands in an installation beside the outbox's and the folders' files: nothing may be left there."""
    kept = [path for place in (home, home / "state", home / "published") for path in place.iterdir()]
    # What readers and writers of the ledger share is there as long as one of them is, or was.
    return sorted(path.relative_to(home).as_posix() for path in kept if not path.name.endswith(("-wal", "-shm")))


def changed(expected: list[str], found: list[str]) -> Iterator[str]:
    """Yield what is missing of what is expected, and what stands beside it."""
    for name in sorted({*expected} ^ {*found}):
        yield f"{name} is {'missing' if name in expected else 'left behind'}"


def _has_begun(home: Path, stage: str) -> bool:
    return stage in morning.stages(home)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Make what is missing, disturb, say what fell where; return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=300_000)
    parser.add_argument("--parties", type=int, default=150)
    parser.add_argument("--kills", type=int, default=20, help="at random, those in each slot not counted")
    parser.add_argument("--work", type=Path, default=Path("/tmp/ecosmig-benchmark"))  # noqa: S108 - large, and kept
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-slots", action="store_true", help="leave out one kill in each slot and in publishing")
    options = parser.parse_args()
    # A shell's background job doesn't heed it, nor does what it begins.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    data = sample(options.work, options.devices, options.parties, clean=True)
    mornings = Mornings(options.work / "mornings", data, random.Random(options.seed))
    timeline = mornings.timeline
    begins = ", ".join(f"{stage} {at:.2f}" for stage, at in sorted(timeline.begins.items(), key=lambda it: it[1]))
    _say(f"{options.devices:,} Devices, seed {options.seed}; undisturbed {timeline.end:.2f} s, began with: {begins}")
    mornings.ended_at_random(options.kills)
    for stage in () if options.no_slots else timeline.begins:
        mornings.killed_in(stage)
    _say(f"\n{mornings.killed} ended before their end, by what was there then:")
    for stage, count in sorted(mornings.stages.items()):
        _say(f"{count:4} {stage}")
    _say(
        f"WRONG, {len(mornings.wrong)} in all"
        if mornings.wrong
        else "the same names, bytes, numbers and record everywhere"
    )
    if not mornings.wrong:
        shutil.rmtree(options.work / "mornings")
    return int(bool(mornings.wrong))


if __name__ == "__main__":
    sys.exit(main())
