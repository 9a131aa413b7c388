"""The settings that shape an issue."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IssuingPolicy:
    """How many rows a file may hold, and whether a recipient without rows gets an empty report."""

    rows_per_file: int
    issues_empty_reports: bool
