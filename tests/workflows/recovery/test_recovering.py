"""An old or lost ledger is rebuilt from the folders: numbers go on, each row is in one file or held."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, SourceError, UsageError
from ecosmig_publish.workflows.amending.choosing import Meant
from tests.workflows.amending.amended import corrected
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, details, failed, installation, installed, shown, source
from tests.workflows.recovery.made import (
    FRIDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    copy_ledger,
    lose_ledger,
    lose_outbox,
    put_back,
    recovered,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

LOST = f"{A}/ECOSMIG-001_{A}_2_20240306060000.csv"


def monday() -> Data:
    """One success of each of A's and B's Devices on Monday."""
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    return data


OF_TUESDAY = attempt(3, 3, MONDAY + 30 * HOUR)


@pytest.fixture
def data() -> Data:
    return monday()


@pytest.fixture(scope="module")
def on_tuesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("tuesday") / "it", monday(), Report.ECOSMIG_001)
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    return made


@pytest.fixture(scope="module")
def on_wednesday(on_tuesday: Installation, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made, data = on_tuesday.copied(tmp_path_factory.mktemp("wednesday") / "it"), monday()
    data.migration_attempts.append(OF_TUESDAY)
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    return made


@pytest.fixture
def begun(on_tuesday: Installation, tmp_path: Path) -> Installation:
    """Tuesday's files of both were published; the ledger was copied then."""
    return on_tuesday.copied(tmp_path / "it")


@pytest.fixture
def with_outbox(on_wednesday: Installation, data: Data, tmp_path: Path) -> Installation:
    """Tuesday's files of both and Wednesday's of A were published; the ledger is Tuesday's."""
    data.migration_attempts.append(OF_TUESDAY)
    return on_wednesday.copied(tmp_path / "it")


@pytest.fixture
def made(with_outbox: Installation) -> Installation:
    """The same, and the outbox is gone."""
    lose_outbox(with_outbox.home)
    return with_outbox


def devices_of(files: dict[str, bytes], report: str = "001") -> list[str]:
    """The Devices of all details of a report, whoever got them."""
    names = [name for name in files if f"ECOSMIG-{report}" in name]
    return sorted(line[1][-2:] for name in names for line in details(files, name))


def numbers_of(files: dict[str, bytes], recipient: str, report: str = "001") -> list[int]:
    """The numbers of a stream's files, in order."""
    return sorted(int(name.split("_")[2]) for name in files if name.startswith(f"{recipient}/ECOSMIG-{report}"))


def _place_of(made: Installation, name: str) -> tuple[str, str]:
    (path,) = (made.home / "state/outbox").glob(f"*/{name}")
    return path.parent.name, name


def test_the_next_file_goes_on_with_the_next_number(made: Installation, data: Data) -> None:
    plan = recovered(made.wiring())
    assert plan.exit_status == ExitStatus.OK
    data.migration_attempts.append(attempt(4, 1, MONDAY + 50 * HOUR))
    shown(made, data)
    assert made.run(THURSDAY).exit_status == ExitStatus.OK
    assert f"{A}/ECOSMIG-001_{A}_3_20240307060000.csv" in made.published()
    assert devices_of(made.published()) == ["01", "01", "02", "03"]


def test_what_was_found_is_shown_stream_by_stream(made: Installation) -> None:
    plan = recovered(made.wiring())
    (stream,) = [it for it in plan.streams if it.is_touched]
    assert (stream.report, stream.recipient) == (Report.ECOSMIG_001, A)
    assert (stream.in_ledger, stream.in_folder, stream.recovered) == (1, "1-2", 1)


def test_what_was_read_back_is_in_the_outbox_and_proved(made: Installation) -> None:
    recovered(made.wiring())
    with made.wiring().ledger() as ledger:
        (file,) = [it for it in ledger.files() if it.sequence == 2]
        assert made.wiring().outbox().file(file.outbox_path).read_bytes() == made.published()[LOST]
        (act,) = ledger.acts(kind="recover")
    assert file.proved_at is not None
    assert file.sha256 in act.content


def test_a_second_recovery_finds_nothing_to_do(made: Installation) -> None:
    recovered(made.wiring())
    assert not recovered(made.wiring()).changes
    with made.wiring().ledger() as ledger:
        assert len(list(ledger.acts(kind="recover"))) == 1


def test_with_the_outbox_at_hand_nothing_is_read_from_the_folders(with_outbox: Installation) -> None:
    made = with_outbox
    before = {path.name for path in (made.home / "state/outbox").iterdir()}
    recovered(made.wiring())
    assert {path.name for path in (made.home / "state/outbox").iterdir()} == before
    assert made.run(WEDNESDAY).exit_status == ExitStatus.OK


def test_a_file_that_waited_when_the_ledger_was_lost_is_published(begun: Installation, data: Data) -> None:
    made = begun
    data.migration_attempts.append(attempt(3, 3, MONDAY + 30 * HOUR))
    shown(made, data)
    (folder,) = (made.home / "published").glob(f"{A}*")
    folder.rename(made.home / "away")
    made.run(WEDNESDAY)
    (made.home / "away").rename(folder)
    assert LOST not in made.published()
    put_back(made.home, made.home / "copy")
    recovered(made.wiring())
    assert made.run(THURSDAY).exit_status == ExitStatus.OK
    assert LOST in made.published()
    assert devices_of(made.published()) == ["01", "02", "03"]


def test_what_waited_before_a_correction_that_the_old_ledger_does_not_know_keeps_its_number(
    data: Data, tmp_path: Path
) -> None:
    made = installed(tmp_path / "it", data, Report.ECOSMIG_001)
    (made.home / "published").rename(made.home / "away")
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    first = next(name for name in made.issued() if name.startswith(f"{A}/ECOSMIG-001")).partition("/")[2]
    corrected(made, Meant(names=[first]), WEDNESDAY)
    put_back(made.home, made.home / "copy")
    (made.home / "away").rename(made.home / "published")
    issued = set(made.issued())
    assert recovered(made.wiring()).exit_status == ExitStatus.OK
    second = f"{A}/ECOSMIG-001_{A}_2_20240306060000.csv"
    assert set(made.issued()) == issued | {second}
    assert made.run(WEDNESDAY).exit_status == ExitStatus.OK
    assert set(made.published()) >= issued | {second}


def test_a_row_that_a_lost_slot_held_is_held_and_reported_once_it_can_be(begun: Installation, data: Data) -> None:
    made = begun
    data.migration_attempts += [attempt(3, 3, MONDAY + 30 * HOUR), attempt(4, 4, MONDAY + 31 * HOUR)]
    good = data.devices[3]["mpxn"]
    data.devices[3]["mpxn"] = None
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    lose_outbox(made.home)
    recovered(made.wiring())
    assert [(it.key, it.reasons) for it in made.open_holds()] == [("attempt:4", ("not-in-recovered-files",))]
    made.run(THURSDAY)
    assert [(it.key, it.reasons) for it in made.open_holds()] == [("attempt:4", ("empty:mpxn",))]
    data.devices[3]["mpxn"] = good
    shown(made, data)
    made.run(FRIDAY)
    assert made.open_holds() == []
    assert devices_of(made.published()) == ["01", "02", "03", "04"]


def test_a_row_that_was_held_before_and_reported_by_a_lost_slot_is_held_no_more(data: Data, tmp_path: Path) -> None:
    good, data.devices[1]["mpxn"] = data.devices[1]["mpxn"], None
    made = installed(tmp_path / "it", data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    data.devices[1]["mpxn"] = good
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    lose_outbox(made.home)
    assert [it.key for it in made.open_holds()] == ["attempt:2"]
    recovered(made.wiring())
    assert made.open_holds() == []
    made.run(THURSDAY)
    assert devices_of(made.published()) == ["01", "02"]


def test_of_two_attempts_in_one_second_as_many_count_as_reported_as_are_printed(made: Installation, data: Data) -> None:
    # Recorded before the cut-off and readable only now: it was in nobody's file.
    data.migration_attempts.append(attempt(4, 3, MONDAY + 30 * HOUR))
    shown(made, data)
    recovered(made.wiring())
    assert [it.key for it in made.open_holds()] == ["attempt:4"]
    made.run(THURSDAY)
    assert devices_of(made.published()) == ["01", "02", "03", "03"]


def test_two_attempts_in_one_second_are_told_apart_by_what_else_is_printed(begun: Installation, data: Data) -> None:
    made = begun
    # The first of the two can't be reported: its firmware is too long.
    twins = [attempt(3, 3, MONDAY + 30 * HOUR, firmware_version="123456789"), attempt(4, 3, MONDAY + 30 * HOUR)]
    data.migration_attempts += twins
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    lose_outbox(made.home)
    recovered(made.wiring())
    assert [it.key for it in made.open_holds()] == ["attempt:3"]


def test_a_row_that_was_mended_since_it_was_printed_still_counts_as_reported(made: Installation, data: Data) -> None:
    data.devices[2]["firmware_version"] = "00009999"
    shown(made, data)
    recovered(made.wiring())
    assert made.open_holds() == []


def test_what_was_issued_on_the_old_ledger_and_never_left_the_outbox_gives_way(made: Installation, data: Data) -> None:
    data.migration_attempts += [attempt(4, 1, MONDAY + 50 * HOUR), attempt(5, 2, MONDAY + 51 * HOUR)]
    shown(made, data)
    assert made.run(THURSDAY).exit_status == ExitStatus.STREAM_CONFLICT
    assert f"{B}/ECOSMIG-001_{B}_2_20240307060000.csv" in made.published()
    plan = recovered(made.wiring())
    (stream,) = [it for it in plan.streams if it.is_touched]
    assert stream.gives_way == (
        f"ECOSMIG-001_{A}_2_20240307060000.csv",
        f"ECOSMIG-001_{A}_3_20240307060000.csv",
    )
    assert made.run(FRIDAY).exit_status == ExitStatus.OK
    assert devices_of(made.published()) == ["01", "01", "02", "02", "03"]
    assert numbers_of(made.published(), A) == [1, 2, 3]


def test_a_lost_ledger_is_rebuilt_from_the_folders_alone(made: Installation, data: Data) -> None:
    lose_ledger(made.home)
    made.onboard_all()
    recovered(made.wiring())
    data.migration_attempts.append(attempt(4, 1, MONDAY + 50 * HOUR))
    shown(made, data)
    assert made.run(THURSDAY).exit_status == ExitStatus.OK
    assert made.published() == made.issued()
    assert devices_of(made.published()) == ["01", "01", "02", "03"]
    with made.wiring().ledger() as ledger:
        assert [it.last_sequence for it in ledger.streams() if it.report is Report.ECOSMIG_001] == [3, 1]


def test_installations_that_were_reported_are_known_by_their_keys(data: Data, tmp_path: Path) -> None:
    for device in data.devices[:2]:
        device["installed_with_ecos"] = True
    data.device_status_events = [
        installation(1, 1, MONDAY - 90 * HOUR),
        installation(2, 1, MONDAY - 90 * HOUR),
        installation(3, 2, MONDAY - 91 * HOUR),
    ]
    made = installed(tmp_path / "it", data, Report.ECOSMIG_006)
    first = TUESDAY.replace(month=4, day=1)
    made.run(first)
    reported = devices_of(made.published(), "006")
    assert reported == ["01", "01", "02"]
    lose_ledger(made.home)
    lose_outbox(made.home)
    made.onboard_all()
    recovered(made.wiring())
    data.device_status_events.append(installation(4, 2, MONDAY - 92 * HOUR))
    shown(made, data)
    made.run(first.replace(month=5))
    assert devices_of(made.published(), "006") == ["01", "01", "02", "02"]


def test_an_installation_that_could_not_be_reported_is_held_again_before_the_next_slot(
    data: Data, tmp_path: Path
) -> None:
    data.devices[0]["installed_with_ecos"] = data.devices[1]["installed_with_ecos"] = True
    data.devices[1]["mpxn"] = None
    data.device_status_events = [installation(1, 1, MONDAY), installation(2, 2, MONDAY)]
    made = installed(tmp_path / "it", data, Report.ECOSMIG_006)
    made.run(FRIDAY.replace(month=4, day=1))
    lose_ledger(made.home)
    made.onboard_all()
    recovered(made.wiring())
    held = [(hold.key, hold.reasons) for hold in made.open_holds() if hold.report is Report.ECOSMIG_006]
    assert held == [("event:2", ("not-in-recovered-files",))]


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda folder: (folder / LOST[7:]).rename(folder / LOST[7:].replace("_2_", "_4_")), "no file has number 2-3"),
        (lambda folder: (folder / LOST[7:]).write_bytes(b"00,"), "record 1"),
        (lambda folder: (folder / LOST[7:].replace("060000", "070000")).write_bytes(b"00,"), "stands twice"),
        (lambda folder: (folder / LOST[7:]).rename(folder / LOST[7:].replace("060000", "070000")), "name"),
    ],
    ids=["a-hole", "no-report", "two-of-a-number", "another-instant"],
)
def test_a_stream_that_does_not_agree_is_refused_and_stays_stopped(
    made: Installation, data: Data, spoil: object, why: str
) -> None:
    (folder,) = (made.home / "published").glob(f"{A}*")
    spoil(folder)  # type: ignore[operator]
    plan = recovered(made.wiring())
    assert plan.exit_status == ExitStatus.STREAM_CONFLICT
    ((stream, (reason, *_)),) = [(it.recipient, it.refused) for it in plan.refused]
    assert (stream, why in reason) == (A, True), reason
    data.migration_attempts.append(attempt(4, 1, MONDAY + 50 * HOUR))
    shown(made, data)
    assert made.run(THURSDAY).exit_status == ExitStatus.STREAM_CONFLICT
    assert not [name for name in made.published() if "20240307" in name and name.startswith(A)]


def test_what_was_read_of_a_stream_that_is_refused_is_kept_nowhere(made: Installation, data: Data) -> None:
    data.migration_attempts.append(attempt(4, 2, MONDAY + 50 * HOUR))
    shown(made, data)
    lose_ledger(made.home)
    made.onboard_all()
    (folder,) = (made.home / "published").glob(f"{A}*")
    (folder / LOST[7:]).write_bytes(b"00,")
    assert [it.recipient for it in recovered(made.wiring()).refused] == [A]
    kept = {path.name for path in (made.home / "state/outbox").glob("*/*.csv")}
    assert kept == {f"ECOSMIG-001_{B}_1_20240305060000.csv"}
    # A's stream alone stays stopped.
    outcome = made.run(THURSDAY)
    assert {it.recipient for it in outcome.published.stopped} == {A}
    assert f"{B}/ECOSMIG-001_{B}_2_20240307060000.csv" in made.published()


def test_a_stream_whose_folder_was_set_right_is_recovered_next_time(begun: Installation, data: Data) -> None:
    made = begun
    data.migration_attempts += [attempt(3, 3, MONDAY + 30 * HOUR), attempt(4, 2, MONDAY + 31 * HOUR)]
    shown(made, data)
    made.run(WEDNESDAY)
    # A's third file waits in the outbox when the ledger is lost, beside one of B's that was published.
    (folder,) = (made.home / "published").glob(f"{A}*")
    folder.rename(made.home / "away")
    data.migration_attempts += [attempt(5, 1, MONDAY + 50 * HOUR), attempt(6, 2, MONDAY + 51 * HOUR)]
    shown(made, data)
    made.run(THURSDAY)
    (made.home / "away").rename(folder)
    put_back(made.home, made.home / "copy")
    second = (folder / LOST[7:]).read_bytes()
    (folder / LOST[7:]).unlink()
    (made.home / "state/outbox").joinpath(*_place_of(made, LOST[7:])).unlink()
    assert [it.recipient for it in recovered(made.wiring()).refused] == [A]
    (folder / LOST[7:]).write_bytes(second)
    assert recovered(made.wiring()).exit_status == ExitStatus.OK
    assert made.run(FRIDAY).exit_status == ExitStatus.OK
    assert numbers_of(made.published(), A) == [1, 2, 3]
    assert devices_of(made.published()) == ["01", "01", "02", "02", "02", "03"]


def test_a_file_in_the_wrong_folder_stops_the_stream_that_it_names(made: Installation) -> None:
    (folder,) = (made.home / "published").glob(f"{A}*")
    (folder / f"ECOSMIG-002_{B}_1_20240306060000.csv").write_bytes(b"00,")
    plan = recovered(made.wiring())
    assert [(it.report, it.recipient) for it in plan.refused] == [(Report.ECOSMIG_002, B)]
    assert plan.seen.strangers == [(A, f"ECOSMIG-002_{B}_1_20240306060000.csv")]


def test_a_source_that_can_not_be_used_refuses_it_and_leaves_nothing_behind(made: Installation) -> None:
    (made.home / "data" / "devices.parquet").unlink()
    with pytest.raises(SourceError):
        recovered(made.wiring())
    assert list((made.home / "state/outbox").glob("*")) == []


def test_without_a_pinned_folder_there_is_nothing_to_recover_from(made: Installation) -> None:
    lose_ledger(made.home)
    with pytest.raises(UsageError, match="pinned") as refused:
        recovered(made.wiring())
    assert "supplier onboard --all" in refused.value.hint


def test_attempts_that_failed_are_told_apart_from_those_that_succeeded(data: Data, tmp_path: Path) -> None:
    data.migration_attempts.append(failed(9, 1, MONDAY + HOUR))
    made = installed(tmp_path / "it", data, Report.ECOSMIG_001, Report.ECOSMIG_002)
    made.run(TUESDAY)
    lose_ledger(made.home)
    lose_outbox(made.home)
    made.onboard_all()
    recovered(made.wiring())
    made.run(WEDNESDAY)
    assert (devices_of(made.published()), devices_of(made.published(), "002")) == (["01", "02"], ["01"])


def test_a_report_005_that_was_split_is_recovered_part_by_part(data: Data, tmp_path: Path) -> None:
    made = installed(tmp_path / "it", data, Report.ECOSMIG_005)
    made.extra["ROWS_PER_FILE"] = "3"
    made.run(MONDAY + 7 * 24 * HOUR + 7 * HOUR)
    before = made.published()
    lose_ledger(made.home)
    lose_outbox(made.home)
    made.onboard_all()

    plan = recovered(made.wiring())

    # Seven days in files of three rows: numbers 1, 2 and 3 of each recipient.
    assert plan.exit_status == ExitStatus.OK
    assert numbers_of(before, A, "005") == [1, 2, 3]
    assert made.run(MONDAY + 8 * 24 * HOUR + 7 * HOUR).exit_status == ExitStatus.OK
    assert numbers_of(made.published(), A, "005") == [1, 2, 3]
