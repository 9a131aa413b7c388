"""Finds site, library and the two folders once, and items in them by id."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from threading import Lock, RLock
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from ecosmig_publish.destinations.sharepoint.faults import LibraryError
from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call, Kind
from ecosmig_publish.destinations.sharepoint.library.items import FIELDS, Item, parse_item
from ecosmig_publish.destinations.sharepoint.library.paging import collection
from ecosmig_publish.errors import FolderMissingError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ecosmig_publish.destinations.sharepoint.graph.client import Graph

NOT_FOUND = frozenset({HTTPStatus.NOT_FOUND})
PAGE = 1000
ANCHORS = "anchors"
"""What the folder of anchors is called in the staging folder."""
FRESH_SECONDS = 60.0
"""For so long one listing of all recipients' folders, or of what is staged, is good for all of them."""


@dataclass(frozen=True, slots=True)
class LibraryAddress:
    """The site's address, the library's name, and in it the paths of the recipients' folders and of staging."""

    site_url: str
    library: str
    root_folder: str
    staging_folder: str

    @property
    def anchors_folder(self) -> str:
        """The path of the folder of anchors: in the staging folder, so that it is read by whoever may read that."""
        return f"{self.staging_folder}/{ANCHORS}"


@dataclass(frozen=True, slots=True)
class Located:
    """Graph's ids."""

    site_id: str
    drive_id: str
    root_id: str
    staging_id: str


@dataclass(slots=True)
class _Listing:
    items: Mapping[str, Item]
    read_at: float


class Library:
    """One document library. `clock` is monotonic, in seconds. May be used by several threads."""

    def __init__(self, graph: Graph, address: LibraryAddress, *, clock: Callable[[], float]) -> None:
        self.graph = graph
        self.address = address
        self._clock = clock
        self._lock = RLock()
        self._listing_lock = Lock()
        self._drive: tuple[str, str] | None = None
        self._located: Located | None = None
        self._listings: dict[str, _Listing] = {}

    def located(self) -> Located:
        """Return the ids, looked up at the first call. Raises `LibraryError` for what isn't there."""
        with self._lock:
            if self._located is None:
                site_id, drive_id = self._found_drive()
                root_id = self._find_folder(drive_id, self.address.root_folder, "root_folder")
                staging_id = self._find_folder(drive_id, self.address.staging_folder, "staging_folder")
                self._located = Located(site_id, drive_id, root_id, staging_id)
            return self._located

    def root_id(self) -> str:
        """Return the id of the folder of recipients' folders; whoever only reads may not see staging."""
        with self._lock:
            return self._find_folder(self.drive_id(), self.address.root_folder, "root_folder")

    def staging_is_gone(self) -> LibraryError:
        """Return the error of a staging folder that was there before; the next need looks for it anew."""
        with self._lock:
            self._located = None
        return LibraryError(
            f"the staging folder {self.address.staging_folder!r} is gone",
            hint="Restore it, or have an administrator make it: ecosmig supplier onboard --all",
        )

    def drive_id(self) -> str:
        """Return the library's id, before its two folders are there. Raises `LibraryError` for site or library."""
        with self._lock:
            return self._found_drive()[1]

    def folder_at(self, path: str) -> Item | None:
        """Return the folder at a path in the library, its root for an empty one; None where no folder is."""
        item = self._at(self.drive_id(), path)
        return item if item is not None and item.is_folder else None

    def drive_path(self) -> str:
        """Return the path of the library."""
        return f"/drives/{quote(self.drive_id(), safe='!')}"

    def item_path(self, item_id: str) -> str:
        """Return the path of an item by its id."""
        return f"{self.drive_path()}/items/{quote(item_id, safe='!')}"

    def child_path(self, folder_id: str, name: str) -> str:
        """Return the path of a name in a folder; without the colon that a further segment needs."""
        return f"{self.item_path(folder_id)}:/{quote(name, safe='')}"

    def get(self, path: str, about: str) -> Call:
        """Return the call that looks at one item."""
        return Call(Kind.GET, f"{path}?$select={FIELDS}", about, expected=NOT_FOUND)

    def item(self, item_id: str, about: str = "") -> Item | None:
        """Return an item by its id, None where there is none."""
        return _item(self.graph.send(self.get(self.item_path(item_id), about)))

    def child(self, folder_id: str, name: str, about: str = "") -> Item | None:
        """Return what has a name in a folder, None where nothing has it, or there is no folder."""
        return _item(self.graph.send(self.get(self.child_path(folder_id, name), about)))

    def children(self, folder_id: str, about: str = "") -> Iterator[Item]:
        """Yield what stands in a folder, each once. Raises `FolderMissingError`."""
        path = f"{self.item_path(folder_id)}/children?$select={FIELDS}&$top={PAGE}"
        try:
            for document in collection(self.graph, Call(Kind.LIST, path, about)):
                yield parse_item(document)
        except NotFoundError as error:
            raise FolderMissingError(
                f"{about or folder_id}: no such folder in the library {self.address.library}",
                hint="Restore it from the site's recycle bin: it comes back with its id.",
            ) from error

    def recently_listed(self, folder_id: str, about: str) -> Mapping[str, Item]:
        """Return what stands in a folder, by id, as it was at most `FRESH_SECONDS` ago."""
        with self._listing_lock:
            known = self._listings.get(folder_id)
            if known is None or self._clock() - known.read_at > FRESH_SECONDS:
                read_at = self._clock()
                known = _Listing({item.id: item for item in self.children(folder_id, about)}, read_at)
                self._listings[folder_id] = known
            return known.items

    def _found_drive(self) -> tuple[str, str]:
        """Return the ids of site and library; whoever calls holds the lock."""
        if self._drive is None:
            site_id = self._find_site()
            self._drive = (site_id, self._find_drive(site_id))
        return self._drive

    def _find_site(self) -> str:
        host, path = urlsplit(self.address.site_url).netloc, unquote(urlsplit(self.address.site_url).path).strip("/")
        where = f"/sites/{host}" + (f":/{quote(path)}" if path else "")
        answer = self.graph.send(Call(Kind.FIND_SITE, f"{where}?$select=id", self.address.site_url, expected=NOT_FOUND))
        if answer.status in NOT_FOUND or not answer.document.get("id"):
            raise LibraryError(f"{self.address.site_url}: no such site", hint="Check destination.sharepoint.site_url.")
        return str(answer.document["id"])

    def _find_drive(self, site_id: str) -> str:
        call = Call(Kind.FIND_LIBRARY, f"/sites/{quote(site_id, safe=',')}/drives?$select=id,name,webUrl")
        wanted, names = self.address.library.casefold(), []
        for drive in collection(self.graph, call):
            names.append(str(drive.get("name")))
            segment = unquote(str(drive.get("webUrl")).partition("?")[0]).rpartition("/")[2]
            if drive.get("id") and wanted in (names[-1].casefold(), segment.casefold()):
                return str(drive["id"])
        raise LibraryError(
            f"{self.address.site_url} has no library {self.address.library!r}; it has {', '.join(sorted(names))}",
            hint="Check destination.sharepoint.library.",
        )

    def _at(self, drive_id: str, path: str) -> Item | None:
        inside = "/".join(quote(name, safe="") for name in path.split("/") if name)
        root = f"/drives/{quote(drive_id, safe='!')}/root"
        return _item(self.graph.send(self.get(f"{root}:/{inside}" if inside else root, path)))

    def _find_folder(self, drive_id: str, path: str, key: str) -> str:
        item = self._at(drive_id, path)
        if item is None or not item.is_folder:
            raise LibraryError(
                f"the library {self.address.library} of {self.address.site_url} has no folder {path!r}",
                hint=f"Check destination.sharepoint.{key}; an administrator makes it: ecosmig supplier onboard --all",
            )
        return item.id


def _item(answer: Answer) -> Item | None:
    return None if answer.status in NOT_FOUND else parse_item(answer.document)
