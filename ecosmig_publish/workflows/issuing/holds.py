"""What becomes of the rows that earlier slots held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.ledger import HeldEntry
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.installations import OF_GPF
from ecosmig_publish.workflows.issuing.keys import NUMBERLESS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import OpenHold
    from ecosmig_publish.migration_data import MigrationData

REPORTED = "reported"
NOT_OF_THIS_REPORT = "not-of-this-report"
ROW_GONE = "row-gone"


def settle_holds(
    report: Report,
    open_holds: Sequence[OpenHold],
    held: Mapping[str, HeldEntry],
    reported: Collection[str],
    data: MigrationData,
) -> tuple[dict[str, HeldEntry], dict[str, str]]:
    """Return the slot's held rows, and how each earlier hold that is no longer one was closed.

    A row that still stands in the source but no longer belongs in this report is closed as such. One that the source
    no longer holds stays held, as `row-gone`: nothing is dropped in silence.
    """
    still, closed = dict(held), {}
    unaccounted = []
    for hold in open_holds:
        if hold.key in NUMBERLESS and hold.key not in held:
            # No row without a number stands in the source any more.
            closed[hold.key] = NOT_OF_THIS_REPORT
        elif hold.key in reported:
            closed[hold.key] = REPORTED
        elif hold.key not in held:
            unaccounted.append(hold)
    standing = _standing(report, [hold.key for hold in unaccounted], data)
    for hold in unaccounted:
        if hold.key in standing:
            closed[hold.key] = NOT_OF_THIS_REPORT
        else:
            still[hold.key] = HeldEntry(hold.key, (ROW_GONE,), hold.recipient)
    return still, closed


def _standing(report: Report, keys: Sequence[str], data: MigrationData) -> set[str]:
    """Return those of `keys` whose row the source still holds."""
    if not keys:
        return set()
    if report in OUTCOMES:
        attempts = data.tables.migration_attempts
        return _found(keys, "attempt", attempts.attempt_id, attempts, data)
    events, notified = data.tables.device_status_events, data.tables.network_notifications
    by_event = [key for key in keys if key.startswith("event:")]
    by_device = [key for key in keys if key.startswith(OF_GPF)]
    return _found(by_event, "event", events.event_id, events, data) | _found(
        by_device, "gpf", notified.device_id, notified, data
    )


def _found(keys: Sequence[str], kind: str, column: object, table: object, data: MigrationData) -> set[str]:
    if not keys:
        return set()
    bare = [key.partition(":")[2] for key in keys]
    wanted = pa.array(bare) if kind == "gpf" else pa.array([int(key) for key in bare], pa.int64())
    known = data.memory_table(pa.table({"wanted": wanted}))
    present = table.semi_join(known, column == known.wanted)  # type: ignore[attr-defined]
    return {f"{kind}:{key}" for key in data.fetch(present.select(key=column)).column("key").to_pylist()}
