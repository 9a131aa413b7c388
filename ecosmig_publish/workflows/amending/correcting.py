"""To correct: a new issue for the same slot and recipient, with the next numbers; the earlier one is superseded.

Born together like every issue: files first, then one transaction with numbers, held rows and act.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.errors import ForeignRowError, UsageError
from ecosmig_publish.ledger import CorrectionBirth
from ecosmig_publish.outbox.writing import write_slot
from ecosmig_publish.workflows.amending.recomputing import recompute
from ecosmig_publish.workflows.guarding import guard_finished
from ecosmig_publish.workflows.issuing.slot import written_issues

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import HeldEntry
    from ecosmig_publish.workflows.amending.recomputing import Recomputed
    from ecosmig_publish.workflows.amending.target import Target
    from ecosmig_publish.workflows.issuing.slot import Issuing

_NOT_CORRECTED = "nothing was corrected, no number was used"


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction is, or would be: its numbers, its rows, and what the superseded issue's other rows become.

    `held` are rows that go on the held list, `gone` counts those that the source no longer has, `problems` those of
    the recipient that a summary can't show.
    """

    target: Target
    numbers: tuple[int, ...]
    rows: int
    held: Mapping[str, HeldEntry]
    gone: int
    problems: int

    def says_the_same_as(self, other: Correction) -> bool:
        """Whether both would leave the same, whenever they were computed."""
        return (self.numbers, self.rows, self.gone, self.problems, dict(self.held)) == (
            other.numbers,
            other.rows,
            other.gone,
            other.problems,
            dict(other.held),
        )

    def file_names(self, issuing: Issuing) -> list[str]:
        """Return the names that its files have when it is made at the instant of `issuing`."""
        report, recipient, at = self.target.report, self.target.recipient, issuing.run.at
        return [format_file_name(FileName(report, recipient, number, at)) for number in self.numbers]


def planned_correction(target: Target, issuing: Issuing, last: int) -> Correction:
    """Return what `correct` would do after the number `last`; computes it and writes nothing.

    Raises `UsageError` where there is nothing to correct, `SourceError`, `OutboxError` or `LedgerError`.
    """
    with issuing.data.keeping() as keep:
        found = recompute(target, issuing, keep)
        deque(found.batches, maxlen=0)
    files = max(1, -(-found.rows // issuing.policy.rows_per_file))
    return _checked(target, found, tuple(range(last + 1, last + 1 + files)))


def correct(target: Target, issuing: Issuing, *, reason: str, expected: Correction | None = None) -> Correction:
    """Write and record a correction; what it wrote stays unknown to all if this doesn't return.

    Raises as `planned_correction` does, `UsageError` where it isn't what was `expected`, and `ForeignRowError` where
    the leak guard stops it: then nothing was changed.
    """
    report, recipient = target.report, target.recipient
    last = issuing.ledger.last_sequences(report).get(recipient, 0)
    numbers: list[int] = []

    def next_sequence(_recipient: Signifier) -> int:
        numbers.append(last + 1 + len(numbers))
        return numbers[-1]

    with issuing.data.keeping() as keep:
        found = recompute(target, issuing, keep)
        directory = issuing.outbox.begin(target.slot.slot)
        written = write_slot(
            found.batches,
            report=report,
            period=target.slot.period,
            created_at=issuing.run.at,
            rows_per_file=issuing.policy.rows_per_file,
            directory=directory,
            next_sequence=next_sequence,
            empty_for=(recipient,),
            interrupt=issuing.data.interrupt,
        )
    try:
        made = _checked(target, found, tuple(numbers), expected)
        slot = target.slot.slot
        guard_finished(written.files, slot, data=issuing.data, ledger=issuing.ledger, became=_NOT_CORRECTED)
    except (UsageError, ForeignRowError):
        issuing.outbox.discard(directory)
        raise
    issuing.outbox.seal(directory)
    (issue,) = written_issues(written, issuing.outbox)
    issuing.ledger.record_correction(
        CorrectionBirth(
            slot=target.slot.slot,
            issue=issue,
            supersedes_id=target.issue.issue_id if target.issue else None,
            cut_off=issuing.run.cut_off,
            generated_at=issuing.run.at,
            reason=reason,
            expected_last=last,
            held=tuple(made.held.values()),
            gone=made.gone,
            problems=made.problems,
        )
    )
    issuing.outbox.mark_issued(directory)
    return made


def _checked(
    target: Target, found: Recomputed, numbers: tuple[int, ...], expected: Correction | None = None
) -> Correction:
    made = Correction(target, numbers, found.rows, found.held, found.gone, found.problems)
    named = f"{target.report} for {target.recipient}, slot {target.slot.slot.due_at:%Y-%m-%dT%H:%M:%SZ}"
    if target.issue is None and not made.rows:
        raise UsageError(
            f"{named}: there is no issue to correct, and there are no rows for a new one",
            hint="Check the source: ecosmig data check.",
        )
    if expected is not None and not made.says_the_same_as(expected):
        raise UsageError(
            f"{named}: the source or the ledger changed since this was shown; nothing was changed",
            hint="Run it again and look at what is shown now.",
        )
    return made
