"""The words that everything else is said in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from ecosmig_publish.errors import InvalidFileError

Signifier = NewType("Signifier", str)
"""A SEC Party Signifier, six of A-Z and 0-9; made by `parse_signifier` alone."""

_SIGNIFIER = re.compile(r"[A-Z0-9]{6}")


class Report(StrEnum):
    """The six reports of the EMRR's Appendix A."""

    ECOSMIG_001 = "ECOSMIG-001"
    ECOSMIG_002 = "ECOSMIG-002"
    ECOSMIG_003 = "ECOSMIG-003"
    ECOSMIG_004 = "ECOSMIG-004"
    ECOSMIG_005 = "ECOSMIG-005"
    ECOSMIG_006 = "ECOSMIG-006"


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period, half-open: `start` belongs to it, `end` does not. Both UTC."""

    start: datetime
    end: datetime

    @property
    def last_second(self) -> datetime:
        """The inclusive end that headers show, one second before `end`."""
        return self.end - timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One scheduled occurrence of a report; orders by the instant at which it falls due, then by report."""

    due_at: datetime
    report: Report


def parse_signifier(text: str) -> Signifier:
    """Return `text` as a signifier, or raise `InvalidFileError` where it is none."""
    if not _SIGNIFIER.fullmatch(text):
        raise InvalidFileError(
            f"{text!r} is not a SEC Party Signifier: six characters of A-Z and 0-9",
            hint="Check the SEC Party ID in the party register.",
        )
    return Signifier(text)
