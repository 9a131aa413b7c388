"""The settings that shape an issue."""

from __future__ import annotations

from dataclasses import dataclass, field

from ecosmig_publish.guards.brake import BrakeLimits


@dataclass(frozen=True, slots=True)
class IssuingPolicy:
    """How many rows a file may hold, whether a recipient without rows gets an empty report, what is too far."""

    rows_per_file: int
    issues_empty_reports: bool
    brake: BrakeLimits = field(default_factory=BrakeLimits)
