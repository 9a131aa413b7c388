"""To prove access: who can read each recipient's folder now, against who should; every look is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationError, FolderAccessError, FolderMissingError
from ecosmig_publish.ledger import AccessProof
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime

    from ecosmig_publish.destinations import Folder, FolderAccess, FolderOnboarding
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.errors import EcosmigError
    from ecosmig_publish.ledger import AccessChange, Ledger


@dataclass(frozen=True, slots=True)
class SupplierAccess:
    """A look at one recipient's folder: `access`, or the `error` that says why nothing could be seen."""

    folder: Folder
    access: FolderAccess | None
    error: EcosmigError | None = None

    @property
    def findings(self) -> tuple[str, ...]:
        """What isn't as it should be, a folder that isn't there or isn't the recipient's any more included."""
        if self.access is not None:
            return self.access.findings
        return (str(self.error),) if self.is_known_wrong else ()

    @property
    def is_known_wrong(self) -> bool:
        """Whether it was seen that there is no such folder of the recipient's; else it just could not be seen."""
        return isinstance(self.error, FolderMissingError | FolderAccessError)


def look_at_access(
    signifiers: Collection[Signifier],
    *,
    ledger: Ledger,
    destination: FolderOnboarding,
    now: Callable[[], datetime],
) -> Iterator[SupplierAccess]:
    """Look at the pinned folder of each named recipient, of all where none is named, and record what was seen.

    A folder that is gone, or no longer the recipient's, is recorded as not proved; a service that gives no answer
    leaves the last proof as it is.
    """
    for entry in ledger.folders().values():
        if signifiers and entry.signifier not in signifiers:
            continue
        folder = folder_of(entry)
        try:
            access = destination.access(folder)
        except (FolderMissingError, FolderAccessError) as error:
            ledger.record_access_proof(AccessProof(folder.signifier, folder.id, (), is_exact=False, looked_at=now()))
            yield SupplierAccess(folder, None, error)
        except DestinationError as error:
            yield SupplierAccess(folder, None, error)
        else:
            record_proof(ledger, folder, access, now())
            yield SupplierAccess(folder, access)


def record_proof(
    ledger: Ledger, folder: Folder, access: FolderAccess, looked_at: datetime, changed: AccessChange | None = None
) -> None:
    """Record one look, and the change of grants that it followed."""
    proof = AccessProof(folder.signifier, folder.id, access.readers, access.is_exact, looked_at)
    ledger.record_access_proof(proof, changed)
