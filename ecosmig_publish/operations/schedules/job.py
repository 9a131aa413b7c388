"""What is scheduled, whoever the scheduler is.

The slots fall due at whole hours of UTC, and a run with nothing due costs half a second of CPU and no request: so the
job runs at each slot and once more in every hour, which is what tries again what an earlier run had to leave.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

TIME_LIMIT_S = 4 * 3600
"""A run that takes longer hangs; stopped, the next one goes on from there."""

STOP_LIMIT_S = 300
"""What a stopped run gets to finish the file that it is at."""

JITTER_S = 60
"""Slots of all installations fall due at one instant: they shouldn't ask the service at one instant too."""

RETRY_MINUTE = 20
"""The minute of each hour in which what waits is tried again."""

WATCH_MINUTE, WATCH_DEADLINE = 35, "30m"
"""When another host looks whether the slots of the hour were served: after they were tried twice."""

READ_MINUTE, READ_HOUR, READ_BUDGET = 40, 2, "10m"
"""When a day's part of what was published is read again, and for how long: between two runs."""


@dataclass(frozen=True, slots=True)
class Job:
    """How the program is called there: `program` and what follows it, the configuration, the folders it writes to."""

    program: tuple[str, ...]
    config: Path
    user: str
    writes_to: tuple[Path, ...]
    image: str = "registry.example/ecosmig:VERSION"

    def publishing(self) -> tuple[str, ...]:
        """Return the command line of a run."""
        return (*self.program, "publish", "--all", "--quiet", "--config", str(self.config))

    def reading(self) -> tuple[str, ...]:
        """Return the command line of the day's part of reading everything again."""
        read = ("verify", "--deep", "--budget", READ_BUDGET, "--quiet")
        return (*self.program, *read, "--config", str(self.config))

    def watching(self) -> tuple[str, ...]:
        """Return the command line of the look at the folders from another host."""
        watch = ("status", "--deadline", WATCH_DEADLINE, "--from-folders")
        return (*self.program, *watch, "--config", str(self.config))
