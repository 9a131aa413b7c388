"""Several corrections at once, at one instant: planned, and done one by one, each in a transaction of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.workflows.amending.correcting import correct, planned_correction
from ecosmig_publish.workflows.issuing.run import open_issuing
from ecosmig_publish.workflows.planning import run_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.workflows.amending.correcting import Correction
    from ecosmig_publish.workflows.amending.target import Target
    from ecosmig_publish.workflows.issuing.slot import Issuing
    from ecosmig_publish.workflows.running import Parts


@contextmanager
def open_correcting(parts: Parts, targets: Sequence[Target], as_of: datetime | None) -> Iterator[Issuing]:
    """Open the source to correct as of an instant, now where None.

    Raises `ClockError` for one before any cut-off that was used: a correction sees no less than what it corrects.
    """
    used = [target.issue.cut_off for target in targets if target.issue is not None]
    last = parts.ledger.last_cut_off()
    run = run_instant(
        now=parts.now(),
        as_of=as_of,
        settle=parts.settle,
        last_cut_off=max([*used, *([last] if last else [])], default=None),
    )
    with open_issuing(parts.open_data, parts.ledger, parts.outbox, parts.policy, run) as issuing:
        yield issuing


def planned_corrections(targets: Sequence[Target], issuing: Issuing) -> list[Correction]:
    """Return what `correct_all` would do; writes nothing."""
    last: dict[tuple[Report, Signifier], int] = {}
    plans = []
    for target in targets:
        stream = (target.report, target.recipient)
        if stream not in last:
            last[stream] = issuing.ledger.last_sequences(target.report).get(target.recipient, 0)
        plans.append(planned_correction(target, issuing, last[stream]))
        last[stream] = plans[-1].numbers[-1]
    return plans


def correct_all(
    targets: Sequence[Target], issuing: Issuing, *, reason: str, expected: Sequence[Correction] | None = None
) -> Iterator[Correction]:
    """Correct one after another and yield each as it is recorded; where it stops, those before it stay."""
    for place, target in enumerate(targets):
        yield correct(target, issuing, reason=reason, expected=expected[place] if expected is not None else None)
