"""To issue everything that is due, oldest slot first."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ForeignRowError
from ecosmig_publish.reports.meter_points import gpf_meter_points
from ecosmig_publish.workflows.guarding import RefusedSlot
from ecosmig_publish.workflows.issuing.braking import HeldBack
from ecosmig_publish.workflows.issuing.doubled import Doubled
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.issuing.responsibilities import RESPONSIBILITIES, look_at_responsibilities
from ecosmig_publish.workflows.issuing.several import Several
from ecosmig_publish.workflows.issuing.slot import IssuedSlot, Issuing, issue_slot

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ecosmig_publish.emrr.terms import Report, Slot
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.issuing.policy import IssuingPolicy
    from ecosmig_publish.workflows.planning import RunInstant


def issue_due_slots(
    slots: Sequence[Slot],
    *,
    open_data: Callable[[], MigrationData],
    ledger: Ledger,
    outbox: Outbox,
    policy: IssuingPolicy,
    run: RunInstant,
    on_slot: Callable[[Slot], None] = lambda _slot: None,
    on_rows: Callable[[int], None] | None = None,
    on_held_back: Callable[[HeldBack], None] = lambda _held: None,
    on_refused: Callable[[RefusedSlot], None] = lambda _refused: None,
    on_note: Callable[[str], None] = lambda _note: None,
) -> Iterator[IssuedSlot]:
    """Issue `slots` in their order and yield each as it is recorded.

    The source is opened only where something is due; all slots share the run's cut-off. Where the brake holds a slot
    back, or the leak guard stops it, its report waits there; the others go on.
    """
    if not slots:
        return
    with open_issuing(open_data, ledger, outbox, policy, run, slots) as opened:
        looked = look_at_responsibilities(slots, opened.data, ledger)
        if looked.note:
            on_note(looked.note)
        issuing = replace(opened, source_watermarks={RESPONSIBILITIES: looked.watermark})
        waiting: set[Report] = set()
        for slot in slots:
            if slot.report in waiting:
                continue
            on_slot(slot)
            try:
                issued = issue_slot(slot, issuing, on_rows=on_rows)
            except ForeignRowError as error:
                waiting.add(slot.report)
                on_refused(RefusedSlot(slot, error))
                continue
            if isinstance(issued, HeldBack):
                waiting.add(slot.report)
                on_held_back(issued)
            else:
                yield issued


@contextmanager
def open_issuing(
    open_data: Callable[[], MigrationData],
    ledger: Ledger,
    outbox: Outbox,
    policy: IssuingPolicy,
    run: RunInstant,
    slots: Sequence[Slot] = (),
) -> Iterator[Issuing]:
    """Open the source, and yield what everything that a run issues is issued from; `slots` are all of them."""
    with open_data() as data, data.keeping() as keep:
        yield Issuing(
            data=data,
            ledger=ledger,
            outbox=outbox,
            policy=policy,
            run=run,
            register=party_register(data),
            doubled=Doubled(data, run.cut_off),
            several=Several(slots, data, keep),
            gpf_meter_points=cache(lambda: keep(gpf_meter_points(data.tables.devices))),
        )
