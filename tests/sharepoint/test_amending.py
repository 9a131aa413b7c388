"""What was issued is amended in SharePoint: sent again, corrected, taken back and out of the folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.amending.choosing import Meant, chosen_issues
from ecosmig_publish.workflows.amending.removing import remove_files
from ecosmig_publish.workflows.amending.resending import resend
from ecosmig_publish.workflows.amending.withdrawing import Withdrawal, record_withdrawal
from tests.sharepoint.amending import NAME, corrected, sent_again, taken_out
from tests.sharepoint.issued import FIRST
from tests.workflows.made import A

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def made(issued: Issued, sandbox: object, tmp_path: Path) -> SharePointInstallation:  # noqa: ARG001 - calmed by it
    """Six files, published and proved."""
    made = issued.waiting(tmp_path)
    assert made.run(FIRST).exit_status is ExitStatus.OK
    return made


def test_a_deleted_file_is_put_there_again_and_proved(made: SharePointInstallation) -> None:
    before = made.published()
    made.sandbox.library().remove(f"{made.folder(A)}/{NAME}")
    outcome = sent_again(made)
    assert made.published() == before
    assert (outcome.published.placed, [file.name for file in outcome.proved]) == (1, [NAME])
    assert made.run(FIRST).exit_status is ExitStatus.OK


def test_a_file_that_stands_there_is_adopted_as_it_is(made: SharePointInstallation) -> None:
    outcome = sent_again(made)
    assert (outcome.exit_status, outcome.published.placed, outcome.published.adopted) == (ExitStatus.OK, 0, 1)


def test_a_correction_stands_beside_what_it_supersedes(made: SharePointInstallation) -> None:
    before = made.published()
    outcome, names = corrected(made)
    assert (outcome.exit_status, names) == (ExitStatus.OK, [f"ECOSMIG-001_{A}_2_20240304070000.csv"])
    after = made.published()
    assert {path: content for path, content in after.items() if path in before} == before
    assert after.keys() - before.keys() == {f"{A}/{names[0]}"}


def test_a_removed_file_is_gone_and_nobody_is_surprised(made: SharePointInstallation) -> None:
    before = made.published()
    assert taken_out(made) == [True]
    assert taken_out(made) == [False]
    assert made.published().keys() == before.keys() - {f"{A}/{NAME}"}
    assert made.verify(deep=True).discrepancies == ()
    # The next run that follows the library's changes sees the removal, and knows of it.
    sent = f"ECOSMIG-002_{A}_1_20240304060000.csv"
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        (issue,) = chosen_issues(Meant(names=[sent]), ledger)
        resend(issue, ledger=ledger, outbox=wiring.outbox(), reason="a test", now=wiring.now)
    outcome = made.run(FIRST)
    assert (outcome.exit_status, outcome.doubts) == (ExitStatus.OK, [])
    assert made.findings() == []


def test_a_removed_file_that_somebody_put_back_is_unexpected(made: SharePointInstallation) -> None:
    content = made.published()[f"{A}/{NAME}"]
    taken_out(made)
    made.sandbox.library().put(f"{made.folder(A)}/{NAME}", content)
    assert [(it.kind, it.name) for it in made.verify().discrepancies] == [("unexpected", NAME)]


def test_what_somebody_put_back_is_taken_out_again(made: SharePointInstallation) -> None:
    content = made.published()[f"{A}/{NAME}"]
    taken_out(made)
    made.sandbox.library().put(f"{made.folder(A)}/{NAME}", content)
    assert taken_out(made) == [True]
    assert made.verify().discrepancies == ()


def test_other_bytes_under_the_name_stay(made: SharePointInstallation) -> None:
    made.sandbox.library().put(f"{made.folder(A)}/{NAME}", b"somebody else's")
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        (issue,) = chosen_issues(Meant(names=[NAME]), ledger)
        record_withdrawal(Withdrawal(issue, removes=True), ledger=ledger, reason="a test", now=wiring.now)
        (removed,) = remove_files(issue, ledger=ledger, destination=wiring.onboarding())
    assert removed.error is not None
    assert removed.error.exit_status is ExitStatus.STREAM_CONFLICT
    assert made.published()[f"{A}/{NAME}"] == b"somebody else's"
