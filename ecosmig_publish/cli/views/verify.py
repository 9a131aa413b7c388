"""What `verify` shows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.verifying import UNPROVED, Verified, verify_folders

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger


def show_verification(invocation: Invocation, suppliers: Sequence[Signifier], *, deep: bool) -> int:
    """Compare and show; returns 20 on a finding, 10 where something is only unproved."""
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    verified = Verified(0, 0, ())
    if ledger is not None:
        with ledger:
            _refuse_strangers(suppliers, ledger)
            verified = verify_folders(
                ledger=ledger,
                destination=wiring.publishing(),
                recipients=suppliers,
                deep=deep,
                on_file=_ticker(invocation),
            )
    status = exit_status(verified)
    document = {
        "exit_status": int(status),
        "folders": verified.folders,
        "files": verified.files,
        "deep": deep,
        "discrepancies": [
            {"kind": found.kind, "recipient": found.recipient, "name": found.name, "detail": found.detail}
            for found in verified.discrepancies
        ],
    }
    invocation.result(document, lambda: render_verification(verified, deep=deep))
    return status


def exit_status(verified: Verified) -> ExitStatus:
    """Return 20 where something is wrong, 10 where something is only not proved yet."""
    if any(found.kind != UNPROVED for found in verified.discrepancies):
        return ExitStatus.FINDING
    return ExitStatus.UNPROVED if verified.discrepancies else ExitStatus.OK


def render_verification(verified: Verified, *, deep: bool) -> None:
    """Print what was found, and how much was looked at."""
    from ecosmig_publish.cli.screen import show_table, stdout_console  # noqa: PLC0415 - rich is slow to import

    rows = [(found.kind, found.recipient, found.name, found.detail) for found in verified.discrepancies]
    if rows:
        show_table("Ledger and folders disagree", ("finding", "recipient", "name", "detail"), rows)
    how = "SHA-256 of every byte" if deep else "name, size and quickXorHash"
    outcome = f"{len(rows):,} findings" if rows else "all agree"
    stdout_console().print(f"{verified.files:,} files in {verified.folders:,} folders compared by {how}: {outcome}.")


def _refuse_strangers(suppliers: Sequence[Signifier], ledger: Ledger) -> None:
    folders = ledger.folders()
    for signifier in suppliers:
        if signifier not in folders:
            raise UsageError(
                f"--supplier {signifier}: no folder is pinned for it",
                hint=f"ecosmig supplier onboard {signifier}",
            )


def _ticker(invocation: Invocation) -> _Ticker:
    return _Ticker(shows=sys.stderr.isatty() and not invocation.quiet)


class _Ticker:
    """Counts files on a terminal."""

    def __init__(self, *, shows: bool) -> None:
        self._shows = shows
        self._files = 0

    def __call__(self, _name: str) -> None:
        self._files += 1
        if self._shows and self._files % 100 == 0:
            sys.stderr.write(f"\r{self._files:,} files compared ")
            sys.stderr.flush()
