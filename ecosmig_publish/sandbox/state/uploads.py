"""Upload sessions: bytes that came in for a name that doesn't exist yet."""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import Clock, stamp
from ecosmig_publish.sandbox.state.items import key_of
from ecosmig_publish.sandbox.state.tree import FileTimes

if TYPE_CHECKING:
    import sqlite3
    from datetime import timedelta
    from pathlib import Path

    from ecosmig_publish.sandbox.state.database import Database
    from ecosmig_publish.sandbox.state.items import Item


@dataclass(frozen=True, slots=True)
class Upload:
    """One session. `item` is the file it replaces, None for a new one; `total` is known from the first fragment on."""

    id: str
    drive: str
    parent: str
    name: str
    item: str | None
    conflict: str
    declared: int | None
    total: int | None
    received: int
    deferred: bool
    expires_at: str
    client_id: str
    times: FileTimes


class Uploads:
    """Keeps the sessions and their bytes; a session ends by commit, by cancelling or by its time."""

    def __init__(self, database: Database, directory: Path, clock: Clock, lifetime: timedelta) -> None:
        self._database = database
        self._directory = directory
        self._clock = clock
        self._lifetime = lifetime
        directory.mkdir(parents=True, exist_ok=True)

    def part(self, upload: str) -> Path:
        """Return where a session's bytes lie."""
        return self._directory / upload

    def begin(
        self,
        parent: Item,
        name: str,
        *,
        item: Item | None,
        conflict: str,
        declared: int | None,
        deferred: bool,
        client_id: str,
        times: FileTimes,
    ) -> Upload:
        """Begin a session for a name in a folder."""
        upload_id = secrets.token_urlsafe(24)
        values: dict[str, Any] = {
            "id": upload_id,
            "drive": parent.drive,
            "parent": parent.id,
            "name": name,
            "key": key_of(name),
            "item": None if item is None else item.id,
            "conflict": conflict,
            "declared": declared,
            "deferred": int(deferred),
            "expires_at": stamp(self._clock.now() + self._lifetime),
            "client_id": client_id,
            "file_times": json.dumps([times.created_at, times.modified_at]),
        }
        self.part(upload_id).touch()
        self._database.insert("upload", values)
        found = self.get(upload_id)
        if found is None:
            raise LookupError(upload_id)
        return found

    def get(self, upload: str) -> Upload | None:
        """Return a session that lives, None once it ended."""
        row = self._database.row("SELECT * FROM upload WHERE id = ?", upload)
        if row is None:
            return None
        if row["expires_at"] <= stamp(self._clock.now()):
            self.end(upload)
            return None
        return _upload(row)

    def holding(self, parent: str, name: str) -> Upload | None:
        """Return the session that owns a name, if one does."""
        rows = self._database.rows("SELECT id FROM upload WHERE parent = ? AND key = ?", parent, key_of(name))
        return next((found for found in (self.get(row[0]) for row in rows) if found is not None), None)

    def grow(self, upload: Upload, received: int, total: int) -> str:
        """Note that so many bytes are there now; returns the instant at which the session now expires."""
        expires_at = stamp(self._clock.now() + self._lifetime)
        self._database.update("upload", upload.id, {"received": received, "total": total, "expires_at": expires_at})
        return expires_at

    def append(self, upload: Upload, fragment: Path) -> None:
        """Add a whole fragment's bytes behind those that are there."""
        with self.part(upload.id).open("ab") as part, fragment.open("rb") as bytes_in:
            shutil.copyfileobj(bytes_in, part, 1 << 20)

    def end(self, upload: str) -> bool:
        """End a session and drop its bytes; returns whether there was one."""
        self.part(upload).unlink(missing_ok=True)
        return bool(self._database.run("DELETE FROM upload WHERE id = ?", upload))


def _upload(row: sqlite3.Row) -> Upload:
    created_at, modified_at = json.loads(row["file_times"])
    return Upload(
        row["id"],
        row["drive"],
        row["parent"],
        row["name"],
        row["item"],
        row["conflict"],
        row["declared"],
        row["total"],
        row["received"],
        bool(row["deferred"]),
        row["expires_at"],
        row["client_id"],
        FileTimes(created_at, modified_at),
    )
