"""A correction: the next number, the rows as the source has them now, nothing twice and nothing lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import OutboxError, UsageError
from ecosmig_publish.workflows.amending.carried import carried_rows
from ecosmig_publish.workflows.amending.choosing import Meant, chosen_issues
from tests.workflows.amending.amended import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    corrected,
    held,
    mended,
    name_of,
)
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, details, device_id, failed, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

LATER = TUESDAY + HOUR
FIRST = f"ECOSMIG-001_{A}_1_20240305060000.csv"


def successes() -> Data:
    """Devices 1 and 3 are A's, 2 and 4 B's; each has a success on Monday."""
    made = source()
    made.migration_attempts = [attempt(number, number, MONDAY + HOUR) for number in range(1, 5)]
    return made


@pytest.fixture
def data() -> Data:
    return successes()


@pytest.fixture(scope="module")
def on_tuesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("tuesday") / "it", successes(), Report.ECOSMIG_001)
    made.run(TUESDAY)
    return made


@pytest.fixture
def made(on_tuesday: Installation, tmp_path: Path) -> Installation:
    """Those of Monday were published on Tuesday."""
    return on_tuesday.copied(tmp_path / "it")


def devices_in(made: Installation, name: str) -> list[str]:
    return [row[1] for row in details(made.published(), name)]


def test_a_mended_value_is_in_the_next_number_and_the_earlier_file_stays(made: Installation, data: Data) -> None:
    before = made.published()
    data.devices[0]["mpxn"] = "1200034567750"
    shown(made, data)
    corrected(made, Meant(names=[FIRST]), LATER)
    new = f"{A}/ECOSMIG-001_{A}_2_20240305070000.csv"
    after = made.published()
    assert {path: content for path, content in after.items() if path in before} == before
    assert after.keys() - before.keys() == {new}
    assert [row[2] for row in details(after, new)] == ["1200034567750", data.devices[2]["mpxn"]]
    header = after[new].decode().splitlines()[0].split(",")
    assert header[3] == "2"
    assert header[5:8] == ["20240305T070000", "20240304T000000", "20240304T235959"]


def test_a_row_of_somebody_else_leaves_the_new_issue_and_reaches_them_once(made: Installation, data: Data) -> None:
    mended(data, 1, B)
    shown(made, data)
    done = corrected(made, Meant(names=[FIRST]), LATER)
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_2_") == [device_id(3)]
    assert (done.rows, list(done.held), done.gone) == (1, ["attempt:1"], 0)
    assert held(made) == [("001", "attempt:1", (f"corrected:{FIRST}",))]
    made.run(WEDNESDAY)
    made.run(THURSDAY)
    assert devices_in(made, f"{B}/ECOSMIG-001_{B}_2_") == [device_id(1)]
    assert held(made) == []
    assert not [path for path in made.published() if path.startswith(f"{B}/ECOSMIG-001_{B}_3_")]


def test_a_row_that_cant_be_reported_any_more_is_held_with_its_reason(made: Installation, data: Data) -> None:
    data.devices[0]["model"] = None
    shown(made, data)
    corrected(made, Meant(names=[FIRST]), LATER)
    assert held(made) == [("001", "attempt:1", ("empty:model",))]


def test_a_row_that_the_source_lost_is_in_no_file_and_on_the_record(made: Installation, data: Data) -> None:
    del data.migration_attempts[0]
    shown(made, data)
    done = corrected(made, Meant(names=[FIRST]), LATER)
    assert (done.rows, done.gone, done.held) == (1, 1, {})
    with made.wiring().ledger() as ledger:
        found = [(it.kind, dict(it.detail)) for it in ledger.findings()]
    assert found == [("row-gone", {"corrected": f"ECOSMIG-001_{A}_2_20240305070000.csv", "rows": 1})]


def test_correcting_to_no_rows_gives_an_empty_file(made: Installation, data: Data) -> None:
    mended(data, 1, B)
    mended(data, 3, B)
    shown(made, data)
    corrected(made, Meant(names=[FIRST]), LATER)
    content = made.published()[f"{A}/ECOSMIG-001_{A}_2_20240305070000.csv"].decode().splitlines()
    assert len(content) == 2
    assert content[1] == "99,0,DCC Controlled"


def test_rows_of_other_slots_stay_out(made: Installation, data: Data) -> None:
    data.migration_attempts.append(attempt(9, 3, MONDAY + 30 * HOUR))
    shown(made, data)
    made.run(WEDNESDAY)
    corrected(made, Meant(names=[FIRST]), WEDNESDAY)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-001_{A}_2_")]), WEDNESDAY + HOUR)
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_3_") == [device_id(1), device_id(3)]
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_4_") == [device_id(3)]


def test_a_row_that_was_held_at_its_slot_belongs_to_the_issue_that_carried_it(data: Data, tmp_path: Path) -> None:
    data.devices[0]["mpxn"] = None
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    data.devices[0]["mpxn"] = "1200034567013"
    shown(made, data)
    made.run(WEDNESDAY)
    corrected(made, Meant(names=[FIRST]), WEDNESDAY)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-001_{A}_2_")]), WEDNESDAY)
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_3_") == [device_id(3)]
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_4_") == [device_id(1)]


def test_a_correction_is_corrected_from_its_own_rows(made: Installation, data: Data) -> None:
    mended(data, 1, B)
    shown(made, data)
    corrected(made, Meant(names=[FIRST]), LATER)
    made.run(WEDNESDAY)
    mended(data, 1, A)
    shown(made, data)
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-001_{A}_2_")]), WEDNESDAY + HOUR)
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_3_") == [device_id(3)]
    # What B got meanwhile is B's to lose.
    corrected(made, Meant(names=[name_of(made, f"ECOSMIG-001_{B}_2_")]), WEDNESDAY + HOUR)
    made.run(THURSDAY)
    assert devices_in(made, f"{A}/ECOSMIG-001_{A}_4_") == [device_id(1)]


def test_what_is_superseded_is_not_corrected_again(made: Installation) -> None:
    corrected(made, Meant(names=[FIRST]), LATER)
    before = made.issued()
    with pytest.raises(UsageError, match="superseded already, by ECOSMIG-001_PXX001_2_20240305070000"):
        corrected(made, Meant(names=[FIRST]), LATER)
    assert made.issued() == before


def test_the_slot_names_its_newest_issue(made: Installation) -> None:
    slot = Meant(report=Report.ECOSMIG_001, recipient=Signifier(A), due_at=TUESDAY)
    corrected(made, slot, LATER)
    done = corrected(made, slot, LATER + HOUR)
    assert done.numbers == (3,)


def test_a_file_that_changed_in_the_outbox_is_not_corrected(made: Installation) -> None:
    (copy,) = (made.home / "state" / "outbox").glob(f"*/{FIRST}")
    copy.write_bytes(copy.read_bytes().replace(b"ESME", b"GSME"))
    with pytest.raises(OutboxError, match="its bytes changed"):
        corrected(made, Meant(names=[FIRST]), LATER)
    with made.wiring().ledger() as ledger:
        assert ledger.last_sequences(Report.ECOSMIG_001)[Signifier(A)] == 1


def test_a_split_issue_is_corrected_as_a_whole(data: Data, tmp_path: Path) -> None:
    data.migration_attempts = [attempt(number, 1, MONDAY + number * HOUR) for number in range(1, 6)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.extra["ROWS_PER_FILE"] = "2"
    made.run(TUESDAY)
    assert len([path for path in made.issued() if "ECOSMIG-001" in path]) == 3
    data.devices[0]["mpxn"] = None
    data.devices[0]["firmware_version"] = "00000001"
    data.devices[0]["mpxn"] = "1200034567013"
    shown(made, data)
    done = corrected(made, Meant(names=[f"ECOSMIG-001_{A}_2_20240305060000.csv"]), LATER)
    assert done.numbers == (4, 5, 6)
    assert [len(details(made.published(), f"{A}/ECOSMIG-001_{A}_{number}_")) for number in (4, 5, 6)] == [2, 2, 1]
    assert {row[6] for number in (4, 5, 6) for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_{number}_")} == {
        "00000001"
    }


def test_attempts_of_one_device_in_one_second_keep_apart(tmp_path: Path) -> None:
    data = source()
    moment = MONDAY + HOUR
    data.migration_attempts = [
        attempt(7, 1, moment + timedelta(milliseconds=100), firmware_version="00000007"),
        attempt(5, 1, moment + timedelta(milliseconds=900), firmware_version="00000005"),
    ]
    data.responsibilities[0]["effective_to"] = moment + timedelta(milliseconds=500)
    data.responsibilities.append(
        {
            "device_id": device_id(1),
            "sec_party_id": B,
            "effective_from": moment + timedelta(milliseconds=500),
            "effective_to": None,
        }
    )
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    done = corrected(made, Meant(names=[f"ECOSMIG-001_{A}_1_20240305060000.csv"]), LATER)
    assert (done.rows, done.held) == (1, {})
    assert [row[6] for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_2_")] == ["00000007"]


def test_a_row_that_left_is_not_taken_for_its_neighbour_of_the_same_second(tmp_path: Path) -> None:
    data = source()
    moment = MONDAY + HOUR
    # Both print the same; the one with the lower number goes to B.
    data.migration_attempts = [
        attempt(1, 1, moment + timedelta(milliseconds=900)),
        attempt(2, 1, moment + timedelta(milliseconds=100)),
    ]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    before = data.responsibilities[0]
    boundary = moment + timedelta(milliseconds=500)
    data.responsibilities[0] = {**before, "effective_to": boundary}
    data.responsibilities.append({**before, "sec_party_id": B, "effective_from": boundary})
    shown(made, data)
    corrected(made, Meant(names=[FIRST]), LATER)
    data.responsibilities[0] = before
    del data.responsibilities[-1]
    shown(made, data)
    assert carried_by(made, name_of(made, f"ECOSMIG-001_{A}_2_")) == [2]


def test_a_row_that_was_held_is_not_taken_for_its_neighbour_of_the_same_second(tmp_path: Path) -> None:
    data = source()
    moment = MONDAY + HOUR
    data.migration_attempts = [
        attempt(1, 1, moment + timedelta(milliseconds=900)),
        attempt(2, 1, moment + timedelta(milliseconds=100)),
    ]
    data.responsibilities[0]["effective_to"] = moment + timedelta(milliseconds=500)
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    assert held(made) == [("001", "attempt:1", ("no-responsible-supplier",))]
    data.responsibilities[0]["effective_to"] = None
    shown(made, data)
    made.run(WEDNESDAY)
    assert carried_by(made, FIRST) == [2]
    assert carried_by(made, name_of(made, f"ECOSMIG-001_{A}_2_")) == [1]


def carried_by(made: Installation, name: str) -> list[int]:
    """Return the numbers of the attempts that an issue carried, all of which must still be there."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger, wiring.data() as opened:
        (issue,) = chosen_issues(Meant(names=[name]), ledger)
        carried = carried_rows(issue, ledger=ledger, outbox=wiring.outbox(), data=opened)
    assert carried.gone == 0
    numbers: list[int] = carried.keys["key"].to_pylist()
    return numbers


def test_number_of_attempts_counts_what_is_visible_now(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [failed(2, 1, MONDAY + 2 * HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_002)
    made.run(TUESDAY)
    late = failed(1, 1, MONDAY + HOUR)
    late["recorded_at"] = TUESDAY.replace(tzinfo=None) + HOUR / 2
    data.migration_attempts.append(late)
    shown(made, data)
    name = f"ECOSMIG-002_{A}_1_20240305060000.csv"
    assert [row[-1] for row in details(made.published(), f"{A}/{name}")] == ["1"]
    corrected(made, Meant(names=[name]), LATER)
    (row,) = details(made.published(), f"{A}/ECOSMIG-002_{A}_2_20240305070000.csv")
    assert row[-2:] == ["20240304T020000", "2"]
