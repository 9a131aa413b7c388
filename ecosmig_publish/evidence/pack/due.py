"""What was due: every slot of the calendar in the span, with what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.evidence.pack.others import OF_ALL
from ecosmig_publish.ledger.births import NO_ACTIVITY
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.exporting import last_due, recipients_of_slots, slot_brakes_in, slots_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.evidence.pack.trails import Trails

COLUMNS = (
    "report",
    "slot",
    "period_start",
    "period_end",
    "outcome",
    "reason",
    "cut_off",
    "issued_at",
    "act",
    "without_rows",
    "brake",
    "braked_at",
    "brake_released_at",
)

ISSUED, SKIPPED, NOT_ISSUED, NOT_OURS = "issued", "skipped", "not-issued", "not-ours"
NO_ROWS = "no-rows"
_NOTHING = (NO_ROWS, NO_ACTIVITY)
_LEAST = timedelta(microseconds=1)


def due_rows(
    connection: Connection, scope: Scope, recipients: Sequence[str], trails: Trails
) -> Iterator[dict[str, Any]]:
    """Yield a row for each slot, by its instant and report.

    Of a slot that was issued, `without_rows` are those of the pack's suppliers that had none. What is due and that
    nobody issued is `not-issued`; `not-ours` is what fell due before this installation's start, or before the first
    slot that it took over from an older system.
    """
    recorded, brakes, last = (
        slots_in(connection, scope.span),
        slot_brakes_in(connection, scope.span),
        last_due(connection),
    )
    with_rows = dict(recipients_of_slots(connection, scope.span))
    for slot in _slots(scope):
        key = (slot.report.value, instant_text(slot.due_at))
        known, brake, had = recorded.get(key), brakes.get(key, {}), with_rows.get(key, set())
        period = period_of(slot)
        outcome, reason = _outcome(slot, known, scope, last, had)
        yield {
            "report": key[0],
            "slot": key[1],
            "period_start": instant_text(period.start),
            "period_end": instant_text(period.end),
            "outcome": outcome,
            "reason": reason,
            "cut_off": known["cut_off"] if known else None,
            "issued_at": known["generated_at"] if known else None,
            "act": trails.of_slot(*key, known) if known else None,
            "without_rows": [it for it in recipients if it not in had]
            if outcome == ISSUED or reason in _NOTHING
            else [],
            # Why most recipients seemed to have nothing is told by counts of them.
            "brake": brake.get("reason") if scope.suppliers is None or not brake else OF_ALL,
            "braked_at": brake.get("held_at"),
            "brake_released_at": brake.get("released_at"),
        }


def _slots(scope: Scope) -> list[Slot]:
    """Return the slots of the calendar from the span's start on, which counts, to its end, which doesn't."""
    since, until = scope.span.since - _LEAST, scope.span.until - _LEAST
    return all_due_slots(dict.fromkeys(Report, since), until)


def _outcome(
    slot: Slot, known: Mapping[str, Any] | None, scope: Scope, last: Mapping[str, str], had: set[str]
) -> tuple[str, str | None]:
    if known is None:
        is_past = slot.due_at <= scope.start or instant_text(slot.due_at) < last.get(slot.report.value, "")
        return (NOT_OURS, None) if is_past else (NOT_ISSUED, None)
    if scope.suppliers is None or known["reason"] not in (None, NO_ACTIVITY):
        return str(known["outcome"]), known["reason"]
    # Whether others had rows is not for this pack's readers.
    return (ISSUED, None) if any(scope.has(it) for it in had) else (SKIPPED, NO_ROWS)
