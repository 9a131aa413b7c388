"""What is guarded, and what the guard says of it; no Device ID and no MPxN is in any of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ForeignRowError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier, Slot

_SHOWN = 10
_FILES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class GuardedFile:
    """A finished file and what the ledger knows, or is about to know, of it.

    `recipient` is whose folder it is for, `rows` its detail records, `size` in bytes, `sha256` in hex.
    """

    path: Path
    name: str
    recipient: Signifier
    sequence: int
    rows: int
    size: int
    sha256: str


class Fault(StrEnum):
    """What is wrong with a file."""

    CHANGED = "changed"
    """Its bytes are gone, or not those that the ledger knows."""
    BROKEN = "broken"
    """It doesn't parse, breaks a rule of the EMRR, or is not the file that the slot asks for."""
    FOREIGN = "foreign"
    """Devices that were not the recipient's at the row's instant."""
    UNKNOWN = "unknown"
    """Rows that the source doesn't have, so that nobody can say whose they are."""


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file that must not leave the outbox; `records` counts from 1, the header, and names the first ones only."""

    name: str
    recipient: Signifier
    fault: Fault
    message: str
    records: tuple[int, ...] = ()
    count: int = 0

    def __str__(self) -> str:
        return f"{self.name}: {self.message}{self._places()}"

    def _places(self) -> str:
        if not self.records:
            return ""
        shown = ", ".join(f"{record:,}" for record in self.records[:_SHOWN])
        more = ", …" if self.count > _SHOWN else ""
        return f" (record{'s' if self.count > 1 else ''} {shown}{more})"


def refusal(slot: Slot, bad: Sequence[BadFile], *, became: str, hint: str) -> ForeignRowError:
    """Return the error that stops a slot; `became` says what was not done with it."""
    listed = [f"  - {it}" for it in bad[:_FILES_SHOWN]]
    if len(bad) > _FILES_SHOWN:
        listed.append(f"  - … and {len(bad) - _FILES_SHOWN:,} more")
    files = len({it.name for it in bad})
    what = "1 finished file is" if files == 1 else f"{files:,} finished files are"
    named = f"{slot.report} of {slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
    return ForeignRowError(f"{named}: {what} not fit for the recipient; {became}\n" + "\n".join(listed), hint=hint)
