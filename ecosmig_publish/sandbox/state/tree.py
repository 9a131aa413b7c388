"""Changing a library's items: every change has a number, and what was visible under a name is never forgotten."""

from __future__ import annotations

import base64
import json
import secrets
import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import Clock, stamp
from ecosmig_publish.sandbox.state.items import Drive, Item, Items, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecosmig_publish.sandbox.state.contents import Contents, Stored
    from ecosmig_publish.sandbox.state.database import Database


@dataclass(frozen=True, slots=True)
class Hashing:
    """When a new content's hash is there: after so many reads, and from this instant on."""

    reads: int = 0
    after: str = ""


@dataclass(frozen=True, slots=True)
class FileTimes:
    """The client's own times for a file, where it gave them."""

    created_at: str = ""
    modified_at: str = ""


class Tree:
    """Writes items. Rules of names, of conflicts and of access are its callers' business."""

    def __init__(self, database: Database, contents: Contents, clock: Clock) -> None:
        self._database = database
        self._contents = contents
        self._clock = clock
        self._items = Items(database)

    def make_drive(self, name: str, segment: str, by: Mapping[str, Any]) -> Drive:
        """Make a library with an empty root."""
        with self._database.transaction():
            drive = Drive(
                "b!" + base64.urlsafe_b64encode(secrets.token_bytes(48)).decode(), name, new_item_id(), segment
            )
            self._database.insert(
                "drive", {"id": drive.id, "name": drive.name, "root": drive.root, "segment": drive.segment}
            )
            root = self._row(drive.id, None, "root", by, folder=True) | {"id": drive.root, "own_grants": 1}
            self._database.insert("item", root)
        return drive

    def make_folder(self, parent: Item, name: str, by: Mapping[str, Any]) -> Item:
        """Make a folder; the name must be free."""
        with self._database.transaction():
            row = self._row(parent.drive, parent.id, name, by, folder=True)
            self._database.insert("item", row)
            return self._placed(row["id"])

    def make_file(
        self,
        parent: Item,
        name: str,
        stored: Stored,
        by: Mapping[str, Any],
        times: FileTimes = FileTimes(),
        hashing: Hashing = Hashing(),
    ) -> Item:
        """Make a file of stored bytes; the name must be free."""
        with self._database.transaction():
            row = self._row(parent.drive, parent.id, name, by, folder=False)
            row |= _content(stored, hashing)
            row["file_created_at"] = times.created_at or row["created_at"]
            row["file_modified_at"] = times.modified_at or row["modified_at"]
            self._database.insert("item", row)
            self._weigh(parent.id, stored.size)
            return self._placed(row["id"])

    def make_files(self, parent: Item, names: Iterable[str], stored: Stored, by: Mapping[str, Any]) -> None:
        """Make many files that share their bytes; all names must be free."""
        with self._database.transaction():
            rows = [self._row(parent.drive, parent.id, name, by, folder=False) | _content(stored) for name in names]
            self._database.insert_many("item", rows)
            self._database.insert_many("placement", [_placement(row) for row in rows])
            self._weigh(parent.id, stored.size * len(rows))

    def replace_content(
        self,
        item: Item,
        stored: Stored,
        by: Mapping[str, Any],
        times: FileTimes = FileTimes(),
        hashing: Hashing = Hashing(),
    ) -> Item:
        """Give a file other bytes."""
        with self._database.transaction():
            values = self._touched(item, by) | _content(stored, hashing)
            values["content_version"] = item.content_version + 1
            values["file_modified_at"] = times.modified_at or values["modified_at"]
            self._database.update("item", item.id, values)
            if item.parent is not None:
                self._weigh(item.parent, stored.size - item.size)
            return self._placed(item.id)

    def spoil(self, item: Item, offset: int, *, rehash: bool) -> Item:
        """Flip a bit of a file's bytes; with `rehash` the item then shows the hash of the spoilt bytes."""
        if item.content is None:
            return item
        with self._database.transaction():
            self._contents.flip(item.content, offset)
            spoilt = self._contents.rehash(item.content)
            values: dict[str, Any] = {"sha256": spoilt.sha256}
            if rehash:
                values["quick_xor"] = spoilt.quick_xor
            self._database.update("item", item.id, values)
            return self._placed(item.id)

    def move(self, item: Item, parent: Item, name: str, by: Mapping[str, Any]) -> Item:
        """Put an item into a folder under a name; both may be what they were. The name must be free."""
        with self._database.transaction():
            values = self._touched(item, by) | {"parent": parent.id, "name": name, "key": key_of(name)}
            self._database.update("item", item.id, values)
            if item.parent is not None and item.parent != parent.id:
                self._weigh(item.parent, -item.size)
                self._weigh(parent.id, item.size)
            return self._placed(item.id)

    def set_times(self, item: Item, times: FileTimes, by: Mapping[str, Any]) -> Item:
        """Keep the client's times."""
        with self._database.transaction():
            values = self._touched(item, by)
            values["file_created_at"] = times.created_at or item.file_created_at
            values["file_modified_at"] = times.modified_at or item.file_modified_at
            self._database.update("item", item.id, values)
        return self._get(item.id)

    def touch(self, item: Item) -> None:
        """Let the item appear among the changes again: its grants changed."""
        with self._database.transaction():
            change, at = self._database.next_change(), stamp(self._clock.now())
            self._database.update("item", item.id, {"change": change, "changed_at": at})

    def remove(self, item: Item, by: Mapping[str, Any]) -> None:
        """Put an item, and all below it, into the recycle bin."""
        with self._database.transaction():
            for gone in [*self._items.below(item)[::-1], item]:
                self._database.update("item", gone.id, self._touched(gone, by) | {"deleted": 1})
                self._close(gone.id)
            if item.parent is not None:
                self._weigh(item.parent, -item.size)

    def _row(self, drive: str, parent: str | None, name: str, by: Mapping[str, Any], *, folder: bool) -> dict[str, Any]:
        at = stamp(self._clock.now())
        who = json.dumps(by)
        return {
            "id": new_item_id(),
            "guid": str(uuid.uuid4()).upper(),
            "drive": drive,
            "parent": parent,
            "name": name,
            "key": key_of(name),
            "folder": int(folder),
            "created_at": at,
            "created_by": who,
            "modified_at": at,
            "modified_by": who,
            "file_created_at": at,
            "file_modified_at": at,
            "change": self._database.next_change(),
            "changed_at": at,
        }

    def _touched(self, item: Item, by: Mapping[str, Any]) -> dict[str, Any]:
        at = stamp(self._clock.now())
        return {
            "modified_at": at,
            "modified_by": json.dumps(by),
            "version": item.version + 1,
            "change": self._database.next_change(),
            "changed_at": at,
        }

    def _weigh(self, folder: str, size: int) -> None:
        parent: str | None = folder
        while parent is not None:
            self._database.run("UPDATE item SET size = size + ? WHERE id = ?", size, parent)
            row = self._database.row("SELECT parent FROM item WHERE id = ?", parent)
            parent = None if row is None else row["parent"]

    def _close(self, item: str) -> None:
        at = stamp(self._clock.now())
        self._database.run("UPDATE placement SET until = ? WHERE item = ? AND until IS NULL", at, item)

    def _placed(self, item_id: str) -> Item:
        """Write down that these bytes are visible under this name from now on."""
        item = self._get(item_id)
        self._close(item_id)
        row = asdict(item) | {"key": key_of(item.name), "changed_at": stamp(self._clock.now())}
        self._database.insert("placement", _placement(row))
        return item

    def _get(self, item_id: str) -> Item:
        found = self._items.get(item_id, deleted=True)
        if found is None:
            raise LookupError(item_id)
        return found


def new_item_id() -> str:
    """Return an id of the form that SharePoint gives: `01` and 32 characters of base 32."""
    return "01" + base64.b32encode(secrets.token_bytes(20)).decode("ascii")


def _placement(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what says that an item's bytes are visible under its name from its latest change on."""
    return {
        "item": row["id"],
        "drive": row["drive"],
        "parent": row["parent"] or "",
        "name": row["name"],
        "key": row["key"],
        "folder": int(row["folder"]),
        "size": 0 if row["folder"] else row["size"],
        "sha256": row.get("sha256"),
        "quick_xor": row.get("quick_xor"),
        "since": row["changed_at"],
    }


def _content(stored: Stored, hashing: Hashing = Hashing()) -> dict[str, Any]:
    return {
        "content": stored.name,
        "size": stored.size,
        "sha256": stored.sha256,
        "quick_xor": stored.quick_xor,
        "hash_reads": hashing.reads,
        "hash_after": hashing.after,
    }
