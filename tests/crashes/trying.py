"""Disturbs a scenario at many points, runs it again undisturbed, and compares with one that never was disturbed."""

from __future__ import annotations

import errno
import resource
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crashes.disturbing import FILLING, Disturbance
from tests.crashes.scenarios import Scenario, copied, run_command
from tests.crashes.state import State, differences, state_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from tests.crashes.forked import Ended
    from tests.postgresql import Server

_INTERRUPTED = 130
KINDS = {
    "kill": ("kill", 0, (-9,)),
    "tear": ("tear", 0, (-9,)),
    "term": ("term", 0, (130,)),
    "int": ("int", 0, (130,)),
    "full": ("fail", errno.ENOSPC, (1, 10)),
    "read-only": ("fail", errno.EROFS, (1, 10)),
    "no-handles": ("fail", errno.EMFILE, (1, 10)),
}
"""What is done to a run, and how it may end then."""
LIMITS = {"few-handles": resource.RLIMIT_NOFILE, "small-files": resource.RLIMIT_FSIZE}


@dataclass(frozen=True, slots=True)
class Tried:
    """One disturbance and what was wrong after it; `status` is how the disturbed command ended."""

    what: str
    status: int
    wrong: tuple[str, ...]


class Trial:
    """One scenario, with what an undisturbed run makes of it and the points that it passes."""

    def __init__(self, scenario: Scenario, directory: Path, server: Server | None = None) -> None:
        self._server = server
        self._scenario = scenario
        self._directory = directory
        self._base = directory / "base"
        scenario.prepare(self._base, server)
        counting = Disturbance()
        undisturbed = copied(self._base, directory / "undisturbed", server)
        ended = run_command(undisturbed, scenario.command, disturbance=counting)
        assert ended.status == 0, ended.stderr
        self.points: Sequence[str] = ended.points
        self.expected: State = state_of(undisturbed)

    def disturb(self, kind: str, most: int | None = None) -> Iterator[Tried]:
        """Disturb at each point that this kind can disturb, or at no more than `most` of them, evenly spread."""
        does, number, may_end = KINDS[kind]
        points = [at for at, name in enumerate(self.points, 1) if _suits(does, name)]
        wanted = len(points) if most is None else min(most, len(points))
        for turn in range(wanted):
            at = points[turn * len(points) // wanted]
            what = f"{kind} at {at} of {len(self.points)} ({self.points[at - 1]})"
            yield self._try(what, may_end, disturbance=Disturbance(does, at, number))

    def limit(self, kind: str, most: int) -> Tried:
        """Run with no more than `most` of what `kind` names."""
        return self._try(f"{kind}: {most}", (1, 10), limits=[(LIMITS[kind], most)])

    def _try(self, what: str, may_end: Sequence[int], **disturbed_by: object) -> Tried:
        home = copied(self._base, self._directory / "tried", self._server)
        try:
            disturbed = run_command(home, self._scenario.command, **disturbed_by)
            wrong = list(_misbehaviour(disturbed, may_end))
            again = run_command(home, self._scenario.command)
            if again.status:
                wrong.append(f"run again it ended with {again.status}: {again.stderr}")
            else:
                wrong += differences(self.expected, state_of(home))
        finally:
            shutil.rmtree(home)
        return Tried(what, disturbed.status, tuple(wrong))


def _suits(does: str, name: str) -> bool:
    if does == "tear":
        return name == "write"
    return does != "fail" or name in FILLING


def _misbehaviour(ended: Ended, may_end: Sequence[int]) -> Iterator[str]:
    # 0: threads take turns, so a point late in the count may come when all is done, or not at all.
    if ended.status not in (*may_end, 0):
        yield f"disturbed it ended with {ended.status}: {ended.stderr}"
    if "Traceback" in ended.stderr or "fault of this program" in ended.stderr:
        yield f"disturbed it said: {ended.stderr}"
    if ended.status > 0 and "next: " not in ended.stdout + ended.stderr and ended.status != _INTERRUPTED:
        yield f"disturbed it did not say what to do next: {ended.stdout}{ended.stderr}"
