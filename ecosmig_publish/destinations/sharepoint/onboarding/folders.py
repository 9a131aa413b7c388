"""Recipients' folders in the library: found by id, by signifier, or made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import carries_signifier
from ecosmig_publish.destinations.sharepoint.library.making import make_folder
from ecosmig_publish.errors import FolderAccessError, FolderMissingError

if TYPE_CHECKING:
    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.emrr.terms import Signifier

_RESTORE = "Restore it from the site's recycle bin: it comes back with its id."


class Folders:
    """The folder of all recipients' folders, and what stands in it; listed once, and kept up with what is made here."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._root: Item | None = None
        self._listed: dict[str, Item] | None = None
        self._is_laid_out = False

    @property
    def where(self) -> str:
        """Where recipients' folders stand, in words."""
        return self._library.address.root_folder

    def lay_out(self) -> None:
        """Make the folders of recipients' folders, of what is staged and of anchors, where they aren't there yet."""
        if self._is_laid_out:
            return
        address = self._library.address
        for path in (address.root_folder, address.staging_folder, address.anchors_folder):
            folder = self._library.folder_at(path) or self._make_path(path)
            if path == address.root_folder:
                self._root = folder
        self._is_laid_out = True

    def standing(self) -> list[Item]:
        """Return the folders that stand there, none where there is no place for them yet."""
        if self._listed is None:
            root = self._found_root()
            self._listed = (
                {} if root is None else {item.id: item for item in self._library.children(root.id, self.where)}
            )
        return [item for item in self._listed.values() if item.is_folder]

    def of(self, signifier: Signifier) -> list[Item]:
        """Return those that carry a signifier."""
        return [item for item in self.standing() if carries_signifier(item.name, signifier)]

    def pinned(self, folder: Folder) -> Item:
        """Return a pinned folder as it is now.

        Raises `FolderMissingError` where it is gone, `FolderAccessError` where it was moved or no longer carries its
        recipient's signifier.
        """
        item, root = self._library.item(folder.id, folder.name), self._found_root()
        if item is None or item.deleted or not item.is_folder or root is None:
            raise self._gone(folder)
        if item.parent_id != root.id:
            raise FolderAccessError(
                f"{folder.name}: the folder of {folder.signifier} was moved out of {self.where}",
                hint="Move it back: who can read it elsewhere is another matter.",
            )
        if not carries_signifier(item.name, folder.signifier):
            raise FolderAccessError(
                f"{folder.name}: is called {item.name!r} now, which doesn't begin with {folder.signifier}",
                hint="Rename it as it was onboarded; it is known by its id, so nothing in it is lost.",
            )
        return item

    def only_one_of(self, signifier: Signifier) -> Item | None:
        """Return the one folder that carries a signifier, None for none. Raises `FolderAccessError` for several."""
        mine = self.of(signifier)
        if len(mine) > 1:
            raise FolderAccessError(
                f"{self.where}: several folders are {signifier}'s: {', '.join(sorted(item.name for item in mine))}",
                hint=f"Keep one of them there, then: ecosmig supplier onboard {signifier}",
            )
        return mine[0] if mine else None

    def make(self, name: str, signifier: Signifier) -> tuple[Item, bool]:
        """Make a recipient's folder; return it, and whether it was not there before."""
        root = self._found_root()
        if root is None:
            raise FolderMissingError(f"{self.where}: gone while it was used", hint=_RESTORE)
        item, made = make_folder(self._library, root.id, name)
        if not carries_signifier(item.name, signifier):
            raise FolderAccessError(
                f"{self.where}: {item.name!r} stands there, which SharePoint takes for the same name as {name!r}",
                hint=f"Rename it so that it begins with {signifier}, or move it away.",
            )
        if self._listed is not None:
            self._listed[item.id] = item
        return item, made

    def _found_root(self) -> Item | None:
        if self._root is None:
            self._root = self._library.folder_at(self._library.address.root_folder)
        return self._root

    def _make_path(self, path: str) -> Item:
        folder = self._library.folder_at("")
        if folder is None:
            raise FolderMissingError(f"the library {self._library.address.library} has no root", hint=_RESTORE)
        for name in path.split("/"):
            folder, _ = make_folder(self._library, folder.id, name)
        return folder

    def _gone(self, folder: Folder) -> FolderMissingError:
        again = next((item for item in self.of(folder.signifier) if item.id != folder.id), None)
        if again is None:
            return FolderMissingError(f"{folder.name}: the folder of {folder.signifier} is gone", hint=_RESTORE)
        return FolderMissingError(
            f"{folder.name}: the folder of {folder.signifier} was deleted, and {again.name!r} there now is another one",
            hint=f"{_RESTORE} Move the other one away first; what was published is in the old one.",
        )
