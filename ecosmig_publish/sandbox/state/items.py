"""Reading a library's items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from ecosmig_publish.sandbox.state.database import Database


@dataclass(frozen=True, slots=True)
class Item:
    """One file or folder, as its row says it. Instants are text, `created_by` and `modified_by` JSON."""

    id: str
    guid: str
    drive: str
    parent: str | None
    name: str
    folder: bool
    size: int
    content: str | None
    sha256: str | None
    quick_xor: str | None
    created_at: str
    created_by: str
    modified_at: str
    modified_by: str
    file_created_at: str
    file_modified_at: str
    version: int
    content_version: int
    own_grants: bool
    deleted: bool
    change: int
    changed_at: str
    hash_reads: int
    hash_after: str

    @property
    def etag(self) -> str:
        """Changes with every change of content or properties."""
        return f'"{{{self.guid}}},{self.version}"'

    @property
    def ctag(self) -> str:
        """Changes with the content."""
        return f'"c:{{{self.guid}}},{self.content_version}"'


@dataclass(frozen=True, slots=True)
class Drive:
    """One document library; `segment` is its place in the site's addresses."""

    id: str
    name: str
    root: str
    segment: str


_COLUMNS = ", ".join(Item.__dataclass_fields__)
_FLAGS = {"folder", "own_grants", "deleted"}


def key_of(name: str) -> str:
    """Return what two names share that SharePoint takes for one: they differ in case at most."""
    return name.lower()


class Items:
    """Finds items; changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def drives(self) -> list[Drive]:
        """Return the libraries, the first made first."""
        rows = self._database.rows("SELECT id, name, root, segment FROM drive ORDER BY rowid")
        return [Drive(*row) for row in rows]

    def drive(self, drive: str) -> Drive | None:
        """Return the library of this id."""
        return next((found for found in self.drives() if found.id == drive), None)

    def segment(self, drive: str) -> str:
        """Return a library's place in the site's addresses."""
        row = self._database.row("SELECT segment FROM drive WHERE id = ?", drive)
        return "" if row is None else str(row[0])

    def get(self, item: str, drive: str | None = None, *, deleted: bool = False) -> Item | None:
        """Return the item of this id, in this library where one is named."""
        found = self._one("id = ?", item)
        if found is None or (found.deleted and not deleted) or (drive is not None and found.drive != drive):
            return None
        return found

    def child(self, parent: str, name: str) -> Item | None:
        """Return the child of that name, whatever its case."""
        return self._one("parent = ? AND key = ? AND deleted = 0", parent, key_of(name))

    def walk(self, start: Item, names: Sequence[str]) -> Item | None:
        """Return what lies at this path below `start`."""
        found: Item | None = start
        for name in names:
            if found is None:
                return None
            found = self.child(found.id, name)
        return found

    def children(self, parent: str, order: str = "key", *, limit: int = -1, offset: int = 0) -> list[Item]:
        """Return children in this order. `order` is this package's own SQL."""
        return self._many("parent = ? AND deleted = 0", parent, order=f"{order} LIMIT {limit} OFFSET {offset}")

    def child_count(self, parent: str) -> int:
        """Return how many children there are."""
        row = self._database.row("SELECT count(*) FROM item WHERE parent = ? AND deleted = 0", parent)
        return 0 if row is None else int(row[0])

    def ancestors(self, item: Item) -> list[Item]:
        """Return the item's folders, the root first."""
        chain: list[Item] = []
        parent = item.parent
        while parent is not None:
            above = self.get(parent, deleted=True)
            if above is None:
                break
            chain.append(above)
            parent = above.parent
        return chain[::-1]

    def path(self, item: Item) -> str:
        """Return the path below the root, `""` for the root itself."""
        if item.parent is None:
            return ""
        return "/".join([above.name for above in self.ancestors(item)[1:]] + [item.name])

    def changed(self, drive: str, after: int, limit: int, until: str = "~") -> list[Item]:
        """Return items whose latest change comes after change number `after`, oldest change first."""
        return self._many(
            "drive = ? AND change > ? AND changed_at <= ?", drive, after, until, order=f"change LIMIT {limit}"
        )

    def below(self, item: Item) -> list[Item]:
        """Return everything below a folder."""
        found: list[Item] = []
        waiting = [item.id]
        while waiting:
            children = self.children(waiting.pop())
            found += children
            waiting += [child.id for child in children if child.folder]
        return found

    def _one(self, where: str, *values: object) -> Item | None:
        row = self._database.row(f"SELECT {_COLUMNS} FROM item WHERE {where}", *values)  # noqa: S608 - our own words
        return None if row is None else _item(row)

    def _many(self, where: str, *values: object, order: str) -> list[Item]:
        statement = f"SELECT {_COLUMNS} FROM item WHERE {where} ORDER BY {order}"  # noqa: S608 - our own words
        return [_item(row) for row in self._database.rows(statement, *values)]


def _item(row: sqlite3.Row) -> Item:
    values: dict[str, Any] = dict(zip(row.keys(), row, strict=True))
    values |= {flag: bool(values[flag]) for flag in _FLAGS}
    return Item(**values)
