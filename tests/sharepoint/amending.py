"""What is done to an issue in SharePoint, through the product's own workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.workflows.amending.choosing import Meant, chosen_issues, chosen_targets
from ecosmig_publish.workflows.amending.publishing import publish_made
from ecosmig_publish.workflows.amending.removing import remove_files, still_listed
from ecosmig_publish.workflows.amending.resending import resend
from ecosmig_publish.workflows.amending.running import correct_all, open_correcting
from ecosmig_publish.workflows.amending.withdrawing import Withdrawal, record_withdrawal
from ecosmig_publish.workflows.running import Watcher
from tests.sharepoint.issued import FIRST
from tests.workflows.made import HOUR, A

if TYPE_CHECKING:
    from ecosmig_publish.workflows.running import RunOutcome
    from tests.sharepoint.installation import SharePointInstallation

NAME = f"ECOSMIG-001_{A}_1_20240304060000.csv"


def sent_again(made: SharePointInstallation) -> RunOutcome:
    """Send the issue again."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        (issue,) = chosen_issues(Meant(names=[NAME]), ledger)
        resend(issue, ledger=ledger, outbox=wiring.outbox(), reason="a test", now=wiring.now)
        return publish_made([NAME], wiring.parts(ledger), Watcher())


def corrected(made: SharePointInstallation) -> tuple[RunOutcome, list[str]]:
    """Correct the issue an hour later; return the names of its files, too."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        parts = wiring.parts(ledger)
        targets = chosen_targets(Meant(names=[NAME]), ledger)
        with open_correcting(parts, targets, FIRST + HOUR) as issuing:
            (done,) = correct_all(targets, issuing, reason="a test")
            names = done.file_names(issuing)
        return publish_made(names, parts, Watcher()), names


def taken_out(made: SharePointInstallation) -> list[bool]:
    """Withdraw the issue with its file; return whether each file was there."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        (issue,) = chosen_issues(Meant(names=[NAME]), ledger)
        if issue.withdrawn is None:
            record_withdrawal(Withdrawal(issue, removes=True), ledger=ledger, reason="a test", now=wiring.now)
        removed = remove_files(issue, ledger=ledger, destination=wiring.onboarding())
        assert [it.error for it in removed] == [None]
        assert still_listed(issue, ledger=ledger, destination=wiring.publishing(ledger)) == []
    return [it.was_there for it in removed]
