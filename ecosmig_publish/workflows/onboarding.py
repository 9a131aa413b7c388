"""To onboard: give recipients their folders and pin each by its id in the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations import Folder
from ecosmig_publish.ledger import FolderEntry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.destinations import FolderOnboarding
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger


@dataclass(frozen=True, slots=True)
class OnboardedSupplier:
    """A recipient's folder, and what was done for it: `made`, `taken over` or `already pinned`."""

    signifier: Signifier
    folder: str
    act: str


def onboard_suppliers(
    suppliers: Mapping[Signifier, str],
    *,
    ledger: Ledger,
    destination: FolderOnboarding,
    now: Callable[[], datetime],
) -> Iterator[OnboardedSupplier]:
    """Make sure that each supplier (party name by signifier) has its folder; may be repeated, stopped and resumed.

    A pinned folder stays where it is, whatever the party's present name. Raises `DestinationError` or
    `FolderAccessError` at the first folder that can't be onboarded; those before it are done.
    """
    pinned = ledger.folders()
    for signifier, party_name in suppliers.items():
        entry = pinned.get(signifier)
        folder = Folder(entry.signifier, entry.folder_id, entry.name) if entry else None
        onboarded = destination.onboard(signifier, party_name, folder)
        if entry is None:
            ledger.record_folder(
                FolderEntry(
                    signifier=signifier,
                    folder_id=onboarded.folder.id,
                    name=onboarded.folder.name,
                    party_name=party_name,
                    onboarded_at=now(),
                )
            )
        act = "made" if onboarded.made else "already pinned" if entry else "taken over"
        yield OnboardedSupplier(signifier, onboarded.folder.name, act)
