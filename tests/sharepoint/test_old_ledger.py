"""An old ledger put back can't use a number again: what stands in the library is known from its changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, LedgerBehindError
from tests.sharepoint.installation import SharePointInstallation
from tests.sharepoint.issued import PARTIES
from tests.workflows.made import HOUR, MONDAY, START, A, B, attempt, source
from tests.workflows.recovery.made import THURSDAY, TUESDAY, WEDNESDAY, copy_ledger, lose_outbox, put_back

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime
    from tests.plain.data import Data

pytestmark = pytest.mark.enable_socket
LOST = f"ECOSMIG-001_{A}_2_20240306060000.csv"


@dataclass
class Old:
    """A and B got their first 001 on Tuesday, A its second on Wednesday; the ledger is Tuesday's again."""

    made: SharePointInstallation
    data: Data

    def show(self) -> None:
        self.data.write_parquet(self.made.home / "data")


@pytest.fixture
def old(sandbox: Sandbox, driven: DrivenTime, tmp_path: Path) -> Old:
    home = tmp_path / "it"
    made = SharePointInstallation(home, sandbox, driven, START, f"parquet:{home / 'data'}", PARTIES)
    made.reports = (Report.ECOSMIG_001,)
    it = Old(made, source())
    it.data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    it.show()
    made.onboard_all()
    assert made.run(TUESDAY).exit_status == ExitStatus.OK
    copy_ledger(home, tmp_path / "copy")
    it.data.migration_attempts.append(attempt(3, 3, MONDAY + 30 * HOUR))
    it.show()
    assert made.run(WEDNESDAY).exit_status == ExitStatus.OK
    put_back(home, tmp_path / "copy")
    it.data.migration_attempts.append(attempt(4, 2, MONDAY + 50 * HOUR))
    it.show()
    return it


def _agrees(old: Old) -> None:
    """Nothing of A's stream was placed, B's went on, and no name ever had two contents."""
    assert [name for name in old.made.published() if "001" in name and name.startswith(A)] == [
        f"{A}/ECOSMIG-001_{A}_1_20240305060000.csv",
        f"{A}/{LOST}",
    ]
    assert f"{B}/ECOSMIG-001_{B}_2_20240307060000.csv" in old.made.published()
    assert all(len(hashes) == 1 for _, hashes in old.made.ever_visible())


def test_the_outbox_shows_it_before_anything_is_issued(old: Old) -> None:
    before = old.made.published()
    with pytest.raises(LedgerBehindError):
        old.made.run(THURSDAY)
    assert old.made.published() == before


def test_without_the_outbox_the_changes_show_it_and_other_streams_go_on(old: Old) -> None:
    lose_outbox(old.made.home)
    outcome = old.made.run(THURSDAY)
    assert outcome.exit_status == ExitStatus.STREAM_CONFLICT
    assert [(it.recipient, it.report) for it in outcome.published.stopped] == [(A, Report.ECOSMIG_001)]
    assert LOST in outcome.published.stopped[0].reason
    _agrees(old)


def test_it_is_shown_at_every_later_run_too(old: Old) -> None:
    lose_outbox(old.made.home)
    old.made.run(THURSDAY)
    again = old.made.run(THURSDAY + 6 * HOUR)
    assert again.exit_status == ExitStatus.STREAM_CONFLICT
    _agrees(old)


def test_where_the_token_of_changes_is_lost_the_whole_library_is_looked_at(old: Old) -> None:
    lose_outbox(old.made.home)
    old.made.sandbox.library().expire_delta_tokens()
    assert old.made.run(THURSDAY).exit_status == ExitStatus.STREAM_CONFLICT
    _agrees(old)


def test_a_number_that_was_taken_away_again_stops_nothing(old: Old) -> None:
    lose_outbox(old.made.home)
    old.made.run(THURSDAY)
    old.made.sandbox.library().remove(f"{old.made.folder(A)}/{LOST}", "owner@owner.test")
    outcome = old.made.run(THURSDAY + 6 * HOUR)
    assert outcome.published.stopped == ()
    assert f"{A}/ECOSMIG-001_{A}_2_20240307060000.csv" in old.made.published()


@pytest.fixture
def young(old: Old) -> Old:
    """The same with a ledger that knows all that stands in the folders."""
    lose_outbox(old.made.home)
    old.made.sandbox.library().remove(f"{old.made.folder(A)}/{LOST}", "owner@owner.test")
    assert old.made.run(THURSDAY).published.stopped == ()
    return old


def test_a_number_that_an_earlier_run_was_told_of_stops_a_later_one(young: Old) -> None:
    made = young.made
    stranger = f"ECOSMIG-001_{A}_9_20240307060000.csv"
    made.sandbox.library().put(f"{made.folder(A)}/{stranger}", b"somebody's", "mallory@owner.test")
    # A run in which only B's file is due follows the changes past the stranger's.
    young.data.migration_attempts.append(attempt(5, 4, MONDAY + 75 * HOUR))
    young.show()
    assert made.run(THURSDAY + 24 * HOUR).published.stopped == ()
    young.data.migration_attempts.append(attempt(6, 1, MONDAY + 100 * HOUR))
    young.show()
    outcome = made.run(THURSDAY + 48 * HOUR)
    assert [(it.recipient, it.report) for it in outcome.published.stopped] == [(A, Report.ECOSMIG_001)]


def test_a_folder_that_is_taken_over_is_listed_before_the_first_file_goes_into_it(young: Old) -> None:
    made, late = young.made, "PXX003"
    made.parties = {**PARTIES, late: "Cable"}
    young.data.parties.append({"sec_party_id": late, "party_name": "Cable"})
    made.sandbox.library().make_folder(made.folder(late))
    made.sandbox.library().put(f"{made.folder(late)}/ECOSMIG-001_{late}_41_20240301060000.csv", b"the older system's")
    # The changes are followed past what stands there, before anybody knows whose folder that is.
    young.data.migration_attempts.append(attempt(5, 2, MONDAY + 75 * HOUR))
    young.show()
    assert made.run(THURSDAY + 24 * HOUR).published.stopped == ()
    made.onboard(late)
    span = next(it for it in young.data.responsibilities if it["device_id"].endswith("04"))
    span["sec_party_id"] = late
    young.data.migration_attempts.append(attempt(6, 4, MONDAY + 100 * HOUR))
    young.show()
    outcome = made.run(THURSDAY + 48 * HOUR)
    assert [(it.recipient, it.report) for it in outcome.published.stopped] == [(late, Report.ECOSMIG_001)]
