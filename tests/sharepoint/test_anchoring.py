"""The anchor of the chain of acts in a library: where no recipient reads, whatever becomes of the request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.sandbox import Fault
from ecosmig_publish.workflows.following import verify_changes
from tests.sharepoint.issued import FIRST
from tests.workflows.made import A

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

pytestmark = pytest.mark.enable_socket

STAGED_ANCHOR = "/ANCHOR-"
"""In the address of the request that stages one."""


@pytest.fixture
def made(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> SharePointInstallation:  # noqa: ARG001 - calmed
    return issued.waiting(tmp_path)


def kept(made: SharePointInstallation) -> dict[str, bytes]:
    library = made.sandbox.library()
    return {path.rpartition("/")[2]: library.read(path) for path in library.files(made.anchors)}


def test_each_run_leaves_what_the_chain_ends_with_in_the_staging_folder(made: SharePointInstallation) -> None:
    outcome = made.run(FIRST)
    assert outcome.chain is not None
    (content,) = kept(made).values()
    told = json.loads(content)
    assert (told["act"], told["hash"]) == (outcome.chain.act, outcome.chain.hash)
    audited = made.audited()
    assert (audited.exit_status, audited.unanchored, made.staged()) == (ExitStatus.OK, 0, [])


def test_it_is_no_change_of_a_stranger(made: SharePointInstallation) -> None:
    made.run(FIRST)
    wiring = made.wiring()
    with wiring.ledger() as ledger:
        changed = verify_changes(ledger=ledger, destination=wiring.publishing(ledger))  # type: ignore[arg-type]
    assert (changed.files, changed.discrepancies) == (0, ())


@pytest.mark.parametrize(
    "fault",
    [Fault("quota", path=STAGED_ANCHOR), Fault("reset", path=STAGED_ANCHOR, times=0)],
    ids=["no-room", "no-answer"],
)
def test_one_that_can_t_be_kept_changes_no_status_and_the_next_run_makes_up_for_it(
    made: SharePointInstallation, fault: Fault
) -> None:
    made.sandbox.faults.add(fault)
    outcome = made.run(FIRST)
    made.sandbox.faults.clear()
    assert (outcome.exit_status, len(outcome.proved)) == (ExitStatus.OK, 6)
    assert outcome.chain is not None
    assert outcome.chain.error is not None
    assert made.unanchored() != []
    assert made.run(FIRST).exit_status == ExitStatus.OK
    assert (made.unanchored(), made.staged()) == ([], [])


def test_a_lost_reply_is_found_out_about(made: SharePointInstallation) -> None:
    # The six files come first; the anchor's requests are the seventh of each kind.
    faults = [Fault("reset", method=method, after=True, at=7) for method in ("PUT", "PATCH")]
    made.sandbox.faults.add(*faults)
    outcome = made.run(FIRST)
    made.sandbox.faults.clear()
    assert outcome.chain is not None
    assert outcome.chain.is_anchored
    assert (len(kept(made)), made.staged(), made.audited().checked.faults) == (1, [], [])


def test_one_that_was_kept_and_not_noted_is_found_there(made: SharePointInstallation) -> None:
    made.run(FIRST)
    with made.wiring().locked_ledger() as ledger, ledger._engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM anchors")
    before = kept(made)
    outcome = made.run(FIRST)
    assert outcome.chain is not None
    assert (outcome.chain.is_anchored, kept(made), made.unanchored()) == (True, before, [])


def test_without_a_recipient_there_is_nothing_to_ask(made: SharePointInstallation) -> None:
    with made.wiring().locked_ledger() as ledger, ledger._engine.begin() as connection:
        for table in ("access_proofs", "folders"):
            connection.exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 - constants
    made.sandbox.clear_requests()
    assert made.run(FIRST).chain is not None
    assert made.sandbox.requests() == []


def test_what_somebody_does_to_one_is_found(made: SharePointInstallation) -> None:
    made.run(FIRST)
    (name,) = kept(made)
    made.sandbox.library().put(f"{made.anchors}/{name}", b"{}", "mallory@owner.test")
    (edited,) = made.audited().checked.faults
    assert (edited.kind, "has other bytes than follow from the act" in edited.what) == ("anchor", True)
    made.sandbox.library().remove(f"{made.anchors}/{name}", "mallory@owner.test")
    (removed,) = made.audited().checked.faults
    assert (removed.kind, "is not there any more" in removed.what) == ("anchor", True)
    made.sandbox.library().put(f"{made.folder(A)}/{name}", b"{}", "mallory@owner.test")
    assert name in {found.name for found in made.verify().discrepancies}


def test_with_the_library_out_of_reach_the_chain_is_checked_and_the_rest_is_said(made: SharePointInstallation) -> None:
    made.run(FIRST)
    made.sandbox.faults.add(Fault("reset", times=0))
    audited = made.audited()
    made.sandbox.faults.clear()
    assert (audited.exit_status, audited.anchors, audited.checked.faults) == (ExitStatus.UNPROVED, None, [])
    assert audited.error is not None
