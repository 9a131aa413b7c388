"""`python -m tests.workflows.recovery.crashing [MOST]`: kill `ledger recover` at its points, run it again, compare.

MOST of them, evenly spread; all by default.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.crashes.disturbing import Disturbance
from tests.crashes.forked import warm_up
from tests.crashes.scenarios import Command, run_command
from tests.workflows.recovery.made import copy_ledger, lose_outbox, put_back

if TYPE_CHECKING:
    from collections.abc import Sequence

_STAGE = "stage-01"
_ONBOARD = Command(_STAGE, ("supplier", "onboard", "--all"))
_RECOVER = Command(_STAGE, ("ledger", "recover", "--yes"))
_CHECK = Command(_STAGE, ("ledger", "check"))
_AUDIT = Command(_STAGE, ("audit", "check"))
_KILLED = -9


def _publish(as_of: str) -> Command:
    return Command(_STAGE, ("publish", "--all", "--as-of", as_of))


def main(most: int | None) -> int:
    """Try the points; return 1 where anything was wrong."""
    with tempfile.TemporaryDirectory(prefix="ecosmig-recovering-") as name:
        directory = Path(name)
        warm_up(directory / "warm")
        base = directory / "base"
        _prepare(base, directory / "copy")
        undisturbed = shutil.copytree(base, directory / "undisturbed")
        counting = Disturbance()
        ended = run_command(undisturbed, _RECOVER, disturbance=counting)
        assert ended.status == 0, ended.stderr
        expected = _finished(undisturbed)
        points = range(1, len(ended.points) + 1)
        wanted = len(points) if most is None else min(most, len(points))
        wrong, killed = [], 0
        for turn in range(wanted):
            at = points[turn * len(points) // wanted]
            home = shutil.copytree(base, directory / "tried")
            disturbed = run_command(home, _RECOVER, disturbance=Disturbance("kill", at))
            killed += disturbed.status == _KILLED
            again = run_command(home, _RECOVER)
            what = f"killed at {at} of {len(points)} ({ended.points[at - 1]})"
            if again.status:
                wrong.append(f"{what}: run again it ended with {again.status}: {again.stderr}")
            elif (found := _finished(home)) != expected:
                wrong.append(f"{what}: {sorted(found ^ expected)}")
            shutil.rmtree(home)
        sys.stdout.write("".join(f"WRONG {it}\n" for it in wrong))
        sys.stdout.write(f"{killed} of {wanted} were killed; wrong: {len(wrong)}\n")
        return int(bool(wrong))


def _prepare(home: Path, copy: Path) -> None:
    """Publish twice, put the first ledger back, and let the outbox be gone."""
    home.mkdir(parents=True)
    _all_well(home, (_ONBOARD, _publish("2024-02-26T06:00:00Z")))
    copy_ledger(home, copy)
    _all_well(home, (_publish("2024-02-28T06:00:00Z"),))
    put_back(home, copy)
    lose_outbox(home)


def _finished(home: Path) -> set[str]:
    """Publish what is due, and return each published file, how the checks ended, and what nobody knows."""
    published = run_command(home, _publish("2024-03-02T08:00:00Z"))
    found = {f"publish {published.status}", f"check {run_command(home, _CHECK).status}"}
    found.add(f"audit {run_command(home, _AUDIT).status}")
    for path in (home / "published").glob("*/*"):
        found.add(f"{path.parent.name}/{path.name} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return found


def _all_well(home: Path, commands: Sequence[Command]) -> None:
    for command in commands:
        ended = run_command(home, command)
        assert ended.status == 0, ended.stderr


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else None))
