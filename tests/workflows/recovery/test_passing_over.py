"""A number whose file nobody has is passed over by an operator's word; a stream that is refused stops itself alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.running import Narrowing
from tests.ledger.whole import meddle
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, details, installed, shown, source
from tests.workflows.recovery.made import (
    FRIDAY,
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    copy_ledger,
    faults_of,
    lose_outbox,
    put_back,
    recovered,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

STREAM = (Report.ECOSMIG_001, Signifier(A))


def three_days() -> Data:
    """A success of A's on Monday, Tuesday and Wednesday, and of B's on Monday and Wednesday."""
    data = source()
    data.migration_attempts = [
        attempt(1, 1, MONDAY + HOUR),
        attempt(2, 2, MONDAY + HOUR),
        attempt(3, 3, MONDAY + 30 * HOUR),
        attempt(4, 1, MONDAY + 50 * HOUR),
        attempt(5, 2, MONDAY + 50 * HOUR),
    ]
    return data


@pytest.fixture
def data() -> Data:
    return three_days()


@pytest.fixture(scope="module")
def on_thursday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("thursday") / "it", three_days(), Report.ECOSMIG_001)
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    made.run(WEDNESDAY)
    made.run(THURSDAY)
    put_back(made.home, made.home / "copy")
    file_of(made, 2).unlink()
    return made


@pytest.fixture
def made(on_thursday: Installation, tmp_path: Path) -> Installation:
    """Files of three days were published, A's second was removed; the ledger is that of the first day."""
    return on_thursday.copied(tmp_path / "it")


def file_of(made: Installation, number: int) -> Path:
    (path,) = (made.home / "published").glob(f"{A}*/ECOSMIG-001_{A}_{number}_*")
    return path


def streams_stopped(made: Installation) -> dict[tuple[str, str], str]:
    with made.wiring().ledger() as ledger:
        return {
            (str(report), str(recipient)): reason for (report, recipient), reason in ledger.stopped_streams().items()
        }


def more_of(made: Installation, data: Data) -> None:
    data.migration_attempts += [attempt(6, 1, MONDAY + 74 * HOUR), attempt(7, 2, MONDAY + 74 * HOUR)]
    shown(made, data)


def test_a_file_that_is_in_the_outbox_alone_below_a_later_one_is_refused_not_published_again(
    made: Installation,
) -> None:
    plan = recovered(made.wiring())
    assert plan.exit_status == ExitStatus.STREAM_CONFLICT
    assert "number 2 is in the outbox alone" in streams_stopped(made)[STREAM]
    made.run(FRIDAY)
    assert not list((made.home / "published").glob(f"{A}*/ECOSMIG-001_{A}_2_*"))


def test_a_stream_that_was_refused_stops_itself_alone(made: Installation, data: Data) -> None:
    recovered(made.wiring())
    more_of(made, data)
    outcome = made.run(FRIDAY)
    assert outcome.exit_status == ExitStatus.STREAM_CONFLICT
    assert [(it.report, it.recipient) for it in outcome.published.stopped] == [STREAM]
    assert "ecosmig ledger recover" in outcome.published.stopped[0].hint
    names = {name for name in made.published() if "20240308" in name}
    assert names == {f"{B}/ECOSMIG-001_{B}_3_20240308060000.csv"}


def test_every_run_says_that_a_refused_stream_stands_still_also_where_nothing_of_it_waits(made: Installation) -> None:
    recovered(made.wiring())
    idle = made.run(THURSDAY)
    assert idle.waiting == []
    assert [(it.report, it.recipient, it.files) for it in idle.published.stopped] == [(*STREAM, 0)]
    assert idle.exit_status == ExitStatus.STREAM_CONFLICT
    assert made.run(THURSDAY, Narrowing(suppliers={Signifier(B)})).exit_status == ExitStatus.OK


def test_a_refused_stream_stays_stopped_though_its_folder_shows_nothing_new(made: Installation, data: Data) -> None:
    file_of(made, 3).unlink()
    recovered(made.wiring(), {STREAM: {1}})
    more_of(made, data)
    assert made.run(FRIDAY).exit_status == ExitStatus.STREAM_CONFLICT
    assert not [name for name in made.published() if "20240308" in name and name.startswith(A)]


def test_a_number_that_is_passed_over_is_never_used_again_and_its_rows_come_anew(
    made: Installation, data: Data
) -> None:
    recovered(made.wiring())
    assert recovered(made.wiring(), {STREAM: {2}}).exit_status == ExitStatus.OK
    assert streams_stopped(made) == {}
    more_of(made, data)
    assert made.run(FRIDAY).exit_status == ExitStatus.OK
    files = made.published()
    of_a = sorted(name for name in files if name.startswith(f"{A}/ECOSMIG-001"))
    assert [int(name.split("_")[2]) for name in of_a] == [1, 3, 4]
    # The attempt of Tuesday stood in the second file.
    assert sorted(line[1][-2:] for name in of_a for line in details(files, name)) == ["01", "01", "01", "03"]
    assert faults_of(made) == []


def test_without_outbox_a_number_is_passed_over_all_the_same(made: Installation, data: Data) -> None:
    lose_outbox(made.home)
    assert recovered(made.wiring()).exit_status == ExitStatus.STREAM_CONFLICT
    assert recovered(made.wiring(), {STREAM: {2}}).exit_status == ExitStatus.OK
    more_of(made, data)
    assert made.run(FRIDAY).exit_status == ExitStatus.OK
    assert file_of(made, 4).name.endswith("_20240308060000.csv")
    assert not recovered(made.wiring()).changes


def test_the_last_number_is_passed_over_too(made: Installation, data: Data) -> None:
    file_of(made, 3).unlink()
    assert recovered(made.wiring(), {STREAM: {2, 3}}).exit_status == ExitStatus.OK
    more_of(made, data)
    assert made.run(FRIDAY).exit_status == ExitStatus.OK
    assert file_of(made, 4).name.endswith("_20240308060000.csv")
    assert faults_of(made) == []


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (1, f"number 1 is not lost: ECOSMIG-001_{A}_1_20240305060000.csv is in the ledger"),
        (3, f"number 3 is not lost: ECOSMIG-001_{A}_3_20240307060000.csv is in the folder"),
        (9, "no file has number 4-8"),
    ],
)
def test_a_number_that_is_not_lost_is_not_passed_over(made: Installation, number: int, why: str) -> None:
    plan = recovered(made.wiring(), {STREAM: {2, number}})
    ((reason, *_),) = [it.refused for it in plan.refused]
    assert reason == why
    with made.wiring().ledger() as ledger:
        assert ledger.lost_numbers() == {}


def test_what_was_passed_over_and_turns_up_again_is_refused(made: Installation) -> None:
    second = next((made.home / "state/outbox").glob(f"*/ECOSMIG-001_{A}_2_*"))
    recovered(made.wiring(), {STREAM: {2}})
    (file_of(made, 3).parent / second.name).write_bytes(second.read_bytes())
    ((reason, *_),) = [it.refused for it in recovered(made.wiring()).refused]
    assert re.fullmatch(r"number 2 was passed over: .* is in the folder", reason)


@pytest.mark.parametrize(
    ("meddling", "what"),
    [
        ("DELETE FROM lost_numbers", f"it passed over ECOSMIG-001 {A} 2, which is not in the table lost_numbers"),
        ("UPDATE lost_numbers SET sequence = 4", "no recovery passed it over"),
        (
            "INSERT INTO stopped_streams VALUES ('ECOSMIG-002', 'PXX002', 'why', '2024-03-08T06:00:00.000000Z')",
            "no recovery refused it for this reason",
        ),
    ],
)
def test_the_check_finds_what_no_recovery_left(made: Installation, meddling: str, what: str) -> None:
    recovered(made.wiring(), {STREAM: {2}})
    meddle(made.home, meddling)
    assert what in {fault.what for fault in faults_of(made)}
