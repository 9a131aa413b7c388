"""What was issued against the source as it stands: vanished, altered, foreign, unreportable, turned up too late."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, parse_signifier
from ecosmig_publish.workflows.comparing_source import Compared, Kind, Wanted, compare_with_source
from tests.cli.driving import ecosmig
from tests.installation import Installation, at
from tests.plain.nasty import START, stages
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, device_id, failed, installation, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plain.data import Data

TUESDAY = at("2024-03-05T06:00:00")
MONTH = at("2024-04-02T08:00:00")
OF_001 = f"ECOSMIG-001_{A}_1_20240305060000.csv"


def compared(made: Installation, wanted: Wanted | None = None) -> Compared:
    wiring = made.wiring()
    with wiring.ledger() as ledger, wiring.data() as data:
        return compare_with_source(wanted or Wanted(), ledger=ledger, outbox=wiring.outbox(), data=data)


def told(found: Compared) -> dict[str, dict[Kind, int]]:
    """What was found of each report and recipient."""
    return {f"{file.report[-3:]} {file.recipient}": dict(file.counts) for file in found.changed}


def monday() -> Data:
    """Two successes of A, one of B, and a failure of each, all on Monday; an installation of A."""
    data = source()
    data.migration_attempts = [
        attempt(1, 1, MONDAY + HOUR),
        attempt(2, 3, MONDAY + 2 * HOUR),
        attempt(3, 2, MONDAY + HOUR),
        failed(4, 1, MONDAY),
        failed(5, 2, MONDAY),
    ]
    data.device_status_events = [installation(1, 3, MONDAY)]
    data.devices[2]["installed_with_ecos"] = True
    return data


@pytest.fixture
def data() -> Data:
    return monday()


@pytest.fixture(scope="module")
def on_tuesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("tuesday") / "it", monday())
    made.run(TUESDAY)
    return made


@pytest.fixture
def made(on_tuesday: Installation, tmp_path: Path) -> Installation:
    """An installation that has issued it until Tuesday morning."""
    return on_tuesday.copied(tmp_path / "it")


def test_nothing_that_changed_is_nothing_found(made: Installation) -> None:
    found = compared(made)
    assert found.is_borne_out
    # 001 and 002, a file for each of A and B; two rows in one of them.
    assert (found.files, found.rows) == (4, 5)


def test_a_row_that_was_deleted_has_vanished(made: Installation, data: Data) -> None:
    del data.migration_attempts[1]
    shown(made, data)
    (file,) = compared(made).changed
    assert (file.name, file.counts, file.records) == (OF_001, {Kind.VANISHED: 1}, {Kind.VANISHED: (3,)})


def test_an_outcome_that_was_changed_is_altered_and_turns_up_in_the_other_report(
    made: Installation, data: Data
) -> None:
    data.migration_attempts[1] |= {"outcome": "FAILURE", "error_code": "E20", "error_sub_code": 7}
    shown(made, data)
    found = compared(made)
    assert told(found) == {f"001 {A}": {Kind.ALTERED: 1}}
    (late,) = found.turned_up
    assert (late.slot.report, late.slot.due_at) == (Report.ECOSMIG_002, at("2024-03-04T06:00:00"))
    assert late.days == {date(2024, 3, 4): 1}


def test_a_row_behind_the_cut_off_turned_up_on_its_day(made: Installation, data: Data) -> None:
    data.migration_attempts += [attempt(9, 1, MONDAY + 5 * HOUR), attempt(10, 4, MONDAY - 50 * HOUR)]
    shown(made, data)
    found = compared(made)
    assert found.changed == ()
    assert [(late.slot.due_at, late.rows, late.days) for late in found.turned_up] == [
        (at("2024-03-04T06:00:00"), 1, {date(2024, 3, 1): 1}),
        (TUESDAY, 1, {date(2024, 3, 4): 1}),
    ]


def test_a_row_recorded_since_is_of_a_later_slot(made: Installation, data: Data) -> None:
    late = attempt(9, 1, MONDAY + 5 * HOUR, recorded_at=datetime(2024, 3, 5, 7))
    data.migration_attempts.append(late)
    shown(made, data)
    assert compared(made).is_borne_out


def test_a_mended_responsibility_makes_rows_foreign(made: Installation, data: Data) -> None:
    data.responsibilities[0]["sec_party_id"] = B
    shown(made, data)
    assert told(compared(made)) == {f"001 {A}": {Kind.FOREIGN: 1}, f"002 {A}": {Kind.FOREIGN: 1}}


def test_a_responsibility_taken_away_makes_rows_unreportable(made: Installation, data: Data) -> None:
    del data.responsibilities[1]
    shown(made, data)
    assert told(compared(made)) == {f"001 {B}": {Kind.UNREPORTABLE: 1}, f"002 {B}": {Kind.UNREPORTABLE: 1}}


def test_a_mended_mpxn_is_altered(made: Installation, data: Data) -> None:
    data.devices[2]["mpxn"] = "1200034567750"
    shown(made, data)
    assert told(compared(made)) == {f"001 {A}": {Kind.ALTERED: 1}}


def test_a_later_attempt_leaves_the_number_of_attempts_as_it_was(made: Installation, data: Data) -> None:
    # Completed before the failure that was printed as the first attempt, and recorded after it was.
    data.migration_attempts.append(failed(9, 1, MONDAY - HOUR, recorded_at=datetime(2024, 3, 5, 9)))
    shown(made, data)
    assert compared(made).is_borne_out


def test_a_row_that_was_held_and_went_out_later_is_borne_out(data: Data, tmp_path: Path) -> None:
    mpxn, data.devices[2]["mpxn"] = data.devices[2]["mpxn"], None
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    assert compared(made).is_borne_out
    data.devices[2]["mpxn"] = mpxn
    shown(made, data)
    made.run(TUESDAY + 24 * HOUR)
    assert f"{A}/ECOSMIG-001_{A}_2_20240306060000.csv" in made.issued()
    assert compared(made).is_borne_out


def test_of_two_rows_that_read_the_same_one_may_vanish(data: Data, tmp_path: Path) -> None:
    data.migration_attempts.append(attempt(7, 1, MONDAY + HOUR + timedelta(microseconds=5)))
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    del data.migration_attempts[0]
    shown(made, data)
    assert told(compared(made)) == {f"001 {A}": {Kind.VANISHED: 1}}


def test_an_installation_that_was_moved_in_time_has_vanished(data: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, data, Report.ECOSMIG_006)
    made.run(MONTH)
    assert compared(made).is_borne_out
    data.device_status_events[0]["occurred_at"] += timedelta(seconds=1)
    shown(made, data)
    assert told(compared(made, Wanted([Report.ECOSMIG_006]))) == {f"006 {A}": {Kind.VANISHED: 1}}


def gained(data: Data, number: int, gainer: str) -> None:
    """Let a Device's supplier change in the middle of March."""
    data.responsibilities[number - 1]["effective_to"] = datetime(2024, 3, 15)
    data.responsibilities.append(
        {
            "device_id": device_id(number),
            "sec_party_id": gainer,
            "effective_from": datetime(2024, 3, 15),
            "effective_to": None,
        }
    )


def test_a_change_of_supplier_entered_late_turns_up_for_the_gainer_of_003(data: Data, tmp_path: Path) -> None:
    gained(data, 1, B)
    made = installed(tmp_path, data, Report.ECOSMIG_003)
    made.run(MONTH)
    assert compared(made).is_borne_out
    gained(data, 2, A)
    shown(made, data)
    found = compared(made, Wanted([Report.ECOSMIG_003]))
    assert [(late.recipient, late.rows) for late in found.turned_up] == [(A, 1)]
    assert found.changed == ()


def test_a_gained_device_that_is_anothers_now_is_foreign_and_lacks_there(data: Data, tmp_path: Path) -> None:
    data.parties.append({"sec_party_id": "PXX003", "party_name": "Third"})
    gained(data, 1, B)
    made = installed(tmp_path, data, Report.ECOSMIG_003)
    made.run(MONTH)
    data.responsibilities[-1]["sec_party_id"] = "PXX003"
    shown(made, data)
    found = compared(made, Wanted([Report.ECOSMIG_003]))
    assert told(found) == {f"003 {B}": {Kind.FOREIGN: 1}}
    assert [(late.recipient, late.rows) for late in found.turned_up] == [("PXX003", 1)]


def test_it_can_be_narrowed_to_reports_recipients_and_slots(made: Installation, data: Data) -> None:
    del data.migration_attempts[:]
    shown(made, data)
    assert told(compared(made, Wanted(suppliers=[parse_signifier(B)]))).keys() == {f"001 {B}", f"002 {B}"}
    assert told(compared(made, Wanted([Report.ECOSMIG_002]))).keys() == {f"002 {A}", f"002 {B}"}
    assert told(compared(made, Wanted(since=TUESDAY))).keys() == {f"001 {A}", f"001 {B}"}
    assert told(compared(made, Wanted(until=TUESDAY - HOUR))).keys() == {f"002 {A}", f"002 {B}"}


@pytest.mark.parametrize("seed", [1, 4, 5])
def test_whatever_the_source_it_bears_out_what_was_just_issued(seed: int, tmp_path: Path) -> None:
    stage = stages(Random(seed))[0]
    stage.data.write_parquet(tmp_path / "data")
    made = Installation(tmp_path, START.replace(tzinfo=UTC), f"parquet:{tmp_path / 'data'}")
    for run in stage.runs:
        made.run(run.replace(tzinfo=UTC))
    found = compared(made)
    assert found.rows > 0
    assert found.is_borne_out


def test_the_command_names_files_and_records_and_no_device(made: Installation, data: Data) -> None:
    del data.migration_attempts[1]
    shown(made, data)
    said = ecosmig(made.home, "verify", "--source")
    assert said.status == 20
    assert f"ecosmig issue correct {OF_001}" in said.out
    document = ecosmig(made.home, "verify", "--source", "--json")
    assert [(file["vanished"], file["records"]) for file in document.document["changed"]] == [(1, {"vanished": [3]})]
    assert device_id(3) not in said.out + document.out


@pytest.mark.parametrize(
    "arguments",
    [("--report", "001"), ("--source", "--deep"), ("--source", "--report", "005"), ("--from", "2024-03-01T00Z")],
)
def test_what_makes_no_sense_together_is_wrong_usage(arguments: tuple[str, ...], made: Installation) -> None:
    assert ecosmig(made.home, "verify", *arguments).status == 2


def test_with_nothing_to_say_the_command_ends_with_0(made: Installation) -> None:
    said = ecosmig(made.home, "verify", "--source", "--supplier", A)
    assert (said.status, "3 rows of 2 files" in said.out) == (0, True)
