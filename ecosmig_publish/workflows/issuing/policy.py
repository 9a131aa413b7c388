"""The settings that shape an issue."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecosmig_publish.guards.brake import BrakeLimits


@dataclass(frozen=True, slots=True)
class IssuingPolicy:
    """How many rows a file may hold, whether a recipient without rows gets an empty report, what is too far.

    `rows_in_part` attempts are numbered at once where there are more of them than the engine's memory takes.
    """

    rows_per_file: int
    issues_empty_reports: bool
    brake: BrakeLimits = field(default_factory=BrakeLimits)
    rows_in_part: int = 10_000_000
