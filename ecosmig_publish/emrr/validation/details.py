"""Rules of single reports: what one detail record, and one after another, must keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE, MAX_ROWS_PER_FILE, FieldKind
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.emrr.validation.fields import record_faults
from ecosmig_publish.emrr.values import parse_day, parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ecosmig_publish.emrr.validation.findings import Fault

_DAYS_OF_A_WEEK = 7

_ONCE = {
    Report.ECOSMIG_002: "this attempt of the Device stands above already",
    Report.ECOSMIG_004: "this combination of type, manufacturer, model and firmware stands above already",
    Report.ECOSMIG_005: "this day stands above already",
}
"""Reports in which no two details have the same place in the order.

001 and 006 are not among them: a Device may succeed, or be installed, twice in one second.
"""


class DetailRules:
    """Checks a report's details in their order; one for each file, of the period that its header shows.

    A file that `may_be_part` of an issue is not asked for what only the issue as a whole has.
    """

    def __init__(
        self, report: Report, start: datetime | None, last_second: datetime | None, *, may_be_part: bool = False
    ) -> None:
        self._may_be_part = may_be_part
        self._report, self._start, self._last_second = report, start, last_second
        self._fields, self._order = CATALOGUE[report].fields, CATALOGUE[report].order
        self._names = [field.name for field in self._fields]
        self._moments = [field.name for field in self._fields if field.kind is FieldKind.DATETIME]
        self._last: tuple[str | int, ...] | None = None
        self._devices: set[str] = set()
        self._days: list[str] = []
        self._is_active = False

    def faults(self, texts: list[str]) -> Iterator[Fault]:
        """Yield what is wrong with the next detail's texts (without its record type)."""
        if len(texts) != len(self._fields):
            yield "", "field-count", f"{len(texts) + 1} fields, {len(self._fields) + 1} are wanted"
            return
        found = list(record_faults(self._fields, texts))
        yield from found
        faulty = {field for field, _, _ in found}
        record = dict(zip(self._names, texts, strict=True))
        yield from self._late(record, faulty)
        if faulty.isdisjoint(self._order):
            yield from self._misplaced(record)
        if self._report is Report.ECOSMIG_003:
            yield from _status_faults(record, faulty)
            yield from self._second_rows(record)
        if self._report is Report.ECOSMIG_005:
            self._count_day(record)

    def closing_faults(self) -> Iterator[Fault]:
        """Yield what only all details together show."""
        if self._report is not Report.ECOSMIG_005 or not self._days:
            return
        if self._may_be_part and len(self._days) < _DAYS_OF_A_WEEK:
            return
        if not self._is_active:
            yield "", "no-activity", "every quantity is 0: a week without activity has no details"
        if self._start is None:
            return
        week = [self._start.date() + timedelta(days=day) for day in range(_DAYS_OF_A_WEEK)]
        if [parse_day(day) for day in self._days] != week:
            yield "activity_on", "days", "the details are not the seven days of the period, Monday to Sunday"

    def _late(self, record: dict[str, str], faulty: set[str]) -> Iterator[Fault]:
        for name in self._moments:
            moment = None if name in faulty else parse_instant(record[name])
            if moment is not None and self._last_second is not None and moment > self._last_second:
                yield name, "after-period", "the DateTime lies after the end of the header's period"

    def _misplaced(self, record: dict[str, str]) -> Iterator[Fault]:
        order = tuple(int(record[name]) if name == "number_of_attempts" else record[name] for name in self._order)
        if self._last is not None and order < self._last:
            yield (
                "",
                "order",
                f"the detail belongs above the one before it: they are ordered by {', '.join(self._order)}",
            )
        if order == self._last and self._report in _ONCE:
            yield "", "repeated", _ONCE[self._report]
        self._last = order

    def _second_rows(self, record: dict[str, str]) -> Iterator[Fault]:
        """Report 003 has one detail for a Device. What is remembered is bounded by the rows that a file may have."""
        if record["device_id"] in self._devices:
            yield "device_id", "repeated", "the Device has a detail above already"
        elif len(self._devices) < MAX_ROWS_PER_FILE:
            self._devices.add(record["device_id"])

    def _count_day(self, record: dict[str, str]) -> None:
        self._is_active = self._is_active or (record["successes"], record["failures"]) != ("0", "0")
        if len(self._days) <= _DAYS_OF_A_WEEK:
            self._days.append(record["activity_on"])


def _status_faults(record: dict[str, str], faulty: set[str]) -> Iterator[Fault]:
    status = record["ecos_status"]
    if "ecos_status" in faulty:
        return
    for name in ("error_code", "error_sub_code"):
        if status == "Failure" and not record[name]:
            yield name, "empty", "mandatory where ECoS Status is Failure, and empty"
        if status != "Failure" and record[name]:
            yield name, "not-empty", f"must be empty where ECoS Status is {status}"
    if "number_of_attempts" not in faulty and (status == "Installed") != (record["number_of_attempts"] == "0"):
        yield "number_of_attempts", "attempts", "Number of Attempts is 0 where ECoS Status is Installed, and only there"
