"""An older system's files in a SharePoint library: their numbers go on, and nobody takes them for strangers'."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.recovery.seeding import SeedPlan, plan_seeding, seed
from tests.installation import at
from tests.sharepoint.installation import SharePointInstallation
from tests.sharepoint.issued import PARTIES
from tests.workflows.made import HOUR, MONDAY, START, A, B, attempt, source

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]

LAST = at("2024-03-04T06:00:00")


def old_name(recipient: str, number: int) -> str:
    return f"ECOSMIG-001_{recipient}_{number}_202402{number:02d}060000.csv"


@pytest.fixture
def made(tmp_path: Path, shared: Sandbox, driven: DrivenTime) -> SharePointInstallation:
    """Two recipients; an older system left 1 to 12 with A and 3 with B, and reported Device 1's attempt."""
    data = source()
    data.migration_attempts += [
        attempt(1, 1, MONDAY - HOUR),
        attempt(2, 1, MONDAY + HOUR),
        attempt(3, 2, MONDAY + HOUR),
    ]
    data.write_parquet(tmp_path / "data")
    made = SharePointInstallation(tmp_path / "home", shared, driven, START, f"parquet:{tmp_path / 'data'}", PARTIES)
    made.onboard_all()
    for recipient, numbers in ((A, range(1, 13)), (B, (3,))):
        for number in numbers:
            place = f"{made.folder(recipient)}/{old_name(recipient, number)}"
            shared.library().put(place, b"from the older system")
    return made


def take_over(made: SharePointInstallation) -> SeedPlan:
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        plan = plan_seeding(
            {},
            {Report.ECOSMIG_001: LAST},
            from_folders=True,
            ledger=ledger,
            destination=wiring.publishing(ledger),
            start=wiring.settings.start,
            now=wiring.now(),
        )
        seed(plan, cut_off=None, settle=timedelta(0), ledger=ledger, open_data=wiring.data, now=wiring.now())
    return plan


def test_the_numbers_go_on_where_the_library_ends(made: SharePointInstallation) -> None:
    plan = take_over(made)
    assert [(it.recipient, it.last_sequence) for it in plan.streams] == [(Signifier(A), 12), (Signifier(B), 3)]
    assert [it.detail for it in plan.oddities] == ["ECOSMIG-001: numbers 1 to 2 are not there"]
    outcome = made.run(LAST + timedelta(days=1))
    assert outcome.exit_status is ExitStatus.OK
    new = {path for path in made.published() if "ECOSMIG-001" in path and "20240305" in path}
    assert new == {f"{A}/ECOSMIG-001_{A}_13_20240305060000.csv", f"{B}/ECOSMIG-001_{B}_4_20240305060000.csv"}


def test_nothing_is_wrong_with_the_older_systems_files(made: SharePointInstallation) -> None:
    take_over(made)
    assert made.run(LAST + timedelta(days=1)).doubts == []
    verified = made.verify()
    assert (verified.discrepancies, verified.earlier) == ((), 13)


def test_an_older_systems_file_that_comes_between_two_runs_is_no_finding(
    made: SharePointInstallation, shared: Sandbox
) -> None:
    take_over(made)
    made.run(LAST + timedelta(days=1))
    shared.library().put(f"{made.folder(B)}/{old_name(B, 2)}", b"from the older system")
    assert made.run(LAST + timedelta(days=2)).doubts == []


def test_a_number_after_the_seed_that_nobody_here_issued_stops_its_stream(
    made: SharePointInstallation, shared: Sandbox
) -> None:
    take_over(made)
    shared.library().put(f"{made.folder(B)}/{old_name(B, 4)}", b"from the older system, which still runs")
    outcome = made.run(LAST + timedelta(days=1))
    assert outcome.exit_status is ExitStatus.STREAM_CONFLICT
    assert {stopped.recipient for stopped in outcome.published.stopped} == {B}
