"""Before anything is put into a folder: it must be the recipient's, and theirs alone."""

from __future__ import annotations

from http import HTTPStatus
from threading import Lock
from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.names import carries_signifier
from ecosmig_publish.destinations.sharepoint.access import Readers, Verdict, compare_access
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.paging import collection
from ecosmig_publish.errors import FolderAccessError, FolderMissingError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.emrr.terms import Signifier

_HIDDEN = frozenset({HTTPStatus.FORBIDDEN})


class Guard:
    """Checks recipients' folders. `proved_at` says when an administrator last proved a folder's access, if ever."""

    def __init__(
        self,
        library: Library,
        readers: Mapping[Signifier, Readers],
        *,
        proved_at: Callable[[Folder], datetime | None],
        proof_max_age: timedelta,
        now: Callable[[], datetime],
    ) -> None:
        self._library = library
        self._readers = readers
        self._proved_at = proved_at
        self._proof_max_age = proof_max_age
        self._now = now
        self._staging_lock = Lock()
        self._staging_opened_to: tuple[str, ...] | None = None

    def check(self, folder: Folder) -> None:
        """See `PublishingDestination.check_folder`.

        One request for each folder; one listing, and one look at who can read the staging folder, for all of them.
        """
        self._check_staging()
        self._check_place(folder)
        verdict = self.verdict(folder)
        if not verdict.is_exact:
            raise FolderAccessError(
                f"{folder.name}: can be read by {'; '.join(verdict.findings)}; nothing was put there",
                hint=f"Take their access away, or list them in destination.sharepoint.owners where they are yours: "
                f"ecosmig supplier access {folder.signifier}",
            )
        if not verdict.shows_recipient and not self._is_proved(folder):
            raise FolderAccessError(
                f"{folder.name}: it can't be seen here who reads it, and no administrator has proved it within "
                f"{_in_hours(self._proof_max_age)}; nothing was put there",
                hint=f"As an administrator: ecosmig supplier access {folder.signifier}; and check that its users or "
                "its group are in the configuration.",
            )

    def verdict(self, folder: Folder) -> Verdict:
        """Return who can read a folder against who should, as far as this identity is shown it."""
        return compare_access(self.permissions(folder), self.readers_of(folder.signifier))

    def readers_of(self, signifier: Signifier) -> Readers:
        """Return who should be able to read a recipient's folder."""
        return self._readers.get(signifier, Readers(frozenset()))

    def permissions(self, folder: Folder) -> list[Mapping[str, Any]]:
        """Return Graph's permissions of a folder; none where this identity may see none."""
        try:
            return self._permissions_of(folder.id, folder.name)
        except NotFoundError as error:
            raise _missing(folder) from error

    def _permissions_of(self, item_id: str, about: str) -> list[Mapping[str, Any]]:
        call = Call(Kind.PERMISSIONS, f"{self._library.item_path(item_id)}/permissions", about, expected=_HIDDEN)
        first = self._library.graph.send(call)
        if first.status in _HIDDEN:
            return []
        return list(collection(self._library.graph, call, first))

    def _check_staging(self) -> None:
        """Make sure that no recipient is known to read what is staged: every recipient's files pass through there.

        The site's own members may; whether they are listed among the owners is `doctor`'s matter.
        """
        name = self._library.address.staging_folder
        with self._staging_lock:
            if self._staging_opened_to is None:
                self._staging_opened_to = self._readers_of_staging(name)
        if self._staging_opened_to:
            whom = "; ".join(self._staging_opened_to)
            raise FolderAccessError(
                f"the staging folder {name!r} can be read by {whom}; nothing was put there",
                hint="Take their access away from it, and from the library where it comes from there: ecosmig doctor",
            )

    def _readers_of_staging(self, name: str) -> tuple[str, ...]:
        everybodys = frozenset().union(*(readers.recipients for readers in self._readers.values()))
        try:
            permissions = self._permissions_of(self._library.located().staging_id, name)
        except NotFoundError as error:
            raise self._library.staging_is_gone() from error
        verdict = compare_access(permissions, Readers(everybodys))
        crowds = (grantee for grantee in verdict.strangers if grantee.is_everybody)
        return tuple(grantee.shown for grantee in (*verdict.open_links, *verdict.recipients, *crowds))

    def _check_place(self, folder: Folder) -> None:
        root_id = self._library.located().root_id
        item = self._library.recently_listed(root_id, self._library.address.root_folder).get(folder.id)
        if item is None:
            # A listing may miss what is there while somebody writes.
            item = self._library.item(folder.id, folder.name)
        if item is None or item.deleted or not item.is_folder:
            raise _missing(folder)
        if item.parent_id != root_id:
            raise FolderAccessError(
                f"{folder.name}: was moved out of {self._library.address.root_folder}; nothing was put there",
                hint="Move it back: who can read it elsewhere is another matter.",
            )
        self._check_name(item, folder)

    def _check_name(self, item: Item, folder: Folder) -> None:
        if not carries_signifier(item.name, folder.signifier):
            raise FolderAccessError(
                f"{folder.name}: is called {item.name!r} now, which doesn't begin with {folder.signifier}; "
                "nothing was put there",
                hint="Rename it as it was onboarded.",
            )

    def _is_proved(self, folder: Folder) -> bool:
        proved_at = self._proved_at(folder)
        return proved_at is not None and self._now() - proved_at <= self._proof_max_age


def _in_hours(age: timedelta) -> str:
    return f"{age.total_seconds() / 3600:g} h"


def _missing(folder: Folder) -> FolderMissingError:
    return FolderMissingError(
        f"{folder.name}: the folder of {folder.signifier} is gone",
        hint="Restore it from the site's recycle bin: it comes back with its id.",
    )
