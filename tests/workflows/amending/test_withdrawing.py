"""To withdraw: on the record, the number never used again, the rows reported or held again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.amending.choosing import Meant
from ecosmig_publish.workflows.running import Narrowing
from ecosmig_publish.workflows.verifying import verify_folders
from tests.workflows.amending.amended import THURSDAY, TUESDAY, WEDNESDAY, corrected, held, name_of, withdrawn
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, details, device_id, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

FIRST = f"ECOSMIG-001_{A}_1_20240305060000.csv"
OF_001 = Narrowing(reports=[Report.ECOSMIG_001])
OF_B_ALONE = Narrowing(reports=[Report.ECOSMIG_001], suppliers=[Signifier(B)])


def successes() -> Data:
    made = source()
    made.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 3, MONDAY + HOUR), attempt(3, 2, MONDAY)]
    return made


@pytest.fixture
def data() -> Data:
    return successes()


@pytest.fixture(scope="module")
def on_tuesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = installed(tmp_path_factory.mktemp("tuesday") / "it", successes())
    made.run(TUESDAY, OF_001)
    return made


@pytest.fixture
def made(on_tuesday: Installation, tmp_path: Path) -> Installation:
    """A's two and B's one were published on Tuesday."""
    return on_tuesday.copied(tmp_path / "it")


def test_rows_count_as_reported_and_the_number_is_not_used_again(made: Installation, data: Data) -> None:
    withdrawn(made, FIRST)
    data.migration_attempts.append(attempt(4, 1, MONDAY + 30 * HOUR))
    shown(made, data)
    made.run(WEDNESDAY, OF_001)
    assert held(made) == []
    assert [row[-1] for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_2_")] == ["20240305T060000"]


def test_released_rows_are_held_and_go_out_once_more(made: Installation) -> None:
    withdrawn(made, FIRST, releases=True)
    reasons = (f"withdrawn:{FIRST}",)
    assert held(made) == [("001", "attempt:1", reasons), ("001", "attempt:2", reasons)]
    made.run(WEDNESDAY, OF_001)
    made.run(THURSDAY, OF_001)
    assert [row[1] for row in details(made.published(), f"{A}/ECOSMIG-001_{A}_2_")] == [device_id(1), device_id(3)]
    assert held(made) == []
    assert not [path for path in made.issued() if path.startswith(f"{A}/ECOSMIG-001_{A}_3_")]


def test_what_never_was_published_no_longer_waits_and_holds_up_no_later_number(data: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, data)
    made.run(TUESDAY, OF_B_ALONE)
    withdrawn(made, FIRST)
    with made.wiring().ledger() as ledger:
        assert ledger.waiting() == []
        assert [stream.waiting for stream in ledger.streams()] == [0, 0]
    data.migration_attempts.append(attempt(4, 1, MONDAY + 30 * HOUR))
    shown(made, data)
    assert made.run(WEDNESDAY, OF_001).exit_status is ExitStatus.OK
    assert sorted(path for path in made.published() if path.startswith(A)) == [
        f"{A}/ECOSMIG-001_{A}_2_20240306060000.csv"
    ]


def test_a_left_file_agrees_and_one_that_never_was_published_is_not_missed(data: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, data)
    made.run(TUESDAY, OF_B_ALONE)
    withdrawn(made, FIRST)
    withdrawn(made, f"ECOSMIG-001_{B}_1_20240305060000.csv")
    assert verified(made) == []


def test_a_left_file_that_is_gone_is_missing(made: Installation) -> None:
    withdrawn(made, FIRST)
    next((made.home / "published").glob(f"{A}*/{FIRST}")).unlink()
    assert verified(made) == [("missing", FIRST)]


def test_what_is_withdrawn_is_not_withdrawn_again(made: Installation) -> None:
    withdrawn(made, FIRST)
    with pytest.raises(UsageError, match="was withdrawn already"):
        withdrawn(made, FIRST)


def test_rows_may_be_released_later_and_once(made: Installation) -> None:
    withdrawn(made, FIRST)
    withdrawn(made, FIRST, releases=True)
    assert [key for _, key, _ in held(made)] == ["attempt:1", "attempt:2"]
    with pytest.raises(UsageError, match="was withdrawn already"):
        withdrawn(made, FIRST, releases=True)


def test_rows_that_another_issue_carries_now_are_not_released(made: Installation) -> None:
    corrected(made, Meant(names=[FIRST]), WEDNESDAY)
    with pytest.raises(UsageError, match="which superseded it"):
        withdrawn(made, FIRST, releases=True)
    withdrawn(made, FIRST)
    assert held(made) == []


def test_a_withdrawn_issue_can_be_corrected_unless_its_rows_were_released(made: Installation) -> None:
    withdrawn(made, FIRST)
    corrected(made, Meant(names=[FIRST]), WEDNESDAY)
    second = name_of(made, f"ECOSMIG-001_{A}_2_")
    assert len(details(made.published(), f"{A}/{second}")) == 2
    withdrawn(made, second, releases=True)
    with pytest.raises(UsageError, match="its rows released"):
        corrected(made, Meant(names=[second]), WEDNESDAY)


def test_nothing_of_a_summary_is_released(data: Data, tmp_path: Path) -> None:
    made = installed(tmp_path, data)
    monday = TUESDAY + 6 * 24 * HOUR
    made.run(monday, Narrowing(reports=[Report.ECOSMIG_005]))
    with pytest.raises(UsageError, match="each slot tells it anew"):
        withdrawn(made, name_of(made, f"ECOSMIG-005_{A}_1_"), releases=True)


def verified(made: Installation) -> list[tuple[str, str]]:
    wiring = made.wiring()
    with wiring.ledger() as ledger:
        found = verify_folders(ledger=ledger, destination=wiring.publishing(ledger), deep=True)
    return [(it.kind, it.name) for it in found.discrepancies]
