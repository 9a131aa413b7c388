"""To resend: the same number, name and bytes; whatever stands in the folder is never overwritten."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus, OutboxError, UsageError
from ecosmig_publish.workflows.running import Narrowing
from tests.workflows.amending.amended import TUESDAY, WEDNESDAY, sent_again, withdrawn
from tests.workflows.made import HOUR, MONDAY, A, attempt, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation

FIRST = f"ECOSMIG-001_{A}_1_20240305060000.csv"


@pytest.fixture(scope="module")
def on_tuesday(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path_factory.mktemp("tuesday") / "it", data)
    made.run(TUESDAY, Narrowing(reports=[Report.ECOSMIG_001]))
    return made


@pytest.fixture
def made(on_tuesday: Installation, tmp_path: Path) -> Installation:
    """One file of 001 for A, published."""
    return on_tuesday.copied(tmp_path / "it")


def stands(made: Installation, name: str = FIRST) -> Path:
    (path,) = (made.home / "published").glob(f"{A}*")
    return path / name


def test_a_file_that_was_deleted_is_put_there_again(made: Installation) -> None:
    before = made.published()
    stands(made).unlink()
    outcome = sent_again(made, FIRST)
    assert made.published() == before
    assert (outcome.exit_status, outcome.published.placed, outcome.published.adopted) == (ExitStatus.OK, 1, 0)


def test_a_file_that_stands_there_unchanged_is_adopted(made: Installation) -> None:
    outcome = sent_again(made, FIRST)
    assert (outcome.published.placed, outcome.published.adopted, len(outcome.proved)) == (0, 1, 1)


def test_other_bytes_in_its_place_stay_and_stop_the_stream(made: Installation) -> None:
    stands(made).write_bytes(b"somebody else's")
    assert sent_again(made, FIRST).exit_status is ExitStatus.STREAM_CONFLICT
    assert stands(made).read_bytes() == b"somebody else's"


def test_no_new_number_is_taken_and_the_act_keeps_what_was(made: Installation) -> None:
    sent_again(made, FIRST)
    with made.wiring().ledger() as ledger:
        (act,) = ledger.acts(kind="resend")
        assert ledger.last_sequences(Report.ECOSMIG_001) == {Signifier(A): 1}
    assert act.subject == FIRST
    assert '"published_at":"2036-01-01T00:00:00.000000Z"' in act.content
    assert '"reason":"a test"' in act.content


def test_a_copy_that_changed_in_the_outbox_is_not_sent(made: Installation) -> None:
    (copy,) = (made.home / "state" / "outbox").glob(f"*/{FIRST}")
    copy.write_bytes(copy.read_bytes() + b" ")
    with pytest.raises(OutboxError, match="its bytes changed"):
        sent_again(made, FIRST)
    with made.wiring().ledger() as ledger:
        assert ledger.waiting() == []


def test_what_was_withdrawn_is_not_sent_again(made: Installation) -> None:
    withdrawn(made, FIRST)
    with pytest.raises(UsageError, match="was withdrawn; it is not sent again"):
        sent_again(made, FIRST)


def test_what_never_was_published_waits_anyway(made: Installation) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 1, MONDAY + 30 * HOUR)]
    shown(made, data)
    made.run(WEDNESDAY, Narrowing(reports=[Report.ECOSMIG_001], suppliers=[Signifier("PXX002")]))
    with pytest.raises(UsageError, match="was not published yet: it waits anyway"):
        sent_again(made, f"ECOSMIG-001_{A}_2_20240306060000.csv")


def test_an_earlier_number_is_sent_again_behind_a_later_one_and_later_ones_wait_for_it(made: Installation) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 1, MONDAY + 30 * HOUR)]
    shown(made, data)
    made.run(WEDNESDAY, Narrowing(reports=[Report.ECOSMIG_001]))
    assert sent_again(made, FIRST).exit_status is ExitStatus.OK
    stands(made).write_bytes(b"somebody else's")
    sent_again(made, FIRST)
    data.migration_attempts.append(attempt(3, 1, MONDAY + 50 * HOUR))
    shown(made, data)
    outcome = made.run(WEDNESDAY + 24 * HOUR, Narrowing(reports=[Report.ECOSMIG_001]))
    assert [file.sequence for file in outcome.waiting] == [1, 3]
    assert not stands(made, f"ECOSMIG-001_{A}_3_20240307060000.csv").exists()
