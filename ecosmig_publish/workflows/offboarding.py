"""To offboard: withdraw a recipient's access; its files and its pin stay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.ledger import AccessChange
from ecosmig_publish.workflows.access import record_proof
from ecosmig_publish.workflows.pinned_folders import pinned_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.destinations import Folder, FolderAccess, FolderOnboarding
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger


@dataclass(frozen=True, slots=True)
class OffboardedSupplier:
    """A recipient's folder, whose access was withdrawn, in words, and who can read it now."""

    folder: Folder
    withdrawn: tuple[str, ...]
    access: FolderAccess


def offboard_supplier(
    signifier: Signifier, *, ledger: Ledger, destination: FolderOnboarding, now: Callable[[], datetime]
) -> OffboardedSupplier:
    """Withdraw a recipient's access and record who is left; may be repeated.

    From then on its folder isn't proved any more, so nothing is published into it. Raises `DestinationError` or
    `FolderAccessError`, also where somebody beside the owner's own can still read it.
    """
    folder = pinned_folder(signifier, ledger)
    ledger.confirm_lease()
    done = destination.offboard(folder)
    record_proof(ledger, folder, done.access, now(), AccessChange("offboard", withdrawn=done.withdrawn_ids))
    return OffboardedSupplier(folder, done.withdrawn, done.access)
