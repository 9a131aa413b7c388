"""What `verify` shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.following import verify_changes
from ecosmig_publish.workflows.verifying import ACCESS, UNPROVED, Discrepancy, Verified, verify_folders

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring

_SHOWN = 200
NEXT = {
    "missing": "put it back into its folder; the outbox has it",
    "unexpected": "take it out of the folder, or find out who put it there; ecosmig never removes a file",
    "altered": "move it out of the folder, put the outbox's copy in its place",
    "renamed": "give the file its name back",
    "moved": "move the file back into its recipient's folder",
    "access": "let nobody else read the folder, and let its name begin with the signifier: ecosmig supplier list",
    "unproved": "ecosmig publish --all",
    "unreadable": "look at it; a damaged one as an altered one",
    "folder": "put the folder back as it was onboarded, a real folder under its name: ecosmig supplier list",
}


def show_verification(
    invocation: Invocation, suppliers: Sequence[Signifier], *, deep: bool, only_changes: bool = False
) -> int:
    """Compare and show; returns what `exit_status` says of it."""
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    verified = Verified(0, 0, ())
    if ledger is None:
        refuse_strangers(suppliers, None)
    else:
        with ledger:
            refuse_strangers(suppliers, ledger)
            verified = (
                _followed(ledger, wiring)
                if only_changes
                else _compared(invocation, ledger, wiring, suppliers, deep=deep)
            )
    status = exit_status(verified.discrepancies)
    document = {
        "exit_status": int(status),
        "folders": verified.folders,
        "files": verified.files,
        "earlier": verified.earlier,
        "deep": deep,
        "only_changes": only_changes,
        "discrepancies": [discrepancy_fields(found) for found in verified.discrepancies],
    }
    invocation.result(document, lambda: render_verification(verified, deep=deep, only_changes=only_changes))
    return status


def exit_status(discrepancies: Collection[Discrepancy]) -> ExitStatus:
    """Return 21 where a folder is not its recipient's alone, 20 where something else is wrong, 10 where unproved."""
    if any(found.kind == ACCESS for found in discrepancies):
        return ExitStatus.FOLDER_ACCESS
    if any(found.kind != UNPROVED for found in discrepancies):
        return ExitStatus.FINDING
    return ExitStatus.UNPROVED if discrepancies else ExitStatus.OK


def render_verification(verified: Verified, *, deep: bool, only_changes: bool = False) -> None:
    """Print what was found, what to do about it, and how much was looked at."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    found = verified.discrepancies
    show_discrepancies(found)
    if only_changes:
        changed = (
            f"{verified.files:,} files changed in the library" if verified.files else "Nothing changed in the library"
        )
        show_line(f"{changed} since the last run: {counted(len(found), 'finding') if found else 'all agree'}.")
        return
    how = "SHA-256 of every byte" if deep else "name, size and quickXorHash"
    outcome = counted(len(found), "finding") if found else "all agree"
    if verified.folders:
        show_line(f"{verified.files:,} files in {verified.folders:,} folders compared by {how}: {outcome}.")
        if verified.earlier:
            show_line(f"{verified.earlier:,} more are of the system that their streams were taken over from.")
    else:
        show_line("No recipient is onboarded yet, so there is nothing to verify: ecosmig supplier onboard --all")


def show_discrepancies(found: Sequence[Discrepancy]) -> None:
    """Print what was found, and of each kind what to do about it."""
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    if not found:
        return
    rows = [(it.kind, it.recipient, it.name, it.detail) for it in found[:_SHOWN]]
    columns = ("finding", "recipient", "name", "detail")
    show_table("Ledger and folders disagree", columns, rows, whole=("finding", "recipient"))
    if len(found) > _SHOWN:
        show_line(f"The first {_SHOWN:,} of {len(found):,}; all of them: ecosmig verify --json")
    for kind, count in Counter(it.kind for it in found).items():
        show_line(f"{count:,} {kind}; next: {NEXT.get(kind, 'have a look')}")


def discrepancy_fields(found: Discrepancy) -> dict[str, object]:
    """Return a discrepancy as documents have it."""
    return {"kind": found.kind, "recipient": found.recipient, "name": found.name, "detail": found.detail}


def _followed(ledger: Ledger, wiring: Wiring) -> Verified:
    destination = wiring.publishing(ledger)
    if not isinstance(destination, FollowsChanges):
        raise UsageError("--changes: this destination can't say what changed since the last run", hint="ecosmig verify")
    return verify_changes(ledger=ledger, destination=destination)


def _compared(
    invocation: Invocation, ledger: Ledger, wiring: Wiring, suppliers: Sequence[Signifier], *, deep: bool
) -> Verified:
    streams = ledger.streams()
    total = sum(stream.last_sequence for stream in streams if not suppliers or stream.recipient in suppliers)
    with counting(invocation, "comparing", total) as one_more:
        return verify_folders(
            ledger=ledger,
            destination=wiring.publishing(ledger),
            recipients=suppliers,
            deep=deep,
            on_file=lambda _name: one_more(),
        )
