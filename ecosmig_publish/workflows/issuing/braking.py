"""Whether a slot, or some of its issues, wait for an operator's word: the big-change brake asks the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.catalogue import HOLDING
from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.guards.brake import STEADY_SLOTS, may_be_too_large, mostly_vanished, periods_carried, too_large

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import BrakedSlot, IssueEntry, SlotEntry
    from ecosmig_publish.workflows.issuing.slot import Issuing

_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A slot that was not issued, so that nothing of it is used up; what its source showed is said all the same."""

    brake: BrakedSlot
    findings: tuple[str, ...]


def held_back(slot: Slot, issues: Sequence[IssueEntry], issuing: Issuing) -> BrakedSlot | None:
    """Return the brake on a slot in which most recipients suddenly have nothing, recorded; None where it may go.

    It may go once it was released, whatever it holds, or as soon as the source has the rows again.
    """
    ledger, limits = issuing.ledger, issuing.policy.brake
    if not limits.enabled:
        return None
    steady = ledger.steady_recipients(slot.report, STEADY_SLOTS)
    present = {issue.recipient for issue in issues if any(file.rows for file in issue.files)}
    if mostly_vanished(steady, present, limits) is None:
        return None
    week_before = ledger.recipients_with_rows(Slot(slot.due_at - _WEEK, slot.report))
    reason = mostly_vanished(steady, present, limits, week_before=week_before)
    known = ledger.slot_brake(slot)
    if reason is None or (known is not None and known.released_at is not None):
        return None
    ledger.hold_slot(slot, reason, issuing.run.at)
    return ledger.slot_brake(slot)


def oversized(
    slot: Slot, issues: Sequence[IssueEntry], last: SlotEntry | None, issuing: Issuing
) -> dict[Signifier, str]:
    """Return whose issue is far larger than its stream's history, and why; `last` is the report's slot before."""
    ledger, limits = issuing.ledger, issuing.policy.brake
    periods = 1.0
    if last is not None and slot.report in HOLDING:
        # What was recorded since the last cut-off comes out with the first slot after it.
        period = period_of(slot)
        periods = periods_carried(issuing.run.cut_off - last.cut_off, period.end - period.start)
    reasons = {}
    for issue in issues:
        rows = sum(file.rows for file in issue.files)
        if may_be_too_large(rows, limits):
            earlier = ledger.recent_sizes(slot.report, issue.recipient, limits.history)
            reason = too_large(rows, earlier, limits, periods=periods)
            if reason is not None:
                reasons[issue.recipient] = reason
    return reasons
