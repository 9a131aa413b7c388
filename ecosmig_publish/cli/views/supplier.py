"""What `supplier list` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.issuing.register import party_register

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import AccessProof, FolderEntry

NO_PARTY = "The party register is empty: no row of the source's `parties` has a signifier."


def show_suppliers(invocation: Invocation) -> int:
    """Show who is registered, whose folder is pinned, and when it was last proved who can read it."""
    wiring = wired(invocation)
    with wiring.data() as data:
        register = party_register(data)
    ledger = wiring.existing_ledger()
    folders: Mapping[Signifier, FolderEntry] = {}
    proofs: Mapping[Signifier, AccessProof] = {}
    if ledger is not None:
        with ledger:
            folders, proofs = ledger.folders(), ledger.access_proofs()
    suppliers = [
        _document(signifier, register.get(signifier), folders.get(signifier), proofs.get(signifier))
        for signifier in sorted({*register, *folders})
    ]
    invocation.result({"suppliers": suppliers}, lambda: _render(suppliers))
    return ExitStatus.OK


def _document(
    signifier: Signifier, party_name: str | None, entry: FolderEntry | None, proof: AccessProof | None
) -> dict[str, object]:
    return {
        "signifier": signifier,
        "party_name": party_name,
        "folder": entry.name if entry else None,
        "folder_id": entry.folder_id if entry else None,
        "onboarded_at": entry.onboarded_at if entry else None,
        "access": {"readers": proof.readers, "exact": proof.is_exact, "looked_at": proof.looked_at} if proof else None,
    }


def _render(suppliers: Sequence[Mapping[str, object]]) -> None:
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table  # noqa: PLC0415 - rich is slow to import

    columns = ["recipient", "party", "folder", "access"]
    rows = [
        [
            item["signifier"],
            "(left the register)" if item["party_name"] is None else item["party_name"],
            item["folder"] or "none yet",
            _proof(item["access"]),
        ]
        for item in suppliers
    ]
    if not is_narrow():
        columns.append("pinned by its id")
        rows = [[*row, item["folder_id"] or "-"] for row, item in zip(rows, suppliers, strict=True)]
    show_table("Suppliers", columns, rows, whole=("recipient",), empty=NO_PARTY)
    homeless = sum(item["folder"] is None for item in suppliers)
    if homeless:
        show_line(f"{homeless:,} without a folder: ecosmig supplier onboard --all")


def _proof(access: object) -> str:
    from ecosmig_publish.cli.screen import shown_instant  # noqa: PLC0415 - rich is slow to import

    if not isinstance(access, dict):
        return "-"
    return f"{'proved' if access['exact'] else 'not proved'} {shown_instant(access['looked_at'])}"
