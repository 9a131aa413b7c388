"""Held rows: kept with their reason, tried again at every slot, never dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from tests.installation import at
from tests.workflows.made import (
    HOUR,
    MONDAY,
    A,
    B,
    attempt,
    details,
    device,
    failed,
    installation,
    installed,
    shown,
    source,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation

TUESDAY, WEDNESDAY = at("2024-03-05T06:00:00"), at("2024-03-06T06:00:00")


def _held(made: Installation) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(hold.report[-3:], hold.key, hold.reasons) for hold in made.open_holds()]


def test_a_held_row_goes_out_in_the_first_issue_that_can_carry_it(tmp_path: Path) -> None:
    data = source()
    data.devices[0]["mpxn"] = None
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 3, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    assert made.run(TUESDAY).exit_status is ExitStatus.OK
    assert _held(made) == [("001", "attempt:1", ("empty:mpxn",))]
    data.devices[0]["mpxn"] = "1200034567750"
    shown(made, data)
    made.run(WEDNESDAY)
    assert _held(made) == []
    assert [row[2] for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_2_")] == ["1200034567750"]


def test_a_mended_responsibility_sends_a_held_row_to_its_right_recipient(tmp_path: Path) -> None:
    data = source()
    data.responsibilities[0]["sec_party_id"] = "ZZZ999"
    data.migration_attempts = [failed(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    assert _held(made) == [("002", "attempt:1", ("unknown-party",))]
    data.responsibilities[0]["sec_party_id"] = B
    shown(made, data)
    made.run(TUESDAY + 6 * HOUR)
    assert _held(made) == []
    assert set(made.published()) == {f"{B}/ECOSMIG-002_{B}_1_20240305120000.csv"}


def test_a_row_keeps_its_first_slot_while_it_is_held(tmp_path: Path) -> None:
    data = source()
    data.devices.clear()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    made.run(WEDNESDAY)
    (hold,) = made.open_holds()
    assert (hold.reasons, hold.held_since, hold.last_tried_at) == (("no-device",), TUESDAY, WEDNESDAY)


def test_a_held_row_that_the_source_lost_stays_held_and_says_so(tmp_path: Path) -> None:
    data = source()
    data.devices[0]["mpxn"] = ""
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    del data.migration_attempts[0]
    shown(made, data)
    made.run(WEDNESDAY)
    assert _held(made) == [("001", "attempt:1", ("row-gone",))]


def test_one_bad_row_stops_neither_the_others_nor_the_report(tmp_path: Path) -> None:
    data = source()
    data.devices[0] = device(1, manufacturer="m" * 31, model=None)
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 3, MONDAY + HOUR), attempt(3, 2, MONDAY)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    assert _held(made) == [("001", "attempt:1", ("too-long:manufacturer", "empty:model"))]
    assert len(details(made.published(), f"{A}/ECOSMIG-001_{A}_1_")) == 1
    assert len(details(made.published(), f"{B}/ECOSMIG-001_{B}_1_")) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"attempt_id": None}, "empty:attempt_id"),
        ({"outcome": "PERHAPS"}, "invalid:outcome"),
        ({"completed_at": None}, "empty:completed_at"),
        ({"recorded_at": None}, "empty:recorded_at"),
    ],
)
def test_a_row_that_breaks_the_contract_is_held(changed: dict[str, object], reason: str, tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [{**attempt(1, 1, MONDAY + HOUR), **changed}, attempt(2, 3, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    held = _held(made)
    assert [reasons for report, _, reasons in held if report == "001"] == [(reason,)]
    assert len(details(made.published(), f"{A}/ECOSMIG-001_{A}_1_")) == 1


def test_a_number_that_two_rows_have_is_held_until_one_of_them_has_it(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(1, 3, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    assert _held(made) == [("001", "attempt:1", ("duplicate-key",))]
    del data.migration_attempts[1]
    shown(made, data)
    made.run(WEDNESDAY)
    assert _held(made) == []
    assert [row[1] for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_1_")] == [data.devices[0]["device_id"]]


def test_a_device_that_two_suppliers_claim_is_held_and_in_nobodys_file(tmp_path: Path) -> None:
    data = source()
    data.responsibilities.append({**data.responsibilities[0], "sec_party_id": B})
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 3, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    assert _held(made) == [("001", "attempt:1", ("overlapping-responsibilities",))]
    assert not [name for name in made.published() if name.startswith(B)]


def test_a_non_migratable_model_without_its_instant_makes_problems_of_the_devices_it_would_count(
    tmp_path: Path,
) -> None:
    data = source(devices=2)
    data.device_status_events = [installation(1, 1, MONDAY - 24 * HOUR)]
    model = {name: data.devices[0][name] for name in ("device_type", "manufacturer", "model", "firmware_version")}
    data.non_migratable_models = [{**model, "non_migratable_at": None, "withdrawn_at": None}]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    with made.wiring().ledger() as ledger:
        problems = ledger.problems(report=Report.ECOSMIG_004)
    assert [(problem.reason, problem.key) for problem in problems] == [
        ("empty:non_migratable_at", f"device:{data.devices[0]['device_id']}")
    ]
    assert made.published() == {}


def test_an_attempt_that_two_suppliers_claim_is_one_problem_of_005(tmp_path: Path) -> None:
    data = source()
    data.responsibilities.append({**data.responsibilities[0], "sec_party_id": B})
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(at("2024-03-11T06:00:00"))
    with made.wiring().ledger() as ledger:
        problems = [(it.reason, it.key, it.count) for it in ledger.problems(report=Report.ECOSMIG_005)]
    assert problems == [("overlapping-responsibilities", "attempt:1", 1)]
