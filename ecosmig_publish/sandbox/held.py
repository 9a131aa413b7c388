"""What the stand-in holds, looked at past its protocol; and what other people do to it, behind the product's back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.graph.delta_calls import GENERATION
from ecosmig_publish.sandbox.state.items import key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ecosmig_publish.sandbox.state.directory import Person
    from ecosmig_publish.sandbox.state.grants import Grant, Kind
    from ecosmig_publish.sandbox.state.items import Drive, Item
    from ecosmig_publish.sandbox.state.tenant import Tenant


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """Bytes that were visible under a name, from one instant to another (ISO 8601; `until` None: still)."""

    item_id: str
    size: int
    sha256: str
    quick_xor_hash: str
    since: str
    until: str | None


class Library:
    """One document library. Paths are `folder/file`, below its root."""

    def __init__(self, tenant: Tenant, drive: Drive) -> None:
        self._tenant = tenant
        self.drive = drive

    def item(self, path: str) -> Item | None:
        """Return what lies at a path."""
        root = self._tenant.items.get(self.drive.root)
        return None if root is None else self._tenant.items.walk(root, [name for name in path.split("/") if name])

    def files(self, folder: str = "") -> dict[str, Item]:
        """Return every file below a folder, by its path from the root."""
        top = self._existing(folder)
        return {self._tenant.items.path(item): item for item in self._tenant.items.below(top) if not item.folder}

    def read(self, path: str) -> bytes:
        """Return a file's bytes as they lie on disk. Raises `LookupError` where there is no file."""
        item = self._existing(path)
        if item.content is None:
            raise LookupError(f"{path}: a folder")
        return self._tenant.contents.path(item.content).read_bytes()

    def open_as(self, path: str, by: str) -> bytes:
        """Open a file as one of the tenant's people would in the browser; analytics will know of it."""
        self._tenant.readings.note(self._existing(path).id, self._somebody(by))
        return self.read(path)

    def history(self, path: str) -> list[HeldVersion]:
        """Return all bytes that were ever visible under this name in this folder, the oldest first."""
        folder, _, name = path.rpartition("/")
        rows = self._tenant.database.rows(
            "SELECT item, size, sha256, quick_xor, since, until FROM placement "
            "WHERE parent = ? AND key = ? AND folder = 0 ORDER BY id",
            self._existing(folder).id,
            key_of(name),
        )
        return [HeldVersion(*row) for row in rows]

    def ever_visible(self, folder: str) -> dict[str, list[HeldVersion]]:
        """Return the history of every name that a folder ever had a file under."""
        parent = self._existing(folder).id
        statement = "SELECT DISTINCT name FROM placement WHERE parent = ? AND folder = 0 ORDER BY name"
        names = [row[0] for row in self._tenant.database.rows(statement, parent)]
        return {name: self.history(f"{folder}/{name}") for name in names}

    def grants(self, path: str = "") -> tuple[list[Grant], bool]:
        """Return who may see an item, and whether it inherits that."""
        return self._tenant.grants.effective(self._existing(path))

    def make_folder(self, path: str, by: str = "") -> Item:
        """Make a folder, and those on the way to it; one that exists is returned."""
        with self._tenant.database.transaction():
            folder = self._existing("")
            for name in path.split("/"):
                below = self._tenant.items.child(folder.id, name)
                folder = below or self._tenant.tree.make_folder(folder, name, self._somebody(by))
            return folder

    def put(self, path: str, data: bytes, by: str = "") -> Item:
        """Put a file there as somebody else; one that exists is overwritten."""
        folder, _, name = path.rpartition("/")
        stored = self._tenant.contents.store(data)
        with self._tenant.database.transaction():
            parent = self.make_folder(folder, by) if folder else self._existing("")
            existing = self._tenant.items.child(parent.id, name)
            if existing is None:
                return self._tenant.tree.make_file(parent, name, stored, self._somebody(by))
            return self._tenant.tree.replace_content(existing, stored, self._somebody(by))

    def fill(self, folder: str, names: Iterable[str], data: bytes = b"filling", by: str = "") -> None:
        """Put many files of the same bytes into a folder at once; none of the names may be there."""
        stored, who = self._tenant.contents.store(data), self._somebody(by)
        with self._tenant.database.transaction():
            self._tenant.tree.make_files(self.make_folder(folder, by), names, stored, who)

    def move(self, path: str, to: str, by: str = "") -> Item:
        """Rename or move an item as somebody else; the folder must exist."""
        folder, _, name = to.rpartition("/")
        with self._tenant.database.transaction():
            return self._tenant.tree.move(self._existing(path), self._existing(folder), name, self._somebody(by))

    def remove(self, path: str, by: str = "") -> None:
        """Delete an item as somebody else."""
        with self._tenant.database.transaction():
            self._tenant.tree.remove(self._existing(path), self._somebody(by))

    def flip(self, path: str, offset: int = 0, *, rehash: bool = True) -> None:
        """Turn over a bit of a stored file."""
        self._tenant.tree.spoil(self._existing(path), offset, rehash=rehash)

    def grant(self, path: str, kind: Kind, principal: str, role: str = "read", scope: str = "") -> Grant:
        """Grant a role as an owner would in the browser; `principal` is an id, or the token of a link."""
        with self._tenant.database.transaction():
            item = self._existing(path)
            self._tenant.grants.break_inheritance(item, keep=True)
            return self._tenant.grants.put(item.id, kind, principal, role, scope)

    def withdraw(self, path: str, grant_id: str) -> bool:
        """Withdraw a grant; returns whether there was one."""
        return self._tenant.grants.remove(self._existing(path).id, grant_id)

    def break_inheritance(self, path: str, *, keep: bool = True) -> None:
        """Give an item its own grants: a copy of those it inherited, or none."""
        self._tenant.grants.break_inheritance(self._existing(path), keep=keep)

    def restore_inheritance(self, path: str) -> None:
        """Let an item inherit its folder's grants again."""
        self._tenant.grants.restore_inheritance(self._existing(path))

    def expire_delta_tokens(self) -> None:
        """Make every delta token given so far worthless: 410."""
        generation = int(self._tenant.database.setting(GENERATION, "0")) + 1
        self._tenant.database.keep_setting(GENERATION, str(generation))

    def _existing(self, path: str) -> Item:
        found = self.item(path)
        if found is None:
            raise LookupError(f"{path}: nothing there")
        return found

    def _somebody(self, by: str) -> Mapping[str, Mapping[str, str]]:
        person: Person | None = self._tenant.directory.person(by) if by else None
        if person is not None:
            return {"user": {"id": person.id, "displayName": person.name, "email": person.mail}}
        return {"user": {"displayName": by or "Somebody Else"}}
