"""An old or lost ledger is rebuilt from the library: numbers go on, and no name ever has two contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus
from tests.sharepoint.installation import SharePointInstallation
from tests.sharepoint.issued import PARTIES
from tests.workflows.made import HOUR, MONDAY, START, A, B, attempt, details, source
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

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def made(sandbox: Sandbox, driven: DrivenTime, tmp_path: Path) -> SharePointInstallation:
    """A and B got a first 001 on Tuesday, A a second on Wednesday; the ledger is Tuesday's, the outbox is gone."""
    home = tmp_path / "it"
    made = SharePointInstallation(home, sandbox, driven, START, f"parquet:{home / 'data'}", PARTIES)
    made.reports = (Report.ECOSMIG_001,)
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    data.write_parquet(home / "data")
    made.onboard_all()
    made.run(TUESDAY)
    copy_ledger(home, tmp_path / "copy")
    data.migration_attempts.append(attempt(3, 3, MONDAY + 30 * HOUR))
    data.write_parquet(home / "data")
    made.run(WEDNESDAY)
    put_back(home, tmp_path / "copy")
    lose_outbox(home)
    data.migration_attempts += [attempt(4, 1, MONDAY + 50 * HOUR), attempt(5, 2, MONDAY + 51 * HOUR)]
    data.write_parquet(home / "data")
    return made


def _goes_on(made: SharePointInstallation) -> None:
    """Every attempt is in one file, every stream's numbers run from 1, no name ever had two contents."""
    files = {name: content for name, content in made.published().items() if "ECOSMIG-001" in name}
    assert sorted(line[1][-2:] for name in files for line in details(files, name)) == ["01", "01", "02", "02", "03"]
    for recipient in (A, B):
        numbers = sorted(int(name.split("_")[2]) for name in files if name.startswith(recipient))
        assert numbers == list(range(1, len(numbers) + 1))
    assert all(len(hashes) == 1 for _, hashes in made.ever_visible())


def test_an_old_ledger_goes_on_after_a_recovery(made: SharePointInstallation) -> None:
    assert recovered(made.wiring()).exit_status == ExitStatus.OK
    assert made.run(THURSDAY).exit_status == ExitStatus.OK
    _goes_on(made)
    assert made.verify(deep=True).discrepancies == ()


def test_what_was_issued_on_it_meanwhile_gives_way(made: SharePointInstallation) -> None:
    assert made.run(THURSDAY).exit_status == ExitStatus.STREAM_CONFLICT
    assert recovered(made.wiring()).exit_status == ExitStatus.OK
    assert made.run(FRIDAY).published.stopped == ()
    _goes_on(made)


def test_a_lost_ledger_is_rebuilt_once_the_folders_are_pinned_again(made: SharePointInstallation) -> None:
    lose_ledger(made.home)
    for signifier in PARTIES:
        made.onboard(signifier)
    recovered(made.wiring())
    assert made.run(THURSDAY).exit_status == ExitStatus.OK
    _goes_on(made)


def test_a_folder_that_can_not_be_read_is_said_and_nothing_of_it_is_recovered(made: SharePointInstallation) -> None:
    made.sandbox.library().remove(f"{made.root}/{folder_name(Signifier(A), PARTIES[A])}", "owner@owner.test")
    plan = recovered(made.wiring())
    assert plan.exit_status == ExitStatus.STREAM_CONFLICT
    assert list(plan.seen.unread) == [A]
    assert not plan.changes
