"""One run: what is due is issued, what waits is published and proved; running again goes on from there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, parse_signifier
from ecosmig_publish.errors import ClockError, ExitStatus
from ecosmig_publish.workflows.running import Narrowing
from tests.installation import SECOND, at
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, failed, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plain.data import Data

TUESDAY = at("2024-03-05T06:00:00")


@pytest.fixture
def busy() -> Data:
    data = source()
    data.migration_attempts = [attempt(number, number, MONDAY + HOUR) for number in range(1, 5)]
    data.migration_attempts += [failed(10 + number, number, MONDAY + 2 * HOUR) for number in range(1, 5)]
    return data


def test_a_second_run_changes_nothing(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY)
    before = made.published()
    with made.wiring().ledger() as ledger:
        acts = len(list(ledger.acts()))
    outcome = made.run(TUESDAY)
    with made.wiring().ledger() as ledger:
        assert len(list(ledger.acts())) == acts
    assert (outcome.exit_status, outcome.due, made.published()) == (ExitStatus.OK, (), before)


def test_with_nothing_due_the_source_is_not_even_opened(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY)
    made.source_url = "parquet:nowhere"
    assert made.run(TUESDAY).exit_status is ExitStatus.OK


def test_missed_slots_are_issued_one_by_one_at_one_cut_off(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    outcome = made.run(at("2024-03-07T06:30:00"))
    slots = [(issued.slot.report[-3:], f"{issued.slot.due_at:%d %H}") for issued in outcome.issued]
    of_002 = [due for report, due in slots if report == "002"]
    assert of_002 == [f"{day:02d} {hour:02d}" for day in range(4, 8) for hour in (0, 6, 12, 18)][1:14]
    assert [due for report, due in slots if report == "001"] == ["04 06", "05 06", "06 06", "07 06"]
    with made.wiring().ledger() as ledger:
        assert {slot.cut_off for slot in ledger.slots()} == {at("2024-03-07T06:30:00")}


def test_a_slot_without_activity_is_recorded_with_its_reason(tmp_path: Path) -> None:
    made = installed(tmp_path, source())
    made.run(at("2024-03-04T06:00:00"))
    with made.wiring().ledger() as ledger:
        assert {(slot.slot.report[-3:], slot.outcome, slot.reason) for slot in ledger.slots()} == {
            (number, "skipped", "no-activity") for number in ("001", "002", "004", "005")
        }


def test_suppliers_narrow_what_is_published_never_what_is_issued(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    outcome = made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    assert {name[:6] for name in made.published()} == {A}
    assert {name[:6] for name in made.issued()} == {A, B}
    assert outcome.exit_status is ExitStatus.OK
    made.run(TUESDAY)
    assert made.published() == made.issued()


def test_reports_narrow_what_is_issued(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(reports=[Report.ECOSMIG_001]))
    assert {name[7:18] for name in made.issued()} == {"ECOSMIG-001"}


def test_a_recipient_without_a_folder_waits_and_holds_up_nobody(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    busy.parties.append({"sec_party_id": "PXX003", "party_name": "Late"})
    busy.responsibilities[0]["sec_party_id"] = "PXX003"
    shown(made, busy)
    outcome = made.run(TUESDAY)
    assert outcome.exit_status is ExitStatus.UNPROVED
    assert {file.recipient for file in outcome.waiting} == {"PXX003"}
    made.onboard_all()
    assert made.run(TUESDAY).exit_status is ExitStatus.OK
    assert made.published() == made.issued()


def test_a_source_that_cant_be_used_stops_the_issuing_and_not_the_publishing(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    (tmp_path / "data" / "devices.parquet").unlink()
    outcome = made.run(TUESDAY + 6 * HOUR)
    assert outcome.exit_status is ExitStatus.SOURCE
    assert "table devices: missing" in str(outcome.source_error)
    assert made.published() == made.issued()


def test_a_name_that_is_taken_stops_its_stream_alone(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    (folder,) = (tmp_path / "published").glob(f"{A}*")
    stranger = folder / f"ECOSMIG-001_{A}_1_20240305060000.csv"
    stranger.write_bytes(b"somebody else's\r\n")
    outcome = made.run(TUESDAY)
    assert outcome.exit_status is ExitStatus.STREAM_CONFLICT
    assert [(stop.recipient, stop.report) for stop in outcome.published.stopped] == [(A, Report.ECOSMIG_001)]
    assert stranger.read_bytes() == b"somebody else's\r\n"
    assert {name for name in made.issued() if name not in made.published()} == set()
    assert {file.name for file in outcome.waiting} == {stranger.name}


def test_a_stream_goes_in_order(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    (folder,) = (tmp_path / "published").glob(f"{A}*")
    (folder / f"ECOSMIG-002_{A}_1_20240305060000.csv").write_bytes(b"somebody else's\r\n")
    made.run(TUESDAY)
    busy.migration_attempts.append(failed(30, 1, MONDAY + 30 * HOUR))
    shown(made, busy)
    outcome = made.run(TUESDAY + 12 * HOUR)
    assert [file.sequence for file in outcome.waiting] == [1, 2]
    assert not (folder / f"ECOSMIG-002_{A}_2_20240305180000.csv").exists()


def test_bytes_that_changed_in_the_outbox_are_not_published(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    (waiting,) = (tmp_path / "state" / "outbox").glob(f"*/ECOSMIG-001_{B}_1_*.csv")
    waiting.write_bytes(waiting.read_bytes().replace(b"ESME", b"GSME"))
    outcome = made.run(TUESDAY)
    assert outcome.exit_status is ExitStatus.STREAM_CONFLICT
    assert f"{B}/{waiting.name}" not in made.published()


def test_a_file_lost_from_the_outbox_stops_its_stream_alone(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY, Narrowing(suppliers=[parse_signifier(A)]))
    (waiting,) = (tmp_path / "state" / "outbox").glob(f"*/ECOSMIG-001_{B}_1_*.csv")
    waiting.unlink()
    outcome = made.run(TUESDAY)
    assert [(stop.recipient, stop.report) for stop in outcome.published.stopped] == [(B, Report.ECOSMIG_001)]
    assert outcome.exit_status is not ExitStatus.OK


def test_an_instant_later_than_now_is_refused(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.now = TUESDAY - SECOND
    with pytest.raises(ClockError, match="later than now"):
        made.run(TUESDAY)
    assert made.issued() == {}


def test_a_clock_set_back_is_refused(busy: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, busy)
    made.run(TUESDAY)
    with pytest.raises(ClockError, match="earlier than the last cut-off used"):
        made.run(TUESDAY - SECOND)


def test_a_fraction_of_a_second_is_cut_from_the_instant_and_so_from_the_cut_off(busy: Data, tmp_path: Path) -> None:
    busy.migration_attempts[0]["recorded_at"] = TUESDAY.replace(tzinfo=None) + SECOND / 10
    made = installed(tmp_path, busy)
    made.run(TUESDAY + SECOND / 2)
    with made.wiring().ledger() as ledger:
        assert {(slot.cut_off, slot.generated_at) for slot in ledger.slots()} == {(TUESDAY, TUESDAY)}
    assert sum(name.endswith("_20240305060000.csv") for name in made.issued()) == len(made.issued())
    made.run(TUESDAY + 24 * HOUR)
    assert f"{A}/ECOSMIG-001_{A}_2_20240306060000.csv" in made.issued()
