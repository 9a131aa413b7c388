"""What an older system has reported is told by its bounds: none of it is reported again, nothing else is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import UsageError
from ecosmig_publish.workflows.recovery.seeding import plan_seeding, seed
from ecosmig_publish.workflows.verifying import verify_folders
from tests.installation import SECOND, at
from tests.workflows.made import (
    HOUR,
    MONDAY,
    A,
    attempt,
    details,
    device,
    device_id,
    failed,
    installation,
    installed,
    shown,
    source,
)

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.installation import Installation

LAST = at("2024-03-04T06:00:00")
"""The slot of 001 and 002 at which the older system stopped: 001's period ended at midnight, 002's at 05:00."""
NEXT = LAST + timedelta(days=1)
FIRST_OF_MARCH, FIRST_OF_APRIL = at("2024-03-01T06:00:00"), at("2024-04-01T06:00:00")


def take_over(made: Installation, bounds: dict[Report, datetime], cut_off: datetime | None = None) -> None:
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        plan = plan_seeding(
            {},
            bounds,
            from_folders=True,
            ledger=ledger,
            destination=wiring.publishing(ledger),
            start=wiring.settings.start,
            now=made.now,
        )
        seed(
            plan,
            cut_off=cut_off,
            settle=wiring.settings.source.settle,
            ledger=ledger,
            open_data=wiring.data,
            now=made.now,
        )


def reported(made: Installation, report: int) -> set[str]:
    """Return the Devices in all files of a report that this installation published."""
    return {
        line.split(",")[1]
        for path, content in made.published().items()
        if f"/ECOSMIG-00{report}_" in path and b"from the older system" not in content
        for line in content.decode().splitlines()[1:-1]
    }


def test_attempts_under_the_bounds_are_not_reported_again_and_all_others_are(tmp_path: Path) -> None:
    data = source(5)
    before_the_end = MONDAY - 2 * HOUR
    late = {"recorded_at": MONDAY + 6 * HOUR + SECOND}
    data.migration_attempts += [
        attempt(1, 1, before_the_end),
        attempt(2, 2, before_the_end, **late),
        attempt(3, 3, MONDAY),
        failed(4, 4, MONDAY + 4 * HOUR),
        failed(5, 5, MONDAY + 5 * HOUR),
    ]
    made = installed(tmp_path, data)
    take_over(made, {Report.ECOSMIG_001: LAST, Report.ECOSMIG_002: LAST})
    made.run(NEXT)
    # Device 1's was reported; 2's was recorded too late for that, 3's is of the next day; 5's of the next six hours.
    assert reported(made, 1) == {device_id(2), device_id(3)}
    assert reported(made, 2) == {device_id(5)}


def test_what_was_recorded_by_a_later_cut_off_counts_as_reported(tmp_path: Path) -> None:
    data = source(2)
    data.migration_attempts += [
        attempt(1, 1, MONDAY - HOUR, recorded_at=MONDAY + 6 * HOUR + 59 * SECOND),
        attempt(2, 2, MONDAY - HOUR, recorded_at=MONDAY + 6 * HOUR + 61 * SECOND),
    ]
    made = installed(tmp_path, data)
    take_over(made, {Report.ECOSMIG_001: LAST}, cut_off=LAST + timedelta(minutes=1))
    made.run(NEXT)
    assert reported(made, 1) == {device_id(2)}


def test_a_row_that_turns_up_behind_a_seeded_cut_off_is_found(tmp_path: Path) -> None:
    data = source(2)
    data.migration_attempts.append(attempt(1, 1, MONDAY - HOUR))
    made = installed(tmp_path, data)
    take_over(made, {Report.ECOSMIG_001: LAST})
    data.migration_attempts.append(attempt(2, 2, MONDAY - HOUR))
    shown(made, data)
    (finding,) = made.run(NEXT).findings
    assert "behind the cut-off 2024-03-04T06:00:00Z that its slot 2024-03-04T06:00:00Z used" in finding


def test_installations_under_the_bounds_are_known_by_their_keys(tmp_path: Path) -> None:
    data = source(0)
    february = MONDAY - timedelta(days=20)
    flags = {1: True, 2: True, 3: True, 4: False, 5: None}
    for number, flag in flags.items():
        data.devices.append(device(number, installed_with_ecos=flag))
        data.responsibilities.append(
            {
                "device_id": device_id(number),
                "sec_party_id": A,
                "effective_from": MONDAY - timedelta(days=900),
                "effective_to": None,
            }
        )
    data.device_status_events += [
        installation(1, 1, february),
        installation(2, 2, february, recorded_at=MONDAY),
        installation(3, 3, MONDAY),
        installation(4, 4, february),
        installation(5, 5, february),
    ]
    made = installed(tmp_path, data)
    made.start = at("2024-02-15T00:00:00")
    take_over(made, {Report.ECOSMIG_006: FIRST_OF_MARCH})
    # The owner mends two flags: 4's installation comes to belong into 006, 5's belonged there before.
    for row in data.devices:
        row["installed_with_ecos"] = True
    shown(made, data)
    made.run(FIRST_OF_APRIL)
    assert reported(made, 6) == {device_id(2), device_id(3), device_id(4)}


def test_a_gpf_whose_first_notification_lies_under_the_bounds_is_not_reported_again(tmp_path: Path) -> None:
    data = source(0)
    data.devices += [
        device(1, device_type="GPF", installed_with_ecos=True, communications_hub_id=device_id(9)),
        device(2, device_type="GPF", installed_with_ecos=True, communications_hub_id=device_id(9)),
        device(3, communications_hub_id=device_id(9)),
    ]
    for number in (1, 2, 3):
        data.responsibilities.append(
            {
                "device_id": device_id(number),
                "sec_party_id": A,
                "effective_from": MONDAY - timedelta(days=900),
                "effective_to": None,
            }
        )
    for number, of_device, occurred_at in ((1, 1, MONDAY - timedelta(days=9)), (2, 1, MONDAY), (3, 2, MONDAY)):
        data.network_notifications.append(
            {
                "notification_id": number,
                "device_id": device_id(of_device),
                "occurred_at": occurred_at,
                "recorded_at": occurred_at + SECOND,
            }
        )
    made = installed(tmp_path, data)
    take_over(made, {Report.ECOSMIG_006: FIRST_OF_MARCH})
    made.run(FIRST_OF_APRIL)
    assert reported(made, 6) == {device_id(2)}


def test_the_number_and_the_rows_go_on_together(tmp_path: Path) -> None:
    data = source(2)
    data.migration_attempts += [attempt(1, 1, MONDAY - HOUR), attempt(2, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    (folder,) = (made.home / "published").glob(f"{A} *")
    for number in (1, 2):
        name = f"ECOSMIG-001_{A}_{number}_2024030{number}060000.csv"
        (folder / name).write_bytes(b"from the older system")
    take_over(made, {Report.ECOSMIG_001: LAST})
    made.run(NEXT)
    rows = details(made.published(), f"{A}/ECOSMIG-001_{A}_3_")
    assert [row[1] for row in rows] == [device_id(1)]
    wiring = made.wiring()
    with wiring.ledger() as ledger:
        verified = verify_folders(ledger=ledger, destination=wiring.publishing(ledger))
    assert (verified.discrepancies, verified.earlier) == ((), 2)


def test_a_cut_off_that_no_run_could_use_yet_is_refused(tmp_path: Path) -> None:
    made = installed(tmp_path, source())
    with pytest.raises(UsageError, match="later than what a run could use now"):
        take_over(made, {Report.ECOSMIG_001: LAST}, cut_off=made.now + SECOND)
