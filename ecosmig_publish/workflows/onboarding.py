"""To onboard: give recipients their folders, pin each by its id in the ledger, and prove who can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations import Folder, Onboarded
from ecosmig_publish.errors import DestinationError, FolderAccessError
from ecosmig_publish.ledger import AccessChange, FolderEntry
from ecosmig_publish.workflows.access import record_proof
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from ecosmig_publish.destinations import FolderOnboarding, OnboardingPlan
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.errors import EcosmigError
    from ecosmig_publish.ledger import Ledger

MADE, TAKEN_OVER, PINNED, LEFT = "made", "taken over", "already pinned", "left: no users or group"


@dataclass(frozen=True, slots=True)
class PlannedSupplier:
    """What would be done for a recipient: `plan`, or the `error` that stands in the way, or neither: it is left."""

    signifier: Signifier
    plan: OnboardingPlan | None
    error: EcosmigError | None = None
    remarks: tuple[str, ...] = ()

    @property
    def is_left(self) -> bool:
        """Whether nobody is configured to read this recipient's folder."""
        return self.plan is None and self.error is None


@dataclass(frozen=True, slots=True)
class OnboardedSupplier:
    """A recipient's folder, and what was done for it: `made`, `taken over`, `already pinned`, or why it was left."""

    signifier: Signifier
    folder: str
    act: str


def plan_onboarding(
    suppliers: Mapping[Signifier, str], *, folders: Mapping[Signifier, FolderEntry], destination: FolderOnboarding
) -> Iterator[PlannedSupplier]:
    """Look up for each supplier (party name by signifier) what `onboard_suppliers` would do; changes nothing."""
    for signifier, party_name in suppliers.items():
        if not destination.knows_readers(signifier):
            yield PlannedSupplier(signifier, None)
            continue
        entry = folders.get(signifier)
        try:
            plan = destination.plan(signifier, party_name, _pinned(entry))
            _refuse_foreign_pin(signifier, plan, folders)
        except (DestinationError, FolderAccessError) as error:
            yield PlannedSupplier(signifier, None, error)
            continue
        yield PlannedSupplier(signifier, plan, None, (*plan.remarks, *_of_its_name(entry, party_name)))


def onboard_suppliers(
    suppliers: Mapping[Signifier, str],
    *,
    ledger: Ledger,
    destination: FolderOnboarding,
    now: Callable[[], datetime],
    plans: Mapping[Signifier, PlannedSupplier] | None = None,
    on_error: Callable[[Signifier, EcosmigError], None] | None = None,
) -> Iterator[OnboardedSupplier]:
    """Make sure that each supplier (party name by signifier) has its folder; may be repeated, stopped and resumed.

    A pinned folder stays where it is, whatever the party's present name. A folder is pinned only after it was proved
    who can read it; each proof is recorded. `plans` saves looking again where there is nothing to do. Without
    `on_error`, raises `DestinationError` or `FolderAccessError` at the first folder that can't be onboarded; those
    before it are done.
    """
    folders = ledger.folders()
    for signifier, party_name in suppliers.items():
        if not destination.knows_readers(signifier):
            yield OnboardedSupplier(signifier, "", LEFT)
            continue
        try:
            planned = (plans or {}).get(signifier)
            ledger.confirm_lease()
            done, changed = _onboard(signifier, party_name, planned.plan if planned else None, folders, destination)
            yield _record(done, changed, party_name, folders.get(signifier), ledger, now)
        except (DestinationError, FolderAccessError) as error:
            if on_error is None:
                raise
            on_error(signifier, error)


def _onboard(
    signifier: Signifier,
    party_name: str,
    plan: OnboardingPlan | None,
    folders: Mapping[Signifier, FolderEntry],
    destination: FolderOnboarding,
) -> tuple[Onboarded, AccessChange | None]:
    """Return what was done, and what it changed of who can read the folder."""
    pinned = _pinned(folders.get(signifier))
    if plan is None:
        plan = destination.plan(signifier, party_name, pinned)
    _refuse_foreign_pin(signifier, plan, folders)
    if plan.changes or plan.folder_id is None:
        done = destination.onboard(signifier, party_name, pinned)
        return done, _changed(plan, done)
    return Onboarded(pinned or Folder(signifier, plan.folder_id, plan.name), made=False, access=plan.access), None


def _changed(plan: OnboardingPlan, done: Onboarded) -> AccessChange | None:
    """Return who can read the folder since, and who can't any more; None where the destination can't tell."""
    if done.access is None:
        return None
    before, after = set(plan.access.readers if plan.access else ()), set(done.access.readers)
    return AccessChange("grant", tuple(after - before), tuple(before - after), len(plan.guests))


def _record(
    done: Onboarded,
    changed: AccessChange | None,
    party_name: str,
    entry: FolderEntry | None,
    ledger: Ledger,
    now: Callable[[], datetime],
) -> OnboardedSupplier:
    folder = done.folder
    if entry is None:
        ledger.record_folder(
            FolderEntry(
                signifier=folder.signifier,
                folder_id=folder.id,
                name=folder.name,
                party_name=party_name,
                onboarded_at=now(),
            )
        )
    if done.access is not None:
        record_proof(ledger, folder, done.access, now(), changed)
    return OnboardedSupplier(folder.signifier, folder.name, MADE if done.made else PINNED if entry else TAKEN_OVER)


def _pinned(entry: FolderEntry | None) -> Folder | None:
    return folder_of(entry) if entry else None


def _refuse_foreign_pin(signifier: Signifier, plan: OnboardingPlan, folders: Mapping[Signifier, FolderEntry]) -> None:
    other = next(
        (entry for entry in folders.values() if entry.folder_id == plan.folder_id and entry.signifier != signifier),
        None,
    )
    if other is not None:
        raise FolderAccessError(
            f"{plan.name}: this folder is pinned as that of {other.signifier} ({other.name}), so it can't be "
            f"{signifier}'s; nothing was changed",
            hint=f"Rename it back to {other.name!r}, then: ecosmig supplier onboard {signifier}",
        )


def _of_its_name(entry: FolderEntry | None, party_name: str) -> tuple[str, ...]:
    if entry is None or entry.party_name == party_name:
        return ()
    return (f"the party is called {party_name!r} now; its folder keeps its name",)
