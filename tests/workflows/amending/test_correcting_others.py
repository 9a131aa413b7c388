"""Corrections of the other reports: summaries as a whole, installations by key; and of what is whose, in total."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import UsageError
from ecosmig_publish.workflows.amending.choosing import Meant
from ecosmig_publish.workflows.running import Narrowing
from tests.installation import at
from tests.workflows.amending.amended import TUESDAY, WEDNESDAY, corrected, held, mended, name_of, withdrawn
from tests.workflows.made import (
    HOUR,
    MONDAY,
    A,
    B,
    attempt,
    details,
    device_id,
    failed,
    installation,
    installed,
    shown,
    source,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

DAY = 24 * HOUR
NEXT_MONDAY = at("2024-03-11T06:00:00")
APRIL, MAY, JUNE = at("2024-04-01T06:00:00"), at("2024-05-01T06:00:00"), at("2024-06-01T06:00:00")
OF_003, OF_005, OF_006 = (Narrowing(reports=[Report(f"ECOSMIG-00{number}")]) for number in (3, 5, 6))


def gains(of_device: int, moment: object) -> list[dict[str, object]]:
    """A Device that goes from A to B at an instant."""
    end = {"device_id": device_id(of_device), "sec_party_id": A, "effective_to": moment}
    start = {"device_id": device_id(of_device), "sec_party_id": B, "effective_to": None}
    first = MONDAY.replace(year=2020)
    return [{**end, "effective_from": first}, {**start, "effective_from": moment}]


def test_a_change_of_supplier_entered_after_the_slot_reaches_its_gainer(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    slot = at("2024-04-02T08:00:00")
    made.run(slot, OF_003)
    assert made.issued() == {}
    data.responsibilities[0:1] = gains(1, MONDAY + 5 * DAY)
    shown(made, data)
    done = corrected(made, Meant(report=Report.ECOSMIG_003, recipient=Signifier(B), due_at=slot), slot + DAY)
    assert (done.numbers, done.rows, done.target.issue) == ((1,), 1, None)
    (row,) = details(made.published(), f"{B}/ECOSMIG-003_{B}_1_20240403080000.csv")
    assert (row[1], row[7], row[10]) == (device_id(1), "Success", "20240304T010000")


def test_a_slot_that_has_nothing_for_a_recipient_still_has_nothing(tmp_path: Path) -> None:
    made = installed(tmp_path, source())
    slot = at("2024-04-02T08:00:00")
    made.run(slot, OF_003)
    with pytest.raises(UsageError, match="there are no rows for a new one"):
        corrected(made, Meant(report=Report.ECOSMIG_003, recipient=Signifier(B), due_at=slot), slot + DAY)
    assert made.issued() == {}


def test_a_week_is_counted_anew_and_the_other_recipient_is_left_alone(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), failed(2, 2, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(NEXT_MONDAY, OF_005)
    mended(data, 2, A)
    shown(made, data)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-005_{A}_1_")]), NEXT_MONDAY + HOUR)
    rows = details(made.published(), f"{A}/ECOSMIG-005_{A}_2_")
    assert (len(rows), rows[0]) == (7, ["10", "20240304", "1", "1"])
    assert not [path for path in made.issued() if path.startswith(f"{B}/ECOSMIG-005_{B}_2_")]
    assert held(made) == []


def test_a_recipient_without_activity_any_more_gets_an_empty_week(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(NEXT_MONDAY, OF_005)
    mended(data, 1, B)
    shown(made, data)
    done = corrected(made, Meant(names=[name_of(made, f"ECOSMIG-005_{A}_1_")]), NEXT_MONDAY + HOUR)
    assert done.rows == 0
    assert details(made.published(), f"{A}/ECOSMIG-005_{A}_2_") == []


def installed_in_march() -> Data:
    """ECoS Devices 1 and 3 of A, one of them a GPF with its meter on one hub."""
    data = source()
    for number in (1, 3):
        data.devices[number - 1]["installed_with_ecos"] = True
    data.devices[2] |= {"device_type": "GPF", "communications_hub_id": "hub"}
    data.devices[3] |= {"communications_hub_id": "hub"}
    data.device_status_events = [installation(1, 1, MONDAY + HOUR)]
    notified = {"device_id": device_id(3), "occurred_at": MONDAY + 2 * HOUR, "recorded_at": MONDAY + 2 * HOUR}
    data.network_notifications = [{"notification_id": 1, **notified}]
    return data


@pytest.fixture
def ecos() -> Data:
    return installed_in_march()


@pytest.fixture(scope="module")
def in_april(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("april") / "it", installed_in_march())
    made.run(APRIL, OF_006)
    return made


@pytest.fixture
def made(in_april: Installation, tmp_path: Path) -> Installation:
    """Both installations were reported to A in April."""
    return in_april.copied(tmp_path / "it")


def test_an_installation_of_somebody_else_reaches_them_once(made: Installation, ecos: Data) -> None:
    assert len(details(made.published(), f"{A}/ECOSMIG-006_{A}_1_")) == 2
    mended(ecos, 1, B)
    mended(ecos, 3, B)
    shown(made, ecos)
    first = name_of(made, f"ECOSMIG-006_{A}_1_")
    done = corrected(made, Meant(names=[first]), APRIL + HOUR)
    reasons = (f"corrected:{first}",)
    gpf = f"gpf:{device_id(3)}"
    assert (done.rows, held(made)) == (0, [("006", "event:1", reasons), ("006", gpf, reasons)])
    made.run(MAY, OF_006)
    made.run(JUNE, OF_006)
    assert [row[1] for row in details(made.published(), f"{B}/ECOSMIG-006_{B}_1_")] == [device_id(1), device_id(3)]
    assert not [path for path in made.issued() if path.startswith(f"{B}/ECOSMIG-006_{B}_2_")]
    assert held(made) == []


def test_released_installations_go_out_though_their_keys_were_reported(made: Installation) -> None:
    withdrawn(made, name_of(made, f"ECOSMIG-006_{A}_1_"), releases=True)
    made.run(MAY, OF_006)
    made.run(JUNE, OF_006)
    assert len(details(made.published(), f"{A}/ECOSMIG-006_{A}_2_")) == 2
    assert not [path for path in made.issued() if path.startswith(f"{A}/ECOSMIG-006_{A}_3_")]


def test_a_gpf_whose_earlier_notification_turned_up_shows_that_one(made: Installation, ecos: Data) -> None:
    earlier = {**ecos.network_notifications[0], "notification_id": 2, "occurred_at": MONDAY + HOUR / 2}
    ecos.network_notifications = [earlier, {**ecos.network_notifications[0], "notification_id": 1}]
    shown(made, ecos)
    done = corrected(made, Meant(names=[name_of(made, f"ECOSMIG-006_{A}_1_")]), APRIL + HOUR)
    assert (done.rows, done.gone) == (2, 0)
    assert details(made.published(), f"{A}/ECOSMIG-006_{A}_2_")[0][1::2] == [device_id(3), "20240304T003000"]


def test_an_installation_that_is_no_longer_of_ecos_leaves_the_report(made: Installation, ecos: Data) -> None:
    ecos.devices[0]["installed_with_ecos"] = False
    shown(made, ecos)
    done = corrected(made, Meant(names=[name_of(made, f"ECOSMIG-006_{A}_1_")]), APRIL + HOUR)
    assert (done.rows, list(done.held)) == (1, ["event:1"])
    made.run(MAY, OF_006)
    assert held(made) == []


def test_an_installation_that_left_the_report_comes_back_once_with_its_flag(made: Installation, ecos: Data) -> None:
    ecos.devices[0]["installed_with_ecos"] = False
    shown(made, ecos)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-006_{A}_1_")]), APRIL + HOUR)
    made.run(MAY, OF_006)
    ecos.devices[0]["installed_with_ecos"] = True
    shown(made, ecos)
    made.run(JUNE, OF_006)
    made.run(JUNE.replace(month=7), OF_006)
    of_june = f"{A}/ECOSMIG-006_{A}_3_"
    assert [row[1] for row in details(made.published(), of_june)] == [device_id(1)]
    assert not [path for path in made.issued() if path.startswith(f"{A}/ECOSMIG-006_{A}_4_")]


def test_over_all_files_that_are_not_superseded_each_row_stands_once(tmp_path: Path) -> None:
    data = source()
    for number in range(1, 9):
        data.migration_attempts.append(attempt(number, (number - 1) % 4 + 1, MONDAY + number * HOUR))
    made = installed(tmp_path, data)
    of_001 = Narrowing(reports=[Report.ECOSMIG_001])
    made.run(TUESDAY, of_001)
    mended(data, 1, B)
    mended(data, 4, A)
    shown(made, data)
    for recipient in (A, B):
        corrected(made, Meant(names=[f"ECOSMIG-001_{recipient}_1_20240305060000.csv"]), TUESDAY + HOUR)
    made.run(WEDNESDAY, of_001)
    mended(data, 1, A)
    shown(made, data)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-001_{B}_3_")]), WEDNESDAY + HOUR)
    made.run(WEDNESDAY + DAY, of_001)
    assert held(made) == []
    rows = Counter((row[1], row[-1]) for row in standing(made))
    assert rows == Counter((it["device_id"], f"{it['completed_at']:%Y%m%dT%H%M%S}") for it in data.migration_attempts)


def standing(made: Installation) -> list[list[str]]:
    """Return the details of all files of issues that were not superseded."""
    with made.wiring().ledger() as ledger:
        names = [f"{file.recipient}/{file.name}" for file in ledger.files() if file.superseded_by is None]
    published = made.published()
    return [row for name in names for row in details(published, name)]
