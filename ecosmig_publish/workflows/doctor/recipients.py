"""Each recipient's folder, as publishing will find it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.workflows.doctor.checks import failed, good, warning
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.workflows.doctor.checks import Check


def check_folders(
    folders: Mapping[Signifier, FolderEntry],
    destination: PublishingDestination,
    configured: Collection[Signifier] | None,
    says: str,
) -> Iterator[Check]:
    """Check each pinned folder as publishing does before it uses one; changes nothing.

    `configured` are those for whom it is said who should read, None where nobody needs to; `says` is what a good
    folder is.
    """
    for entry in folders.values():
        name = f"folder {entry.signifier}"
        if configured is not None and entry.signifier not in configured:
            step = f"Add {entry.signifier} to [[suppliers]], or: ecosmig supplier offboard {entry.signifier}"
            yield warning(name, f"{entry.name}: nobody is configured to read it, so nothing is published there", step)
            continue
        try:
            destination.check_folder(folder_of(entry))
        except EcosmigError as error:
            yield failed(name, error)
        else:
            yield good(name, f"{entry.name}: {says}")


def check_onboarded(folders: Collection[Signifier], configured: Collection[Signifier]) -> Iterator[Check]:
    """Warn of whoever is configured and has no folder, and where nobody has one."""
    for signifier in sorted(set(configured) - set(folders)):
        yield warning(f"folder {signifier}", "not onboarded yet", f"ecosmig supplier onboard {signifier}")
    if not folders and not configured:
        yield warning("folders", "no recipient is onboarded yet", "ecosmig supplier onboard --all")
