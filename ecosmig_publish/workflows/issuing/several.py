"""Where several slots of a report are due in one run: what would be read anew for each of them is read once.

All slots of a run share one cut-off, so that the bounds of each begin where those of the slot before it end.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.ledger import Watermark
from ecosmig_publish.reports import watermarks
from ecosmig_publish.reports.attempts import under
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.workflows.issuing.watermark import Coverage, coverage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Report, Slot
    from ecosmig_publish.migration_data import MigrationData, Tables
    from ecosmig_publish.reports.question import Question

WORTH_WHILE = 3
"""From so many slots of a report on, a table of what concerns them all pays for its making."""


class Several:
    """What the slots of one run share; `keep` keeps a table until the run's issuing ends."""

    def __init__(self, slots: Sequence[Slot], data: MigrationData, keep: Callable[[Any], Any]) -> None:
        self._data, self._keep = data, keep
        self._counts = Counter(slot.report for slot in slots)
        self._last_end = {slot.report: period_of(slot).end for slot in sorted(slots)}
        self._tables: dict[Report, Tables] = {}
        self._covered: dict[Report, tuple[datetime, Coverage]] = {}
        self._hours: dict[Report, Mapping[datetime, tuple[int, int, int]]] = {}

    def coverage(self, report: Report, question: Question) -> Coverage:
        """Return what `coverage` says: of a report's first slot by looking at all attempts, of the later ones by hours.

        One more look counts what lies between the first slot's end and the last's, hour by hour: periods of 001 and 002
        end on whole hours.
        """
        before = self._covered.get(report)
        if report not in OUTCOMES or before is None or question.previous is None or question.previous.end != before[0]:
            covered = coverage(report, question, self._data)
        else:
            covered = self._next(report, question, *before)
        self._covered[report] = (question.bounds.end, covered)
        return covered

    def _next(self, report: Report, question: Question, end: datetime, before: Coverage) -> Coverage:
        if report not in self._hours:
            last = replace(question, bounds=replace(question.bounds, end=self._last_end[report]))
            rows = self._data.fetch(watermarks.of_attempts_by_hour(report, last, end)).to_pylist()
            self._hours[report] = {
                row["hour"].replace(tzinfo=end.tzinfo): (row["count"], row["checksum"], row["unplaceable"])
                for row in rows
            }
        new = [of for hour, of in self._hours[report].items() if end <= hour < question.bounds.end]
        count, checksum, unplaceable = (sum(values) for values in zip((0, 0, 0), *new, strict=True))
        earlier = before.watermark or Watermark(0, 0)
        return Coverage(
            Watermark(earlier.count + count, earlier.checksum + checksum),
            earlier,
            count,
            before.unplaceable + unplaceable,
        )

    def narrowed(self, report: Report, question: Question) -> Question:
        """Return the question with tables of the Devices alone that have an attempt later than the first slot's before.

        Only of 001 and 002, and where nothing is held that may be of any Device.
        """
        if report not in OUTCOMES or self._counts[report] < WORTH_WHILE:
            return question
        if question.previous is None or question.held_keys is not None:
            return question
        if report not in self._tables:
            self._tables[report] = self._of_late_devices(question)
        return replace(question, tables=self._tables[report])

    def _of_late_devices(self, question: Question) -> Tables:
        tables, keep = self._data.tables, self._keep
        attempts, devices = tables.migration_attempts, tables.devices
        late = keep(attempts.filter(~under(attempts, question.previous)).select("device_id").distinct())  # type: ignore[arg-type]
        known = devices.semi_join(late, "device_id")
        # A GPF shows a meter's MPxN that stands on the same hub.
        hubs = known.filter(known.communications_hub_id.notnull()).select("communications_hub_id").distinct()
        of_hubs = devices.semi_join(hubs, "communications_hub_id")
        return replace(
            tables,
            migration_attempts=keep(
                attempts.semi_join(late, "device_id").union(attempts.filter(attempts.device_id.isnull()))
            ),
            responsibilities=keep(tables.responsibilities.semi_join(late, "device_id")),
            devices=keep(of_hubs.union(known.filter(known.communications_hub_id.isnull()))),
        )
