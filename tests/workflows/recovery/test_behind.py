"""An old ledger put back is noticed before it can use a number again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, LedgerBehindError
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, installed, shown, source
from tests.workflows.recovery.made import (
    THURSDAY,
    TUESDAY,
    WEDNESDAY,
    copy_ledger,
    lose_ledger,
    lose_outbox,
    put_back,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation


@pytest.fixture(scope="module")
def put_back_on_wednesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    made = installed(tmp_path_factory.mktemp("wednesday") / "it", data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    data.migration_attempts.append(attempt(3, 3, MONDAY + 30 * HOUR))
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    data.migration_attempts.append(attempt(4, 2, MONDAY + 50 * HOUR))
    shown(made, data)
    return made


@pytest.fixture
def made(put_back_on_wednesday: Installation, tmp_path: Path) -> Installation:
    """A and B have got their first 001 on Tuesday, A its second on Wednesday; the ledger is Tuesday's."""
    return put_back_on_wednesday.copied(tmp_path / "it")


def test_an_outbox_that_holds_what_the_ledger_does_not_know_stops_the_run_before_anything_is_issued(
    made: Installation,
) -> None:
    before = made.published()
    (lost,) = (made.home / "state/outbox").glob("ECOSMIG-001_20240306*")
    with pytest.raises(LedgerBehindError, match=lost.name) as refused:
        made.run(THURSDAY)
    assert refused.value.exit_status == ExitStatus.STREAM_CONFLICT
    assert "ecosmig ledger recover" in refused.value.hint
    assert made.published() == before
    assert {path.name for path in lost.iterdir()} == {f"ECOSMIG-001_{A}_2_20240306060000.csv", "issued"}
    assert len(made.issued()) == 2


def test_a_number_that_stands_in_the_folder_stops_its_stream_alone(made: Installation) -> None:
    lose_outbox(made.home)
    before = made.published()
    outcome = made.run(THURSDAY)
    assert outcome.exit_status == ExitStatus.STREAM_CONFLICT
    assert [(it.recipient, it.report) for it in outcome.published.stopped] == [(A, Report.ECOSMIG_001)]
    assert f"ECOSMIG-001_{A}_2_20240306060000.csv stands there" in outcome.published.stopped[0].reason
    assert "ecosmig ledger recover" in outcome.published.stopped[0].hint
    assert made.published().keys() - before.keys() == {f"{B}/ECOSMIG-001_{B}_2_20240307060000.csv"}
    assert {file.recipient for file in outcome.waiting} == {A}


def test_a_new_ledger_on_folders_that_hold_reports_publishes_nothing_of_their_streams(made: Installation) -> None:
    lose_outbox(made.home)
    lose_ledger(made.home)
    made.onboard_all()
    before = made.published()
    outcome = made.run(THURSDAY)
    assert outcome.exit_status == ExitStatus.STREAM_CONFLICT
    assert {(it.recipient, it.report) for it in outcome.published.stopped} == {
        (A, Report.ECOSMIG_001),
        (B, Report.ECOSMIG_001),
    }
    assert made.published() == before


def test_a_strangers_number_stops_its_stream_until_it_is_taken_away(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    (folder,) = (tmp_path / "published").glob(f"{A}*")
    stranger = folder / f"ECOSMIG-001_{A}_7_20240101060000.csv"
    stranger.write_bytes(b"somebody else's")
    data.migration_attempts.append(attempt(3, 3, MONDAY + 30 * HOUR))
    shown(made, data)
    assert made.run(WEDNESDAY).exit_status == ExitStatus.STREAM_CONFLICT
    stranger.unlink()
    assert made.run(WEDNESDAY).exit_status == ExitStatus.OK
    assert made.published() == made.issued()


@pytest.mark.parametrize("name", [f"ECOSMIG-002_{B}_9_20240101060000.csv", "notes.txt", f"ECOSMIG-001_{A}_7.csv"])
def test_what_is_no_report_of_the_folders_owner_stops_no_stream(tmp_path: Path, name: str) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_001, Report.ECOSMIG_002)
    (folder,) = (tmp_path / "published").glob(f"{A}*")
    (folder / name).write_bytes(b"somebody else's")
    assert made.run(TUESDAY).exit_status == ExitStatus.OK
