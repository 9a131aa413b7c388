"""Recipients' folders on a disk; a folder's id is its name below the root."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.anchors import NAME as ANCHORS
from ecosmig_publish.destinations.folder.anchors import AnchorsOnDisk
from ecosmig_publish.destinations.folder.entries import (
    bare_names,
    entries,
    instant_of,
    quick_xor_hash_of,
    remove_leftovers,
    shown,
)
from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.placing import place_file
from ecosmig_publish.destinations.folder.readers import disk_access
from ecosmig_publish.destinations.folder.regular import open_regular
from ecosmig_publish.destinations.folder.removing import remove_file
from ecosmig_publish.destinations.names import carries_signifier, folder_name
from ecosmig_publish.destinations.protocol import Folder, Listed, Offboarded, Onboarded, OnboardingPlan, Placed
from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import (
    DestinationError,
    FolderAccessError,
    FolderMissingError,
    NameTakenError,
    NotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from ecosmig_publish.destinations.protocol import FolderAccess
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.fingerprint import Fingerprint

_CHUNK = 1 << 20
_FOLDER_MODE = 0o750
"""Files carry personal data: others get to a folder by the owner's own act only."""


class FolderOnDisk:
    """`PublishingDestination` and `FolderOnboarding` for `root`/<recipient's folder>/<file>.

    Anchors are kept in `anchors`; None: in `_anchors`, among the recipients' folders.
    """

    def __init__(self, root: Path, anchors: Path | None = None) -> None:
        self._root = root
        self._anchors = anchors or root / ANCHORS

    @property
    def anchors(self) -> AnchorsOnDisk:
        """See `KeepsAnchors`."""
        return AnchorsOnDisk(self._anchors)

    def check_folder(self, folder: Folder) -> None:
        """See `PublishingDestination`; whoever can read `root` can read all of it, so access is not looked at."""
        path = self._path_of(folder)
        if not carries_signifier(path.name, folder.signifier):
            raise FolderAccessError(
                f"{path}: the name doesn't begin with {folder.signifier}",
                hint="Rename it as it was onboarded.",
            )

    def place(self, folder: Folder, name: str, content: Path, fingerprint: Fingerprint) -> Placed:
        """See `PublishingDestination`."""
        adopted = place_file(self._path_of(folder), _plain(name), content, fingerprint)
        return Placed(item_id=f"{folder.id}/{name}", adopted=adopted)

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """See `PublishingDestination`; a hash is computed when it is asked for.

        Subfolders, links and the like are listed too, without a hash: the recipient sees them.
        """
        path = self._path_of(folder)
        for name, status in entries(path):
            yield _listed(folder, path, name, status)

    def names(self, folder: Folder) -> list[str]:
        """See `FindsNames`."""
        path = self._path_of(folder)
        return [shown(name) for name in bare_names(path)]

    def find(self, folder: Folder, names: Collection[str]) -> Iterator[Listed]:
        """See `FindsNames`; a hash is computed when it is asked for."""
        path = self._path_of(folder)
        for name in names:
            place = path / _plain(name)
            with destination_faults(path):
                status = os.lstat(place) if os.path.lexists(place) else None
            if status is not None:
                yield _listed(folder, path, name, status)

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """See `PublishingDestination`."""
        path = self._path_of(folder) / _plain(name)
        with destination_faults(path.parent):
            file = open_regular(path) if os.path.lexists(path) else None
        if file is None:
            raise NotFoundError(f"{path}: no such file", hint="ecosmig verify")
        with destination_faults(path.parent), file:
            while chunk := file.read(_CHUNK):
                yield chunk

    def sweep(self, folder: Folder) -> None:
        """See `PublishingDestination`."""
        remove_leftovers(self._path_of(folder))

    def knows_readers(self, signifier: Signifier) -> bool:  # noqa: ARG002 - the disk decides for all alike
        """See `FolderOnboarding`."""
        return True

    def plan(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> OnboardingPlan:
        """See `FolderOnboarding`."""
        if pinned is not None:
            self.check_folder(pinned)
            return OnboardingPlan(signifier, "keep", pinned.id, pinned.name)
        mine = [name for name in self.folders() if carries_signifier(name, signifier)]
        if len(mine) > 1:
            raise FolderAccessError(
                f"{self._root}: several folders are {signifier}'s: {', '.join(map(shown, mine))}",
                hint=f"Keep one of them there, then: ecosmig supplier onboard {signifier}",
            )
        if mine:
            self.check_folder(Folder(signifier, mine[0], mine[0]))
            return OnboardingPlan(signifier, "take over", mine[0], mine[0])
        return OnboardingPlan(signifier, "make", None, folder_name(signifier, party_name))

    def onboard(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> Onboarded:
        """See `FolderOnboarding`; a folder that is made can be read by this user and its group."""
        plan = self.plan(signifier, party_name, pinned)
        if pinned is not None:
            return Onboarded(pinned, made=False)
        folder = Folder(signifier, plan.name, plan.name)
        if plan.act == "make":
            with destination_faults(self._root):
                self._root.mkdir(parents=True, exist_ok=True)
                (self._root / plan.name).mkdir(exist_ok=True, mode=_FOLDER_MODE)
                sync_directory(self._root)
                sync_directory(self._root.parent)
        self.check_folder(folder)
        return Onboarded(folder, made=plan.act == "make")

    def access(self, folder: Folder) -> FolderAccess:
        """See `FolderOnboarding`; whoever can read the disk can read it."""
        self.check_folder(folder)
        return disk_access(self._path_of(folder))

    def offboard(self, folder: Folder) -> Offboarded:
        """See `FolderOnboarding`; on a disk there is nothing of ours to withdraw."""
        seen = self.access(folder)
        remark = "on a disk nothing was withdrawn: take the right to read it away there"
        return Offboarded((), replace(seen, remarks=(*seen.remarks, remark), is_exact=False))

    def remove_file(self, folder: Folder, name: str, item_id: str | None, fingerprint: Fingerprint) -> bool:
        """See `FolderOnboarding`."""
        self.check_folder(folder)
        if item_id not in (None, f"{folder.id}/{name}"):
            raise NameTakenError(f"{folder.name}/{name}: was published as {item_id}", hint="ecosmig verify")
        return remove_file(self._path_of(folder), _plain(name), fingerprint)

    def folders(self) -> list[str]:
        """See `FolderOnboarding`."""
        with destination_faults(self._root):
            if not os.path.lexists(self._root):
                return []
            standing = [entry.name for entry in self._root.iterdir() if entry.is_dir()]
            return sorted(name for name in standing if name != ANCHORS)

    def _path_of(self, folder: Folder) -> Path:
        """Return where a folder stands, which must be a folder there and no link to somewhere else."""
        path = self._root / _plain(folder.id)
        with destination_faults(path):
            mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            raise FolderAccessError(
                f"{path}: the folder of {folder.signifier} is a link to somewhere else",
                hint="Put a real folder in its place.",
            )
        if not stat.S_ISDIR(mode):
            raise FolderMissingError(f"{path}: not a folder", hint="Put the folder back where it was.")
        return path


def _listed(folder: Folder, path: Path, name: str, status: os.stat_result) -> Listed:
    return Listed(
        id=f"{folder.id}/{shown(name)}",
        name=shown(name),
        size=status.st_size,
        modified_at=instant_of(status.st_mtime),
        hash=partial(quick_xor_hash_of, path, name),
    )


def _plain(name: str) -> str:
    """Return `name` where it names something directly in a folder; raise where it leads elsewhere or is no text."""
    if not name or name in (".", "..") or "/" in name or "\0" in name or name != shown(name):
        raise DestinationError(
            f"{shown(name)!r} is no name of a file or folder", hint="This is no name that ecosmig made."
        )
    return name
