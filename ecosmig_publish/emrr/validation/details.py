"""Rules of single reports: what one detail record, and one after another, must keep."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.emrr.validation.fields import field_faults, parse_day

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

Fault = tuple[str, str, str]
"""Field, rule, message."""

_DAYS_OF_A_WEEK = 7
_STATUSES = ("Success", "Failure", "Installed")


class DetailRules:
    """Checks a report's details in their order; one for each file."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._fields = CATALOGUE[report].fields
        self._names = [field.name for field in self._fields]
        self._last: tuple[str, ...] | None = None
        self._days: list[str] = []

    def faults(self, values: list[str]) -> Iterator[Fault]:
        """Yield what is wrong with the next detail's values (without its record type)."""
        if len(values) != len(self._fields):
            yield "", "field-count", f"{len(values) + 1} fields, {len(self._fields) + 1} are wanted"
            return
        for field, text in zip(self._fields, values, strict=True):
            for rule, message in field_faults(field, text):
                yield field.name, rule, message
        record = dict(zip(self._names, values, strict=True))
        if self._report is Report.ECOSMIG_003:
            yield from _status_faults(record)
        order = self._order(record)
        if self._last is not None and order < self._last:
            yield "", "order", "the record stands before the one above it in the report's order"
        self._last = order
        if self._report is Report.ECOSMIG_005:
            self._days.append(values[0])

    def closing_faults(self, period_start: datetime | None) -> Iterator[Fault]:
        """Yield what only all details together show."""
        if self._report is not Report.ECOSMIG_005 or not self._days:
            return
        if period_start is None:
            return
        week = [f"{period_start + timedelta(days=day):%Y%m%d}" for day in range(_DAYS_OF_A_WEEK)]
        if [day for day in self._days if parse_day(day)] != week:
            yield "activity_on", "days", "the details are not the seven days of the period, Monday to Sunday"

    def _order(self, record: dict[str, str]) -> tuple[str, ...]:
        if self._report is Report.ECOSMIG_004:
            return tuple(record[name] for name in self._names[:4])
        if self._report is Report.ECOSMIG_005:
            return (record["activity_on"],)
        moment = next(name for name in self._names if name.endswith("_at"))
        return record[moment], record["device_id"]


def _status_faults(record: dict[str, str]) -> Iterator[Fault]:
    status = record["ecos_status"]
    if status not in _STATUSES:
        yield "ecos_status", "ecos-status", f"ECoS Status is none of {', '.join(_STATUSES)}"
    for name in ("error_code", "error_sub_code"):
        if status == "Failure" and not record[name]:
            yield name, "empty", "mandatory where ECoS Status is Failure, and empty"
        if status in ("Success", "Installed") and record[name]:
            yield name, "not-empty", f"must be empty where ECoS Status is {status}"
