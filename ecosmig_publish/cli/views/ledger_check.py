"""What `ledger check` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, LedgerError, UsageError
from ecosmig_publish.workflows.recovery.checking import (
    NEXT_STEPS,
    CheckedLedger,
    check_absence,
    check_damage,
    check_installation,
)

if TYPE_CHECKING:
    from ecosmig_publish.cli.invocation import Invocation

_SHOWN = 200
_HASH_LENGTH = 64
_HEXADECIMAL = frozenset("0123456789abcdef")


def check_and_show(invocation: Invocation, *, outbox: bool | None, head: str | None) -> int:
    """Check and show; `outbox` True reads all of its bytes, False leaves it out. Returns 20 where anything is wrong."""
    refuse_no_hash(head)
    checked, is_there = _checked(invocation, outbox=outbox, head=head)
    status = ExitStatus.FINDING if checked.total else ExitStatus.OK
    document = {
        "exit_status": int(status),
        "ledger": is_there,
        "files": checked.files,
        "acts": checked.newest.id if checked.newest else 0,
        "head": checked.newest.hash if checked.newest else None,
        "outbox": {True: "bytes", None: "sizes", False: None}[outbox],
        "total": checked.total,
        "faults": faults_document(checked),
    }
    invocation.result(document, lambda: _render(checked, is_there=is_there))
    return status


def refuse_no_hash(head: str | None) -> None:
    """Raise `UsageError` where what is given as a head is no act's hash."""
    if head is not None and (len(head) != _HASH_LENGTH or not _HEXADECIMAL.issuperset(head)):
        raise UsageError(
            f"--head {head}: not the hash of an act, 64 characters of 0-9 and a-f",
            hint="ecosmig publish, ledger check and ledger backup print it; note it somewhere else.",
        )


def show_faults(checked: CheckedLedger, title: str, again: str) -> None:
    """Print what was found and what to do about each kind; `again` shows all of it."""
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    if not checked.faults:
        return
    rows = [(fault.kind, fault.where, fault.what) for fault in checked.faults[:_SHOWN]]
    show_table(title, ("finding", "where", "what"), rows, whole=("finding",))
    if checked.total > _SHOWN:
        show_line(f"The first {_SHOWN:,} of {checked.total:,}; more of them: {again}")
    for kind, count in checked.counts.items():
        show_line(f"{count:,} {kind}; next: {NEXT_STEPS[kind]}")


def faults_document(checked: CheckedLedger) -> list[dict[str, str]]:
    """Return what JSON has for the faults that are named."""
    return [
        {"kind": fault.kind, "where": fault.where, "what": fault.what, "next": NEXT_STEPS[fault.kind]}
        for fault in checked.faults
    ]


def _checked(invocation: Invocation, *, outbox: bool | None, head: str | None) -> tuple[CheckedLedger, bool]:
    wiring = wired(invocation)
    try:
        ledger = wiring.existing_ledger()
        if ledger is None:
            return check_absence(wiring.outbox()), False
        with ledger:
            total = sum(stream.last_sequence for stream in ledger.streams()) if outbox is not False else 0
            with counting(invocation, "checking", total) as one_more:
                checked = check_installation(
                    ledger,
                    wiring.outbox(),
                    head=head,
                    with_outbox=outbox is not False,
                    reads_all=bool(outbox),
                    on_file=one_more,
                )
                return checked, True
    except LedgerError as error:
        return check_damage(error), True


def _render(checked: CheckedLedger, *, is_there: bool) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    show_faults(checked, "The ledger is not as it should be", "ecosmig ledger check --json")
    if not is_there:
        show_line("There is no ledger." if checked.faults else "There is no ledger yet, so there is nothing to check.")
        return
    outcome = f"{checked.total:,} findings" if checked.total else "nothing wrong"
    acts = checked.newest.id if checked.newest else 0
    show_line(f"{checked.files:,} files and {acts:,} acts checked: {outcome}.")
    if checked.newest is not None:
        show_line(f"The chain ends with {checked.newest.hash}; noted elsewhere, it can be checked with --head.")
