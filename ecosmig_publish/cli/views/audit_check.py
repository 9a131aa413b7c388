"""What `audit check` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.views.ledger_check import faults_document, refuse_no_hash, show_faults
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import LedgerError, UsageError
from ecosmig_publish.workflows.anchoring.checking import AuditedChain, audit_absence, audit_chain
from ecosmig_publish.workflows.recovery.checking import check_damage

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.destinations.anchoring import Anchors
    from ecosmig_publish.ledger import Act
    from ecosmig_publish.wiring import Wiring

_WITHOUT = "ecosmig audit check --no-anchors checks the chain alone; --anchors PATH takes a copy of them."


def check_and_show(invocation: Invocation, *, head: str | None, copied: Path | None, with_anchors: bool) -> int:
    """Check and show; returns 20 with a finding, 10 where the anchors could not be read, else 0."""
    refuse_no_hash(head)
    wiring = wired(invocation)
    anchors = _anchors(wiring, copied) if with_anchors else None
    audited, is_there = _audited(wiring, anchors, head)
    invocation.result(_document(audited, is_there=is_there), lambda: _render(audited, is_there=is_there))
    return audited.exit_status


def _anchors(wiring: Wiring, copied: Path | None) -> Anchors:
    if copied is None:
        return wiring.anchors()
    if not copied.is_dir():
        raise UsageError(f"--anchors {copied}: no such folder", hint="Name a folder with copies of the anchors.")
    return wiring.anchors_at(copied)


def _audited(wiring: Wiring, anchors: Anchors | None, head: str | None) -> tuple[AuditedChain, bool]:
    try:
        ledger = wiring.existing_ledger()
        if ledger is None:
            return audit_absence(wiring.outbox(), anchors), False
        with ledger:
            return audit_chain(ledger, wiring.outbox(), anchors, head=head), True
    except LedgerError as error:
        return AuditedChain(check_damage(error)), True


def _document(audited: AuditedChain, *, is_there: bool) -> dict[str, object]:
    checked, compared = audited.checked, audited.anchors
    return {
        "exit_status": int(audited.exit_status),
        "ledger": is_there,
        "acts": checked.newest.id if checked.newest else 0,
        "first_at": checked.first.at if checked.first else None,
        "last_at": checked.newest.at if checked.newest else None,
        "head": checked.newest.hash if checked.newest else None,
        "noted": audited.noted,
        "anchors": {
            "where": audited.where or None,
            "agreed": len(compared.agreed) if compared else None,
            "explained": len(compared.explained) if compared else None,
            "unproved": compared.unproved if compared else None,
            "newest": audited.newest_anchored,
            "unanchored": audited.unanchored,
            "error": None if audited.error is None else {"message": str(audited.error), "hint": audited.error.hint},
        },
        "resets": [{"act": act.id, "at": act.at, "kind": act.kind, "subject": act.subject} for act in audited.resets],
        "total": checked.total,
        "faults": faults_document(checked),
    }


def _render(audited: AuditedChain, *, is_there: bool) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    checked = audited.checked
    show_faults(checked, "The record is not as it should be", "ecosmig audit check --json")
    if checked.first is not None and checked.newest is not None:
        show_line(_chain(checked.first, checked.newest, is_whole=not checked.total))
    elif not is_there:
        show_line("There is no ledger." if checked.total else "There is no ledger yet, so there is nothing to check.")
    elif not checked.total:
        show_line("Nothing has been recorded yet.")
    if audited.noted is not None:
        show_line(f"The hash that was noted is that of act {audited.noted:,}.")
    for act in audited.resets:
        shown = f"{act.at:%Y-%m-%dT%H:%M:%SZ}"
        show_line(f"Act {act.id:,} ({act.kind} {act.subject}, {shown}) put this chain in the place of a lost one.")
    _render_anchors(audited)


def _render_anchors(audited: AuditedChain) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    compared = audited.anchors
    if audited.error is not None:
        show_line(f"The anchors could not be read, so nothing was compared with them: {audited.error}")
        show_line(f"  next: {audited.error.hint} {_WITHOUT}")
    if compared is not None:
        explained = (
            f", {len(compared.explained):,} are of chains that a recovery replaced" if compared.explained else ""
        )
        agree = "1 anchor agrees" if len(compared.agreed) == 1 else f"{len(compared.agreed):,} anchors agree"
        show_line(f"{agree} with it in {audited.where}{explained}.")
        if compared.unproved:
            show_line(f"Of {compared.unproved:,} of them the service has no hash yet: by their names alone.")
    if audited.checked.newest is not None and audited.unanchored:
        newest = audited.newest_anchored
        since = f"The newest anchor is of act {newest:,}" if newest else "No anchor has been written yet"
        show_line(f"{since}; of {audited.unanchored:,} newer acts the next run leaves one.")


def _chain(first: Act, newest: Act, *, is_whole: bool) -> str:
    acts = "1 act" if newest.id == 1 else f"{newest.id:,} acts"
    span = f"{first.at:%Y-%m-%d %H:%M}Z to {newest.at:%Y-%m-%d %H:%M}Z"
    whole = ", one whole chain" if is_whole else ""
    return f"{acts} from {span}{whole}; it ends with act {newest.id:,},\n  {newest.hash}"
