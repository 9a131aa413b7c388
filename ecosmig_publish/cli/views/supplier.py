"""What `supplier` does and shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.onboarding import OnboardedSupplier, onboard_suppliers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.wiring import Wiring

_NO_PARTY = "The party register is empty: no row of the source's `parties` has a signifier."


def onboard_and_show(invocation: Invocation, signifiers: Sequence[Signifier], *, dry_run: bool) -> int:
    """Onboard the named suppliers, all of the register where none is named."""
    wiring = wired(invocation)
    wanted = _wanted(signifiers, _register(wiring))
    if dry_run:
        done = _planned(wanted, wiring)
    else:
        with wiring.locked_ledger() as ledger:
            done = list(onboard_suppliers(wanted, ledger=ledger, destination=wiring.onboarding(), now=wiring.now))
    document = {
        "dry_run": dry_run,
        "suppliers": [{"signifier": item.signifier, "folder": item.folder, "act": item.act} for item in done],
    }
    invocation.result(document, lambda: _render_onboarded(done))
    return ExitStatus.OK


def show_suppliers(invocation: Invocation) -> int:
    """Show who is registered and whose folder is pinned."""
    wiring = wired(invocation)
    register = _register(wiring)
    ledger = wiring.existing_ledger()
    folders: Mapping[Signifier, FolderEntry] = {}
    if ledger is not None:
        with ledger:
            folders = ledger.folders()
    suppliers = [
        {
            "signifier": signifier,
            "party_name": register.get(signifier),
            "folder": folders[signifier].name if signifier in folders else None,
            "onboarded_at": folders[signifier].onboarded_at if signifier in folders else None,
        }
        for signifier in sorted({*register, *folders})
    ]
    invocation.result({"suppliers": suppliers}, lambda: _render_suppliers(suppliers))
    return ExitStatus.OK


def _register(wiring: Wiring) -> dict[Signifier, str]:
    with wiring.data() as data:
        return party_register(data)


def _wanted(signifiers: Sequence[Signifier], register: Mapping[Signifier, str]) -> dict[Signifier, str]:
    unknown = [signifier for signifier in signifiers if signifier not in register]
    if unknown:
        raise UsageError(
            f"not in the party register: {', '.join(unknown)}",
            hint="ecosmig supplier list shows the register; a party is added to the source's `parties` first.",
        )
    return {signifier: register[signifier] for signifier in signifiers or register}


def _planned(wanted: Mapping[Signifier, str], wiring: Wiring) -> list[OnboardedSupplier]:
    ledger = wiring.existing_ledger()
    pinned: Mapping[Signifier, FolderEntry] = {}
    if ledger is not None:
        with ledger:
            pinned = ledger.folders()
    return [
        OnboardedSupplier(signifier, pinned[signifier].name, "already pinned")
        if signifier in pinned
        else OnboardedSupplier(signifier, folder_name(signifier, name), "to be made or taken over")
        for signifier, name in wanted.items()
    ]


def _render_onboarded(done: Sequence[OnboardedSupplier]) -> None:
    from ecosmig_publish.cli.screen import show_table  # noqa: PLC0415 - rich is slow to import

    rows = [(item.signifier, item.folder, item.act) for item in done]
    columns = ("recipient", "folder", "act")
    show_table("Recipients' folders", columns, rows, whole=("recipient", "act"), empty=_NO_PARTY)


def _render_suppliers(suppliers: Sequence[Mapping[str, object]]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    rows = [
        (
            item["signifier"],
            "(left the register)" if item["party_name"] is None else item["party_name"],
            item["folder"] or "none yet",
        )
        for item in suppliers
    ]
    show_table("Suppliers", ("recipient", "party", "folder"), rows, whole=("recipient",), empty=_NO_PARTY)
    homeless = sum(item["folder"] is None for item in suppliers)
    if homeless:
        show_line(f"{homeless:,} without a folder: ecosmig supplier onboard --all")
