"""An installation whose issues are amended, driven through the product's own workflows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.workflows.amending.choosing import Meant, chosen_issues, chosen_targets
from ecosmig_publish.workflows.amending.publishing import publish_made
from ecosmig_publish.workflows.amending.resending import resend
from ecosmig_publish.workflows.amending.running import correct_all, open_correcting
from ecosmig_publish.workflows.amending.withdrawing import planned_withdrawal, record_withdrawal
from ecosmig_publish.workflows.running import Watcher
from tests.installation import at

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.workflows.amending.correcting import Correction
    from ecosmig_publish.workflows.running import RunOutcome
    from tests.installation import Installation

TUESDAY, WEDNESDAY, THURSDAY = (at(f"2024-03-0{day}T06:00:00") for day in (5, 6, 7))


def name_of(made: Installation, beginning: str) -> str:
    """Return the name of the one issued file that begins so."""
    (found,) = (path.partition("/")[2] for path in made.issued() if path.partition("/")[2].startswith(beginning))
    return found


def corrected(made: Installation, meant: Meant, as_of: datetime) -> Correction:
    """Correct what is meant, and publish it."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        parts = wiring.parts(ledger)
        targets = chosen_targets(meant, ledger)
        with open_correcting(parts, targets, as_of) as issuing:
            (done,) = correct_all(targets, issuing, reason="a test")
            names = done.file_names(issuing)
        publish_made(names, parts, Watcher())
    return done


def sent_again(made: Installation, name: str) -> RunOutcome:
    """Send an issue again, and publish it."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        parts = wiring.parts(ledger)
        (issue,) = chosen_issues(Meant(names=[name]), ledger)
        resend(issue, ledger=ledger, outbox=parts.outbox, reason="a test", now=wiring.now)
        return publish_made([file.name for file in issue.files], parts, Watcher())


def withdrawn(made: Installation, name: str, *, releases: bool = False) -> None:
    """Take an issue back, and leave its file."""
    wiring = made.wiring()
    with wiring.locked_ledger() as ledger:
        (issue,) = chosen_issues(Meant(names=[name]), ledger)
        planned = planned_withdrawal(
            issue,
            removes=False,
            releases=releases,
            ledger=ledger,
            outbox=wiring.outbox(),
            open_data=wiring.data,
            still_stands=lambda: False,
        )
        record_withdrawal(planned, ledger=ledger, reason="a test", now=wiring.now)


def held(made: Installation) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(hold.report[-3:], hold.key, hold.reasons) for hold in made.open_holds()]


def mended(data: Any, of_device: int, supplier: str) -> None:
    """Let somebody else have been responsible for a Device all the time."""
    data.responsibilities[of_device - 1]["sec_party_id"] = supplier
