"""A ledger that was recovered agrees with its acts, its rows and its outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from tests.workflows.made import HOUR, MONDAY, attempt, installed, shown, source
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


def monday() -> Data:
    """A success of each recipient on Monday, one of A's on Tuesday, and a row that can't be reported yet."""
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR), attempt(4, 4, MONDAY + HOUR)]
    data.devices[3]["mpxn"] = None
    return data


OF_TUESDAY = attempt(3, 3, MONDAY + 30 * HOUR)


@pytest.fixture
def data() -> Data:
    data = monday()
    data.migration_attempts.append(OF_TUESDAY)
    return data


@pytest.fixture(scope="module")
def put_back_on_wednesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    data = monday()
    made = installed(tmp_path_factory.mktemp("wednesday") / "it", data)
    made.run(TUESDAY)
    copy_ledger(made.home, made.home / "copy")
    data.migration_attempts.append(OF_TUESDAY)
    shown(made, data)
    made.run(WEDNESDAY)
    put_back(made.home, made.home / "copy")
    return made


@pytest.fixture
def made(put_back_on_wednesday: Installation, tmp_path: Path) -> Installation:
    """The ledger is Tuesday's, the folders and the outbox are Wednesday's; of all reports."""
    return put_back_on_wednesday.copied(tmp_path / "it")


def test_an_old_ledger_beside_a_newer_outbox_is_said_before_it_is_recovered(made: Installation) -> None:
    assert {fault.kind for fault in faults_of(made)} == {"outbox"}
    assert any("an older ledger stands in its place" in fault.what for fault in faults_of(made))


def test_a_recovered_ledger_is_sound_and_stays_so(made: Installation) -> None:
    recovered(made.wiring())
    assert faults_of(made) == []
    made.run(THURSDAY)
    assert faults_of(made) == []


def test_what_gave_way_in_a_recovery_is_no_fault(made: Installation, data: Data) -> None:
    lose_outbox(made.home)
    data.migration_attempts += [attempt(5, 1, MONDAY + 50 * HOUR), attempt(6, 2, MONDAY + 51 * HOUR)]
    shown(made, data)
    assert made.run(THURSDAY).exit_status == ExitStatus.STREAM_CONFLICT
    assert any(stream.gives_way for stream in recovered(made.wiring()).streams)
    made.run(FRIDAY)
    # The files that the outbox lost are all that is wrong.
    assert {(fault.kind, fault.what) for fault in faults_of(made)} == {("outbox", "the file is not in the outbox")}
