"""A file of our own through the staging folder: written, read back, moved, and taken away again whatever happens."""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.destinations.sharepoint.library.making import make_folder
from ecosmig_publish.destinations.sharepoint.library.reading import read_bytes
from ecosmig_publish.destinations.sharepoint.placing.comparing import late_hash
from ecosmig_publish.errors import DestinationError
from ecosmig_publish.fingerprint import FingerprintBuilder

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import TracebackType

    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
    from ecosmig_publish.destinations.sharepoint.library import Item, Library

PREFIX = "ecosmig-doctor-"
_SIZE = 2048
_FORGOTTEN = timedelta(hours=1)
_FAIL = "@microsoft.graph.conflictBehavior"
_NOBODY = "nobody@ecosmig-doctor.invalid"


class StagingTrial:
    """All is done in the staging folder, under names that begin with `PREFIX`; recipients' folders aren't touched.

    Use it as a context: at its end all of it is removed. Each method may raise a `DestinationError`.
    """

    def __init__(self, library: Library) -> None:
        self._library = library
        mark = uuid.uuid4().hex[:12]
        self._names = [f"{PREFIX}{mark}-{number}.part" for number in (1, 2)]
        self._folder_name = f"{PREFIX}{mark}"
        self._data = [secrets.token_bytes(_SIZE), secrets.token_bytes(_SIZE)]
        self._items: list[Item] = []
        self._folder: Item | None = None
        self._is_clean = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.remove()
        except DestinationError:
            # Whoever asked for `remove` was told; an error on its way out is the more important one.
            return

    def sweep(self, now: datetime) -> int:
        """Remove what killed trials of more than an hour ago left; return how many things that were."""
        staging_id = self._library.located().staging_id
        forgotten = [
            item
            for item in self._library.children(staging_id, self._library.address.staging_folder)
            if item.name.startswith(PREFIX) and item.modified_at is not None and now - item.modified_at > _FORGOTTEN
        ]
        for item in forgotten:
            self._delete(item)
        return len(forgotten)

    def write(self) -> int:
        """Put two files into the staging folder; return the size of each, which the service says too."""
        self._is_clean = False
        for name, data in zip(self._names, self._data, strict=True):
            path = self._library.child_path(self._library.located().staging_id, name)
            call = Call(
                Kind.PUT,
                f"{path}:/content?{_FAIL}=fail",
                name,
                method="PUT",
                data=data,
                headers={"Content-Type": "text/csv"},
            )
            item = parse_item(self._library.graph.write(call, self._look(path, name)).document)
            self._items.append(item)
            if item.size != len(data):
                raise RefusedError(
                    f"{name}: {len(data)} bytes were sent, the service has {item.size}",
                    hint="Check what stands between here and SharePoint (proxy, content filter).",
                )
        return _SIZE

    def read_back(self) -> None:
        """Read the first file and compare it byte by byte."""
        path = self._library.item_path(self._items[0].id)
        if b"".join(read_bytes(self._library.graph, path, self._names[0])) != self._data[0]:
            raise RefusedError(
                f"{self._names[0]}: other bytes came back than were sent",
                hint="Check what stands between here and SharePoint (proxy, content filter).",
            )

    def compare_hash(self) -> None:
        """Compare the quickXorHash that the service says with that of what was sent."""
        builder = FingerprintBuilder()
        builder.update(self._data[0])
        wanted, item = builder.finish().quick_xor_hash, self._items[0]
        found = item.hash or late_hash(self._library, item, item.name)
        if found != wanted:
            raise RefusedError(
                f"{item.name}: the service says the hash {found}, what was sent has {wanted}",
                hint="Without it nothing can be proved by listing: is this a SharePoint document library?",
            )

    def move(self) -> None:
        """Move the first file into a folder made for it, as publishing does."""
        self._folder, _ = make_folder(self._library, self._library.located().staging_id, self._folder_name)
        answer = self._move(self._items[0], self._names[0])
        moved = parse_item(answer.document)
        if answer.status == HTTPStatus.CONFLICT or moved.parent_id != self._folder.id:
            raise RefusedError(
                f"{self._names[0]}: the move did not bring it where it was to go ({answer.status}, {answer.code})",
                hint="Publishing moves each file so; it can't work here.",
            )

    def refuse_taken_name(self) -> None:
        """Try to move the second file to the first one's name: that must be refused, or files could be overwritten."""
        answer = self._move(self._items[1], self._names[0])
        if answer.status != HTTPStatus.CONFLICT:
            raise RefusedError(
                f"{self._names[0]}: a second file was moved to this name without a refusal ({answer.status})",
                hint="Publishing relies on that refusal: don't publish here, and tell the makers of ecosmig.",
            )

    def may_grant(self) -> bool:
        """Whether this identity may share: it tries to, for an address that can't exist, on its own trial folder."""
        if self._folder is None:
            return False
        body = {
            "recipients": [{"email": _NOBODY}],
            "roles": ["read"],
            "requireSignIn": True,
            "sendInvitation": False,
        }
        path = f"{self._library.item_path(self._folder.id)}/invite"
        anything = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
        answer = self._library.graph.send(
            Call(Kind.GRANT, path, self._folder_name, method="POST", json=body, expected=anything)
        )
        return answer.status != HTTPStatus.FORBIDDEN

    def remove(self) -> None:
        """Remove all of it, also what a lost reply hid; may be repeated."""
        if self._is_clean:
            return
        staging_id = self._library.located().staging_id
        for name in (self._folder_name, *self._names):
            item = self._library.child(staging_id, name, name)
            if item is not None:
                self._delete(item)
        left = [name for name in (self._folder_name, *self._names) if self._library.child(staging_id, name, name)]
        if left:
            raise RefusedError(
                f"the trial's own files are still in the staging folder: {', '.join(left)}",
                hint="Remove them there by hand; no recipient can see them.",
            )
        self._is_clean = True

    def _delete(self, item: Item) -> None:
        path = self._library.item_path(item.id)
        self._library.graph.send(Call(Kind.DELETE, path, item.name, method="DELETE", expected=NOT_FOUND))

    def _move(self, item: Item, name: str) -> Answer:
        folder_id = self._folder.id if self._folder else ""
        path = self._library.item_path(item.id)
        call = Call(
            Kind.MOVE,
            f"{path}?{_FAIL}=fail",
            name,
            method="PATCH",
            json={"parentReference": {"id": folder_id}, "name": name, _FAIL: "fail"},
            expected=frozenset({HTTPStatus.CONFLICT}),
        )
        there = self._look(path, name)

        def look(send: Callable[[Call], Answer]) -> Answer | None:
            found = there(send)
            return found if found is not None and parse_item(found.document).parent_id == folder_id else None

        return self._library.graph.write(call, look)

    def _look(self, path: str, name: str) -> Callable[[Callable[[Call], Answer]], Answer | None]:
        def look(send: Callable[[Call], Answer]) -> Answer | None:
            found = send(self._library.get(path, name))
            return None if found.status in NOT_FOUND else found

        return look
