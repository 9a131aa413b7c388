"""What the comparison of issued files with the source finds; no Device ID and no MPxN is in any of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot


class Kind(StrEnum):
    """What became of a row that was issued."""

    VANISHED = "vanished"
    """The source doesn't have it any more."""
    ALTERED = "altered"
    """The source has it, and it would be printed otherwise now, or has another outcome."""
    FOREIGN = "foreign"
    """By the responsibilities as they stand it belongs to another recipient."""
    UNREPORTABLE = "unreportable"
    """It would be held now: nobody is responsible, or a field is empty or too long."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """A file that the source no longer bears out, with how many of its `rows` are of which kind.

    `records` gives for each kind the first records concerned, counted from 1, the header.
    """

    name: str
    report: Report
    recipient: Signifier
    slot: Slot
    rows: int
    counts: Mapping[Kind, int]
    records: Mapping[Kind, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class TurnedUp:
    """Rows that belonged in a slot by its bounds and stand in no file of it; nobody was told of them.

    001 and 002: by the day on which they were completed, whoever's they are. 003: of one recipient.
    """

    slot: Slot
    rows: int
    recipient: Signifier | None = None
    days: Mapping[date, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """How much was looked at, and what was found."""

    slots: int
    files: int
    rows: int
    changed: tuple[ChangedFile, ...]
    turned_up: tuple[TurnedUp, ...]

    @property
    def is_borne_out(self) -> bool:
        """Whether the source says what was issued, all of it and no more."""
        return not self.changed and not self.turned_up
