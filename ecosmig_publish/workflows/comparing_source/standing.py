"""What the source says now of a slot's rows: computed by the reports' own expressions, at the slot's own bounds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.outbox.lines import detail_lines
from ecosmig_publish.reports.attempts import under, unreported
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.installations import commissionings, notifications
from ecosmig_publish.reports.question import instant
from ecosmig_publish.reports.registry import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Question


@dataclass(frozen=True, slots=True)
class AtPlaces:
    """What stands at the Devices and seconds that files print.

    `rows` is the report's expression about it. `others` has `device_id` and `second` of what stands there with the
    other outcome; None where a report has none.
    """

    rows: Any
    others: Any


def at_places(report: Report, question: Question, places: Any, data: MigrationData) -> AtPlaces:
    """Find the source rows at the printed places; 003 needs no finding, its Devices are those that were gained."""
    if report is Report.ECOSMIG_003:
        return AtPlaces(ROWS[report](question), None)
    here = data.memory_table(places)
    if report is Report.ECOSMIG_006:
        both = commissionings(question).union(notifications(question))
        both = both.filter(both.occurred_at < instant(question.bounds.end), both.is_recorded)
        keys = data.memory_table(data.fetch(_here(both, both.occurred_at, here).select("key").distinct()))
        rows = ROWS[report](question)
        return AtPlaces(rows.semi_join(keys, rows.key == keys.key).order_by("key"), None)
    attempts = question.tables.migration_attempts
    seen = attempts.filter(under(attempts, question.bounds), attempts.attempt_id.notnull())
    found = data.fetch(
        _here(seen, seen.completed_at, here).select(
            "device_id", "outcome", key="attempt_id", second=seen.completed_at.truncate("s")
        )
    )
    is_mine = pc.equal(found["outcome"], OUTCOMES[report])
    keys = pa.table({"key": pc.unique(found.filter(is_mine)["key"])})
    others = found.filter(pc.invert(is_mine)).select(["device_id", "second"])
    # With nothing new since its own bounds, a slot is about its held rows alone.
    only = replace(question, previous=question.bounds, held_keys=data.memory_table(keys))
    return AtPlaces(ROWS[report](only), others)


def standing_rows(report: Report, rows: Any, data: MigrationData) -> Iterator[Any]:
    """Yield what a report prints now: `recipient`, `device_id`, `second`, `line`, `is_held`, batch by batch."""
    fields = [field.name for field in CATALOGUE[report].fields]
    moment = CATALOGUE[report].order[0]
    for batch in data.stream(rows):
        if batch.num_rows:
            yield pa.table(
                {
                    "recipient": batch.column("recipient"),
                    "device_id": batch.column("device_id"),
                    "second": pc.floor_temporal(batch.column(moment).cast(pa.timestamp("us")), unit="second"),
                    "line": detail_lines(batch, fields),
                    "is_held": batch.column("hold").is_valid(),
                }
            )


def unprinted(report: Report, question: Question, places: Any, data: MigrationData) -> Any:
    """Return `attempt_id`, `completed_at`, `recorded_at` of the attempts of 001 or 002 that are printed nowhere.

    Those that `question` asks for, less what stands at `places`; an Arrow table, instants naive UTC.
    """
    new = unreported(question, OUTCOMES[report])
    if places.num_rows:
        here = data.memory_table(places)
        new = new.anti_join(here, _is_here(new, new.completed_at, here))
    return data.fetch(new.select("attempt_id", "completed_at", "recorded_at"))


def _here(rows: Any, moment: Any, here: Any) -> Any:
    return rows.semi_join(here, _is_here(rows, moment, here))


def _is_here(rows: Any, moment: Any, here: Any) -> list[Any]:
    return [rows.device_id == here.place_device, moment.truncate("s") == here.place_second]
