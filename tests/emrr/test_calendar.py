"""The calendar against a brute force that looks at every hour of ten years."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.emrr.calendar import all_due_slots, due_slots, last_due_slot, period_of, slot_reporting_on
from ecosmig_publish.emrr.records import header_line
from ecosmig_publish.emrr.terms import Period, Report, Slot, parse_signifier

if TYPE_CHECKING:
    from collections.abc import Callable

BEGIN = datetime(2023, 12, 30, tzinfo=UTC)
END = datetime(2034, 1, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)
MONDAY = 0

IS_DUE: dict[Report, Callable[[datetime], bool]] = {
    Report.ECOSMIG_001: lambda hour: hour.hour == 6,
    Report.ECOSMIG_002: lambda hour: hour.hour in {0, 6, 12, 18},
    Report.ECOSMIG_003: lambda hour: (hour.day, hour.hour) == (2, 8),
    Report.ECOSMIG_004: lambda hour: (hour.weekday(), hour.hour) == (MONDAY, 6),
    Report.ECOSMIG_005: lambda hour: (hour.weekday(), hour.hour) == (MONDAY, 6),
    Report.ECOSMIG_006: lambda hour: (hour.day, hour.hour) == (1, 6),
}


@cache
def due_by_brute_force(report: Report) -> list[datetime]:
    hours = int((END - BEGIN) / HOUR)
    return [hour for hour in (BEGIN + number * HOUR for number in range(hours)) if IS_DUE[report](hour)]


def shown_by_brute_force(report: Report, due_at: datetime) -> tuple[str, str]:
    """The header's start and end, worked out on calendar days."""
    day = due_at.date()
    yesterday = date.fromordinal(day.toordinal() - 1)
    if report is Report.ECOSMIG_001:
        return f"{yesterday:%Y%m%d}T000000", f"{yesterday:%Y%m%d}T235959"
    if report is Report.ECOSMIG_002:
        return {
            0: (f"{yesterday:%Y%m%d}T170000", f"{yesterday:%Y%m%d}T225959"),
            6: (f"{yesterday:%Y%m%d}T230000", f"{day:%Y%m%d}T045959"),
            12: (f"{day:%Y%m%d}T050000", f"{day:%Y%m%d}T105959"),
            18: (f"{day:%Y%m%d}T110000", f"{day:%Y%m%d}T165959"),
        }[due_at.hour]
    if report in {Report.ECOSMIG_003, Report.ECOSMIG_006}:
        year, month = (day.year, day.month - 1) if day.month > 1 else (day.year - 1, 12)
        last = calendar.monthrange(year, month)[1]
        return f"{year}{month:02d}01T000000", f"{year}{month:02d}{last}T235959"
    monday, sunday = date.fromordinal(day.toordinal() - 7), yesterday
    return f"{monday:%Y%m%d}T000000", f"{sunday:%Y%m%d}T235959"


def shown(slot: Slot) -> tuple[str, str]:
    fields = header_line(slot.report, parse_signifier("PXX999"), 1, slot.due_at, period_of(slot)).decode().split(",")
    return fields[6], fields[7]


def due(report: Report, after: datetime, until: datetime) -> list[datetime]:
    return [slot.due_at for slot in due_slots(report, after=after, until=until)]


@pytest.mark.parametrize("report", Report)
def test_ten_years_of_slots_are_those_that_a_look_at_every_hour_finds(report: Report) -> None:
    assert due(report, BEGIN - HOUR, END - HOUR) == due_by_brute_force(report)


@pytest.mark.parametrize("report", Report)
def test_ten_years_of_headers_show_the_periods_that_calendar_days_give(report: Report) -> None:
    slots = [Slot(due_at, report) for due_at in due_by_brute_force(report)]
    assert [shown(slot) for slot in slots] == [shown_by_brute_force(report, slot.due_at) for slot in slots]


@pytest.mark.parametrize("report", Report)
def test_periods_of_one_report_follow_each_other_without_gap_or_overlap(report: Report) -> None:
    periods = [period_of(Slot(due_at, report)) for due_at in due_by_brute_force(report)]
    assert [period.end for period in periods[:-1]] == [period.start for period in periods[1:]]


@pytest.mark.parametrize("report", Report)
def test_a_period_has_ended_when_its_slot_falls_due(report: Report) -> None:
    assert all(period_of(Slot(due_at, report)).end <= due_at for due_at in due_by_brute_force(report))


@given(
    report=st.sampled_from(Report),
    after=st.datetimes(datetime(2024, 1, 1), datetime(2033, 10, 1)),  # noqa: DTZ001 - drawn naive
    span=st.timedeltas(timedelta(0), timedelta(days=70)),
    zone=st.sampled_from([UTC, timezone(timedelta(hours=14)), timezone(-timedelta(hours=11, minutes=30))]),
)
def test_slots_after_one_instant_until_another_are_those_between_in_any_zone(
    report: Report, after: datetime, span: timedelta, zone: timezone
) -> None:
    start = after.replace(tzinfo=UTC)
    expected = [due_at for due_at in due_by_brute_force(report) if start < due_at <= start + span]
    found = list(due_slots(report, after=start.astimezone(zone), until=(start + span).astimezone(zone)))
    assert [slot.due_at for slot in found] == expected
    assert all(slot.due_at.tzinfo is UTC for slot in found)


@pytest.mark.parametrize("report", Report)
def test_after_is_exclusive_and_until_inclusive_to_the_microsecond(report: Report) -> None:
    tick = timedelta(microseconds=1)
    due_at = due_by_brute_force(report)[50]
    assert due(report, due_at, due_at + tick) == []
    assert due(report, due_at - tick, due_at - tick) == []
    assert due(report, due_at - tick, due_at) == [due_at]


def test_summer_time_moves_no_slot() -> None:
    london = ZoneInfo("Europe/London")
    after, until = datetime(2026, 3, 28, 12, tzinfo=london), datetime(2026, 3, 29, 12, tzinfo=london)
    # 12:00 BST on the 29th is 11:00 UTC: the slot of 12:00 UTC is not due yet.
    assert due(Report.ECOSMIG_002, after, until) == [
        datetime(2026, 3, 28, 18, tzinfo=UTC),
        datetime(2026, 3, 29, 0, tzinfo=UTC),
        datetime(2026, 3, 29, 6, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("report", "due_at", "start", "end"),
    [
        ("ECOSMIG-001", "2024-03-01T06", "20240229T000000", "20240229T235959"),
        ("ECOSMIG-001", "2023-03-01T06", "20230228T000000", "20230228T235959"),
        ("ECOSMIG-001", "2027-01-01T06", "20261231T000000", "20261231T235959"),
        ("ECOSMIG-002", "2027-01-01T00", "20261231T170000", "20261231T225959"),
        ("ECOSMIG-002", "2024-03-01T06", "20240229T230000", "20240301T045959"),
        ("ECOSMIG-003", "2024-03-02T08", "20240201T000000", "20240229T235959"),
        ("ECOSMIG-003", "2026-01-02T08", "20251201T000000", "20251231T235959"),
        # Monday, 1 June 2026: weekly and monthly reports fall due together, on different periods.
        ("ECOSMIG-004", "2026-06-01T06", "20260525T000000", "20260531T235959"),
        ("ECOSMIG-005", "2026-06-01T06", "20260525T000000", "20260531T235959"),
        ("ECOSMIG-006", "2026-06-01T06", "20260501T000000", "20260531T235959"),
        ("ECOSMIG-006", "2028-03-01T06", "20280201T000000", "20280229T235959"),
    ],
)
def test_the_header_shows_the_period_as_inclusive_seconds(report: str, due_at: str, start: str, end: str) -> None:
    moment = datetime.fromisoformat(due_at).replace(tzinfo=UTC)
    assert shown(Slot(moment, Report(report))) == (start, end)


def test_all_that_falls_due_on_a_monday_that_is_the_1st_comes_in_the_order_of_the_reports() -> None:
    monday = datetime(2026, 6, 1, 6, tzinfo=UTC)
    slots = all_due_slots(dict.fromkeys(reversed(Report), monday - HOUR), monday)
    assert [slot.report[-3:] for slot in slots] == ["001", "002", "004", "005", "006"]
    assert {slot.due_at for slot in slots} == {monday}


def test_slots_of_all_reports_come_oldest_first_each_from_its_own_instant() -> None:
    after = {
        Report.ECOSMIG_002: datetime(2026, 5, 31, 12, tzinfo=UTC),
        Report.ECOSMIG_001: datetime(2026, 5, 31, 6, tzinfo=UTC),
    }
    assert all_due_slots(after, datetime(2026, 6, 1, 6, tzinfo=UTC)) == [
        Slot(datetime(2026, 5, 31, 18, tzinfo=UTC), Report.ECOSMIG_002),
        Slot(datetime(2026, 6, 1, 0, tzinfo=UTC), Report.ECOSMIG_002),
        Slot(datetime(2026, 6, 1, 6, tzinfo=UTC), Report.ECOSMIG_001),
        Slot(datetime(2026, 6, 1, 6, tzinfo=UTC), Report.ECOSMIG_002),
    ]


@pytest.mark.parametrize("report", Report)
def test_the_period_of_a_slot_written_in_another_zone_is_the_same(report: Report) -> None:
    due_at = due_by_brute_force(report)[20]
    elsewhere = due_at.astimezone(timezone(timedelta(hours=-9)))
    period = period_of(Slot(elsewhere, report))
    assert period == period_of(Slot(due_at, report))
    assert period.start.tzinfo is UTC


@pytest.mark.parametrize(
    ("report", "instant"),
    [
        ("ECOSMIG-001", "2026-06-01T07:00:00"),
        ("ECOSMIG-001", "2026-06-01T06:00:00.000001"),
        ("ECOSMIG-001", "2026-06-01T05:59:59.999999"),
        ("ECOSMIG-002", "2026-06-01T03:00:00"),
        ("ECOSMIG-003", "2026-06-01T08:00:00"),
        ("ECOSMIG-003", "2026-06-02T06:00:00"),
        ("ECOSMIG-004", "2026-06-02T06:00:00"),
        ("ECOSMIG-005", "2026-05-31T06:00:00"),
        ("ECOSMIG-006", "2026-06-02T06:00:00"),
    ],
)
def test_an_instant_that_is_no_slot_of_the_report_has_no_period(report: str, instant: str) -> None:
    slot = Slot(datetime.fromisoformat(instant).replace(tzinfo=UTC), Report(report))
    with pytest.raises(ValueError, match="has no slot at"):
        period_of(slot)


@pytest.mark.parametrize("report", Report)
def test_an_instant_without_zone_is_refused_rather_than_guessed(report: Report) -> None:
    naive = datetime(2026, 6, 1)  # noqa: DTZ001 - what is refused
    with pytest.raises(TypeError):
        next(due_slots(report, after=naive, until=END))


def test_a_period_is_half_open_and_its_last_second_is_shown() -> None:
    period = Period(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC))
    assert period.last_second == datetime(2026, 6, 1, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize("report", Report)
def test_the_last_due_slot_is_due_at_its_instant_and_until_the_next_one(report: Report) -> None:
    instants = due_by_brute_force(report)[:40]
    for due_at, following in pairwise(instants):
        for until in (due_at, due_at + HOUR, following - timedelta(microseconds=1)):
            assert last_due_slot(report, until) == Slot(due_at, report)


@pytest.mark.parametrize("report", Report)
def test_a_period_leads_back_to_the_slot_that_reports_on_it(report: Report) -> None:
    for due_at in due_by_brute_force(report)[:40]:
        slot = Slot(due_at, report)
        period = period_of(slot)
        assert slot_reporting_on(report, period) == slot
        assert slot_reporting_on(report, Period(period.start, period.end + timedelta(seconds=1))) is None
        assert slot_reporting_on(report, Period(period.start + HOUR, period.end)) is None


def test_a_period_at_the_end_of_the_calendar_has_no_slot() -> None:
    end = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert slot_reporting_on(Report.ECOSMIG_001, Period(end - HOUR, end)) is None
