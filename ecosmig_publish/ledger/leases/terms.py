"""How long a lease lasts, in one place, and the clock that its holder measures by."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class LeaseTerms:
    """A lease ends `lasts` after it was last renewed, which its holder does `every` so often.

    Within `trusted_for` of its last renewal the holder takes it for its own without a look; the rest of `lasts` is
    for what it then begins.
    """

    lasts: timedelta = timedelta(seconds=120)
    every: timedelta = timedelta(seconds=20)
    trusted_for: timedelta = timedelta(seconds=60)


TERMS = LeaseTerms()


def awake_or_not() -> float:
    """Return seconds of a clock that nobody sets and that goes on while the machine sleeps, where there is one."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
