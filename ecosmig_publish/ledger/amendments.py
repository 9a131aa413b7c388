"""What is asked of, and put into, the ledger about issues that exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.ledger.entries import HeldEntry, IssueEntry


@dataclass(frozen=True, slots=True)
class IssueName:
    """What is known of the issues that are meant; None says nothing. All that is said must fit."""

    file: str | None = None
    report: Report | None = None
    recipient: Signifier | None = None
    due_at: datetime | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class CorrectionBirth:
    """All that is born with a correction, in one transaction.

    `supersedes_id` is None where the slot had no issue for the recipient. `held` are rows that the superseded issue
    carried and this one doesn't; `gone` counts those that the source no longer has, `problems` the recipient's that a
    summary can't show. `expected_last` is the last number that the stream had when the files were written.
    """

    slot: Slot
    issue: IssueEntry
    supersedes_id: int | None
    cut_off: datetime
    generated_at: datetime
    reason: str
    expected_last: int
    held: Sequence[HeldEntry] = ()
    gone: int = 0
    problems: int = 0


@dataclass(frozen=True, slots=True)
class WithdrawalEntry:
    """An issue is taken back; `released` are its rows, to be held, None where they count as reported.

    `removed` says that its files are to be taken out of the folder.
    """

    issue_id: int
    withdrawn_at: datetime
    reason: str
    removed: bool
    released: Sequence[HeldEntry] | None = None
    gone: int = 0


@dataclass(frozen=True, slots=True)
class ResendEntry:
    """An issue's files are to be published once more, as they are."""

    issue_id: int
    resent_at: datetime
    reason: str
