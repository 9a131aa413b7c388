"""Whose Devices the rows of a finished file are, by the source and by the exact instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.guards.leak import Fault
from tests.guards.handmade import checked, failure, finished, gained, installed, success
from tests.workflows.made import A, B, attempt, device_id, failed, installation, source

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.guards.leak import BadFile
    from tests.plain.data import Data, Row

EVENING = datetime(2024, 3, 4, 20)
PRINTED = "20240304T200000"
OF_001, OF_002, OF_003, OF_006 = (
    Report.ECOSMIG_001,
    Report.ECOSMIG_002,
    Report.ECOSMIG_003,
    Report.ECOSMIG_006,
)


def span(holder: str | None, since: datetime, until: datetime | None, number: int = 1) -> Row:
    return {
        "device_id": device_id(number),
        "sec_party_id": holder,
        "effective_from": since,
        "effective_to": until,
    }


def handed_over(when: datetime, *attempted: datetime) -> Data:
    """Device 1 is A's until `when` and then B's; it succeeds at each of `attempted`."""
    data = source(1)
    data.responsibilities = [span(A, datetime(2020, 1, 1), when), span(B, when, None)]
    data.migration_attempts = [attempt(number, 1, moment) for number, moment in enumerate(attempted, 1)]
    return data


def told(found: list[BadFile]) -> list[tuple[str, Fault, tuple[int, ...]]]:
    return [(bad.recipient, bad.fault, bad.records) for bad in found]


def of_001(home: Path, data: Data, recipient: str, *printed: str) -> list[tuple[str, Fault, tuple[int, ...]]]:
    details = [success(device_id(1), moment) for moment in printed]
    return told(checked([finished(home, OF_001, recipient, details)], OF_001, data, home))


def test_the_rows_of_the_recipient_pass(tmp_path: Path) -> None:
    data = handed_over(datetime(2024, 3, 4, 21), EVENING)
    assert of_001(tmp_path, data, A, PRINTED) == []


def test_the_rows_of_a_rival_are_told_by_file_and_record_without_a_device_id(tmp_path: Path) -> None:
    data = source(4)
    data.migration_attempts = [attempt(number, number, EVENING) for number in range(1, 5)]
    details = [success(device_id(number), PRINTED) for number in (1, 2, 3, 4)]
    files = [
        finished(tmp_path, OF_001, A, [details[0], details[2]]),
        # Devices 1 and 3 are A's; they are details 1 and 3, records 2 and 4.
        finished(tmp_path, OF_001, B, details),
    ]
    found = checked(files, OF_001, data, tmp_path)
    assert told(found) == [(B, Fault.FOREIGN, (2, 4))]
    assert str(found[0]) == (
        "ECOSMIG-001_PXX002_1_20240305060000.csv: 2 rows are not PXX002's, by the source's responsibilities "
        "(records 2, 4)"
    )


@pytest.mark.parametrize(
    ("handover", "attempted", "owner"),
    [
        # Printed alike, a microsecond decides.
        (EVENING + timedelta(microseconds=500_000), EVENING + timedelta(microseconds=499_999), A),
        (EVENING + timedelta(microseconds=500_000), EVENING + timedelta(microseconds=500_000), B),
        (EVENING + timedelta(microseconds=500_000), EVENING + timedelta(microseconds=500_001), B),
        # The second begins, or ends, with the handover.
        (EVENING, EVENING, B),
        (EVENING + timedelta(seconds=1), EVENING + timedelta(microseconds=999_999), A),
    ],
)
def test_a_handover_within_the_printed_second_is_judged_by_the_exact_instant(
    handover: datetime, attempted: datetime, owner: str, tmp_path: Path
) -> None:
    data = handed_over(handover, attempted)
    other = B if owner == A else A
    assert of_001(tmp_path / "own", data, owner, PRINTED) == []
    assert of_001(tmp_path / "other", data, other, PRINTED) == [(other, Fault.FOREIGN, (2,))]


def test_two_attempts_in_the_second_of_a_handover_are_one_row_of_either(tmp_path: Path) -> None:
    before, after = EVENING + timedelta(microseconds=1), EVENING + timedelta(microseconds=900_000)
    data = handed_over(EVENING + timedelta(microseconds=500_000), before, after)
    assert of_001(tmp_path / "a", data, A, PRINTED) == []
    assert of_001(tmp_path / "b", data, B, PRINTED) == []


def test_a_gap_is_nobodys_and_a_way_back_is_the_first_ones_again(tmp_path: Path) -> None:
    data = source(1)
    data.responsibilities = [
        span(A, datetime(2020, 1, 1), EVENING - timedelta(hours=1)),
        span(B, EVENING - timedelta(hours=1), EVENING),
        span(A, EVENING + timedelta(minutes=10), None),
    ]
    moments = [EVENING - timedelta(minutes=1), EVENING + timedelta(minutes=5), EVENING + timedelta(minutes=10)]
    data.migration_attempts = [attempt(number, 1, moment) for number, moment in enumerate(moments, 1)]
    printed = ["20240304T195900", "20240304T200500", "20240304T201000"]
    assert of_001(tmp_path / "a", data, A, *printed) == [(A, Fault.FOREIGN, (2, 3))]
    assert of_001(tmp_path / "b", data, B, *printed) == [(B, Fault.FOREIGN, (3, 4))]


@pytest.mark.parametrize("nobody", [None, ""])
def test_a_span_that_names_nobody_makes_nobody_responsible(nobody: str | None, tmp_path: Path) -> None:
    data = source(1)
    data.responsibilities = [span(nobody, datetime(2020, 1, 1), None)]
    data.migration_attempts = [attempt(1, 1, EVENING)]
    assert of_001(tmp_path, data, A, PRINTED) == [(A, Fault.FOREIGN, (2,))]


def test_a_row_that_stands_for_nothing_in_the_source_is_told(tmp_path: Path) -> None:
    data = handed_over(datetime(2024, 3, 5), EVENING)
    assert of_001(tmp_path, data, A, PRINTED, "20240304T200001") == [(A, Fault.UNKNOWN, (3,))]


def test_a_failure_is_no_success(tmp_path: Path) -> None:
    data = source(1)
    data.migration_attempts = [failed(1, 1, EVENING)]
    assert of_001(tmp_path, data, A, PRINTED) == [(A, Fault.UNKNOWN, (2,))]
    file = finished(tmp_path / "002", OF_002, A, [failure(device_id(1), PRINTED)])
    assert checked([file], OF_002, data, tmp_path) == []


def test_a_late_row_is_judged_at_its_own_instant(tmp_path: Path) -> None:
    long_ago = datetime(2023, 5, 1, 12)
    data = handed_over(datetime(2024, 1, 1), long_ago)
    assert of_001(tmp_path / "a", data, A, "20230501T120000") == []
    assert of_001(tmp_path / "b", data, B, "20230501T120000") == [(B, Fault.FOREIGN, (2,))]


def test_one_foreign_row_in_the_second_part_of_a_split_is_found(tmp_path: Path) -> None:
    data = source(3)
    data.migration_attempts = [attempt(number, number, EVENING) for number in range(1, 4)]
    parts = [
        finished(tmp_path, OF_001, A, [success(device_id(1), PRINTED)]),
        finished(tmp_path, OF_001, A, [success(device_id(2), PRINTED), success(device_id(3), PRINTED)], sequence=2),
    ]
    found = checked(parts, OF_001, data, tmp_path)
    assert [(bad.name, bad.records) for bad in found] == [("ECOSMIG-001_PXX001_2_20240305060000.csv", (2,))]


def test_values_with_commas_quotes_and_line_breaks_move_no_record(tmp_path: Path) -> None:
    data = source(3)
    data.migration_attempts = [attempt(number, number, EVENING) for number in range(1, 4)]
    details = [
        success(device_id(1), PRINTED, model='"a,""b"""'),
        success(device_id(2), PRINTED, model='"a\r\nb"'),
        success(device_id(3), PRINTED),
    ]
    assert told(checked([finished(tmp_path, OF_001, A, details)], OF_001, data, tmp_path)) == [(A, Fault.FOREIGN, (3,))]


def test_more_rows_than_are_held_at_once_are_judged_alike(tmp_path: Path) -> None:
    data = source(8)
    data.migration_attempts = [attempt(number, number, EVENING) for number in range(1, 9)]
    details = [success(device_id(number), PRINTED) for number in (1, 3, 5, 7)]
    files = [
        finished(tmp_path, OF_001, A, details),
        finished(tmp_path, OF_001, A, [*details, success(device_id(8), PRINTED)], sequence=2),
        finished(tmp_path, OF_001, B, [success(device_id(2), PRINTED)]),
    ]
    found = checked(files, OF_001, data, tmp_path, rows_at_once=3)
    assert [(bad.name, bad.records) for bad in found] == [("ECOSMIG-001_PXX001_2_20240305060000.csv", (6,))]


def test_an_installation_is_judged_by_its_status_event(tmp_path: Path) -> None:
    data = source(2)
    data.device_status_events = [installation(1, 1, EVENING), installation(2, 2, EVENING)]
    details = [installed(device_id(1), PRINTED), installed(device_id(2), PRINTED)]
    assert told(checked([finished(tmp_path, OF_006, A, details)], OF_006, data, tmp_path)) == [(A, Fault.FOREIGN, (3,))]


def test_an_installation_of_a_gpf_is_judged_by_its_notification(tmp_path: Path) -> None:
    data = source(2)
    data.network_notifications = [notified(1, 1, EVENING), notified(2, 2, EVENING)]
    details = [installed(device_id(1), PRINTED), installed(device_id(2), PRINTED)]
    assert told(checked([finished(tmp_path, OF_006, B, details)], OF_006, data, tmp_path)) == [(B, Fault.FOREIGN, (2,))]


def test_a_suspension_is_no_installation(tmp_path: Path) -> None:
    data = source(1)
    data.device_status_events = [installation(1, 1, EVENING, to_status="SUSPENDED")]
    details = [installed(device_id(1), PRINTED)]
    assert told(checked([finished(tmp_path, OF_006, A, details)], OF_006, data, tmp_path)) == [(A, Fault.UNKNOWN, (2,))]


def notified(number: int, of_device: int, occurred_at: datetime) -> dict[str, Any]:
    return {
        "notification_id": number,
        "device_id": device_id(of_device),
        "occurred_at": occurred_at,
        "recorded_at": occurred_at,
    }


MARCH, APRIL = datetime(2024, 3, 1), datetime(2024, 4, 1)
LONG_AGO, MICROSECOND = datetime(2020, 1, 1), timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("spans", "gainers"),
    [
        # Gained at the first instant of the month, and at the last one.
        ([(A, LONG_AGO, MARCH), (B, MARCH, None)], {B}),
        ([(A, LONG_AGO, APRIL - MICROSECOND), (B, APRIL - MICROSECOND, None)], {B}),
        # Before it, and exactly at its end, which doesn't count yet.
        ([(A, LONG_AGO, MARCH - MICROSECOND), (B, MARCH - MICROSECOND, None)], set()),
        ([(A, LONG_AGO, APRIL), (B, APRIL, None)], set()),
        # Lost again before the end; lost exactly at the end.
        ([(A, LONG_AGO, EVENING), (B, EVENING, APRIL - MICROSECOND), (A, APRIL - MICROSECOND, None)], {A}),
        ([(A, LONG_AGO, EVENING), (B, EVENING, APRIL)], {B}),
        # Away and back inside the month.
        ([(A, LONG_AGO, MARCH), (B, MARCH, EVENING), (A, EVENING, None)], {A}),
        # A gap: the supplier before it counts as the one before.
        ([(A, LONG_AGO, datetime(2021, 1, 1)), (B, EVENING, None)], {B}),
        ([(A, LONG_AGO, MARCH), (A, EVENING, None)], set()),
        # Two spans of one supplier that meet are one; a first installation is no change.
        ([(B, LONG_AGO, datetime(2023, 1, 1)), (A, datetime(2023, 1, 1), EVENING), (A, EVENING, None)], set()),
        ([(A, EVENING, None)], set()),
        # A span that ends where it begins makes nobody responsible.
        ([(A, LONG_AGO, EVENING), (B, EVENING, EVENING), (A, EVENING, None)], set()),
    ],
)
def test_a_row_of_003_is_its_gainers_alone(
    spans: list[tuple[str, datetime, datetime | None]], gainers: set[str], tmp_path: Path
) -> None:
    data = source(1)
    data.responsibilities = [span(*it) for it in spans]
    data.migration_attempts = [attempt(1, 1, datetime(2024, 2, 1))]
    passed = set()
    for recipient in (A, B):
        file = finished(tmp_path / recipient, OF_003, recipient, [gained(device_id(1), "20240201T000000")])
        found = told(checked([file], OF_003, data, tmp_path))
        assert found in ([], [(recipient, Fault.FOREIGN, (2,))])
        passed |= set() if found else {recipient}
    assert passed == gainers
