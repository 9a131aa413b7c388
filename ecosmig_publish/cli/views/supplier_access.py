"""What `supplier access` and `supplier offboard` do and show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.asking import confirm, is_at_terminal
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.access import look_at_access
from ecosmig_publish.workflows.offboarding import offboard_supplier
from ecosmig_publish.workflows.pinned_folders import pinned_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.workflows.access import SupplierAccess
    from ecosmig_publish.workflows.offboarding import OffboardedSupplier


def show_access(invocation: Invocation, signifiers: Sequence[Signifier]) -> int:
    """Look, record and show; returns 21 where somebody can read what they should not, or not what they should."""
    wiring = wired(invocation)
    looks: list[SupplierAccess] = []
    existing = wiring.existing_ledger()
    pinned = 0
    if existing is not None:
        with existing:
            pinned = len(existing.folders())
    if existing is None:
        _refuse_without_folder(signifiers)
    elif pinned or signifiers:
        with wiring.ledger() as ledger:
            for signifier in signifiers:
                pinned_folder(signifier, ledger)
            with counting(invocation, "looking", len(signifiers) or pinned) as one_more:
                for look in look_at_access(signifiers, ledger=ledger, destination=wiring.onboarding(), now=wiring.now):
                    looks.append(look)
                    one_more()
    status = _status(looks)
    document = {"exit_status": int(status), "suppliers": [_document(look) for look in looks]}
    invocation.result(document, lambda: _render(looks))
    return status


def offboard_and_show(invocation: Invocation, signifier: Signifier, *, yes: bool) -> int:
    """Withdraw a recipient's access, after a person has said yes."""
    wiring = wired(invocation)
    ledger = wiring.existing_ledger()
    if ledger is None:
        _refuse_without_folder((signifier,))
    else:
        with ledger:
            folder = pinned_folder(signifier, ledger)
        if not yes:
            if not is_at_terminal():
                raise UsageError(
                    f"offboard {signifier}: nobody is here to be asked",
                    hint=f"ecosmig supplier offboard {signifier} --yes",
                )
            question = f"Withdraw all access to {folder.name!r} but the owner's own? Its files stay"
            confirm(question, otherwise=CHANGED_NOTHING)
    with wiring.locked_ledger() as open_ledger:
        done = offboard_supplier(signifier, ledger=open_ledger, destination=wiring.onboarding(), now=wiring.now)
    document = {
        "signifier": signifier,
        "folder": done.folder.name,
        "folder_id": done.folder.id,
        "withdrawn": done.withdrawn,
        "readers": done.access.readers,
        "remarks": done.access.remarks,
    }
    invocation.result(document, lambda: _render_offboarded(done))
    return ExitStatus.OK


def _refuse_without_folder(signifiers: Sequence[Signifier]) -> None:
    for signifier in signifiers:
        pinned_folder(signifier, None)


def _status(looks: Sequence[SupplierAccess]) -> ExitStatus:
    if any(look.findings for look in looks):
        return ExitStatus.FOLDER_ACCESS
    return max((look.error.exit_status for look in looks if look.error), default=ExitStatus.OK)


def _document(look: SupplierAccess) -> dict[str, object]:
    access = look.access
    return {
        "signifier": look.folder.signifier,
        "folder": look.folder.name,
        "folder_id": look.folder.id,
        "readers": access.readers if access else None,
        "shown": access.shown if access else None,
        "expected": access.expected if access else None,
        "exact": access.is_exact if access else False,
        "findings": look.findings,
        "remarks": access.remarks if access else (),
        "error": str(look.error) if look.error else None,
        "next": _next(look),
    }


def _next(look: SupplierAccess) -> str | None:
    if look.error is not None:
        return look.error.hint
    return f"ecosmig supplier onboard {look.folder.signifier}" if look.findings else None


def _render(looks: Sequence[SupplierAccess]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    columns = ("recipient", "who should read", "who can read", "")
    rows = [
        (
            look.folder.signifier,
            ", ".join(look.access.expected) if look.access else "-",
            "; ".join(look.access.shown) if look.access else "-",
            "finding" if look.findings else "not seen" if look.error else "exact" if _is_exact(look) else "nobody's",
        )
        for look in looks
    ]
    nobody = "No recipient is onboarded yet: ecosmig supplier onboard --all"
    show_table("Who can read the recipients' folders", columns, rows, whole=("recipient", ""), empty=nobody)
    for look in looks:
        for text in (*look.findings, *(look.access.remarks if look.access else ())):
            show_line(f"{look.folder.signifier}: {text}")
        if look.error is not None and not look.findings:
            show_line(f"{look.folder.signifier}: {look.error}")
        step = _next(look)
        if step:
            show_line(f"  next: {step}")


def _is_exact(look: SupplierAccess) -> bool:
    return look.access is not None and look.access.is_exact


def _render_offboarded(done: OffboardedSupplier) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    for who in done.withdrawn:
        show_line(f"withdrawn: {who}")
    left = "; ".join(done.access.shown) or "nobody but whoever owns the site"
    show_line(f"{done.folder.name}: can be read by {left}. Files and pin stay; nothing more is published there.")
    for remark in done.access.remarks:
        show_line(f"  {remark}")
    show_line(
        f"  next: take {done.folder.signifier} out of [[suppliers]], so that no later onboarding grants it again."
    )
