"""The state's tables: SQLite in the state folder, one connection, one lock."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS application (
    client_id TEXT PRIMARY KEY, name TEXT NOT NULL, certificate TEXT NOT NULL, roles TEXT NOT NULL,
    consented INTEGER NOT NULL DEFAULT 1, issuer TEXT, subject TEXT);
CREATE TABLE IF NOT EXISTS person (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, mail TEXT NOT NULL, upn TEXT NOT NULL, guest INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS team (id TEXT PRIMARY KEY, name TEXT NOT NULL, mail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS membership (team TEXT NOT NULL, member TEXT NOT NULL, PRIMARY KEY (team, member));
CREATE TABLE IF NOT EXISTS site_grant (id TEXT PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, role TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drive (id TEXT PRIMARY KEY, name TEXT NOT NULL, root TEXT NOT NULL, segment TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS item (
    id TEXT PRIMARY KEY, guid TEXT NOT NULL, drive TEXT NOT NULL, parent TEXT, name TEXT NOT NULL, key TEXT NOT NULL,
    folder INTEGER NOT NULL, size INTEGER NOT NULL DEFAULT 0, content TEXT, sha256 TEXT, quick_xor TEXT,
    created_at TEXT NOT NULL, created_by TEXT NOT NULL, modified_at TEXT NOT NULL, modified_by TEXT NOT NULL,
    file_created_at TEXT NOT NULL, file_modified_at TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1, content_version INTEGER NOT NULL DEFAULT 1,
    own_grants INTEGER NOT NULL DEFAULT 0, deleted INTEGER NOT NULL DEFAULT 0,
    change INTEGER NOT NULL, changed_at TEXT NOT NULL,
    hash_reads INTEGER NOT NULL DEFAULT 0, hash_after TEXT NOT NULL DEFAULT '');
CREATE UNIQUE INDEX IF NOT EXISTS item_name ON item (parent, key) WHERE deleted = 0;
CREATE INDEX IF NOT EXISTS item_parent ON item (parent);
CREATE INDEX IF NOT EXISTS item_change ON item (drive, change);
CREATE TABLE IF NOT EXISTS placement (
    id INTEGER PRIMARY KEY, item TEXT NOT NULL, drive TEXT NOT NULL, parent TEXT NOT NULL, name TEXT NOT NULL,
    key TEXT NOT NULL, folder INTEGER NOT NULL, size INTEGER NOT NULL, sha256 TEXT, quick_xor TEXT,
    since TEXT NOT NULL, until TEXT);
CREATE INDEX IF NOT EXISTS placement_item ON placement (item, until);
CREATE INDEX IF NOT EXISTS placement_name ON placement (parent, key);
CREATE TABLE IF NOT EXISTS access_grant (
    id TEXT NOT NULL, item TEXT NOT NULL, kind TEXT NOT NULL, principal TEXT NOT NULL, role TEXT NOT NULL,
    scope TEXT NOT NULL DEFAULT '', PRIMARY KEY (item, id));
CREATE TABLE IF NOT EXISTS upload (
    id TEXT PRIMARY KEY, drive TEXT NOT NULL, parent TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL,
    item TEXT, conflict TEXT NOT NULL, declared INTEGER, total INTEGER, received INTEGER NOT NULL DEFAULT 0,
    deferred INTEGER NOT NULL DEFAULT 0, expires_at TEXT NOT NULL, client_id TEXT NOT NULL, file_times TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS reading (item TEXT NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS reading_item ON reading (item, at);
CREATE TABLE IF NOT EXISTS assertion (id TEXT PRIMARY KEY, expires_at REAL NOT NULL);
"""


class Database:
    """Runs statements one at a time, whichever thread asks."""

    def __init__(self, path: Path) -> None:
        self.lock = threading.RLock()
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        # A stand-in that loses the last second in a power cut is fine; one that is slow is not.
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = OFF")
        self._connection.executescript(SCHEMA)
        self._depth = 0

    def close(self) -> None:
        """Close the file."""
        with self.lock:
            self._connection.close()

    def rows(self, statement: str, *values: Any) -> list[sqlite3.Row]:
        """Return all rows of a query."""
        with self.lock:
            return self._connection.execute(statement, values).fetchall()

    def row(self, statement: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, or None."""
        with self.lock:
            found: sqlite3.Row | None = self._connection.execute(statement, values).fetchone()
            return found

    def run(self, statement: str, *values: Any) -> int:
        """Run a statement that changes something; returns how many rows it changed."""
        with self.lock:
            return self._connection.execute(statement, values).rowcount

    def insert(self, table: str, values: dict[str, Any]) -> None:
        """Insert a row. `table` and the columns are this package's own words."""
        columns = ", ".join(values)
        places = ", ".join("?" for _ in values)
        self.run(f"INSERT INTO {table} ({columns}) VALUES ({places})", *values.values())  # noqa: S608 - see above

    def insert_many(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Insert rows that all have the same columns. `table` and the columns are this package's own words."""
        if rows:
            columns, places = ", ".join(rows[0]), ", ".join("?" for _ in rows[0])
            with self.lock:
                self._connection.executemany(
                    f"INSERT INTO {table} ({columns}) VALUES ({places})",  # noqa: S608 - see above
                    [tuple(row.values()) for row in rows],
                )

    def update(self, table: str, key: str, values: dict[str, Any], where: str = "id") -> None:
        """Update the row whose `where` is `key`. `table`, `where` and the columns are this package's own words."""
        columns = ", ".join(f"{column} = ?" for column in values)
        self.run(f"UPDATE {table} SET {columns} WHERE {where} = ?", *values.values(), key)  # noqa: S608 - see above

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make what is done inside happen as a whole or not at all; may be nested."""
        with self.lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("COMMIT")

    def setting(self, name: str, default: str = "") -> str:
        """Return a setting, or the default."""
        row = self.row("SELECT value FROM setting WHERE name = ?", name)
        return default if row is None else str(row["value"])

    def keep_setting(self, name: str, value: str) -> None:
        """Set a setting."""
        self.run(
            "INSERT INTO setting VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
        )

    def next_change(self) -> int:
        """Return the number of the next change to any item; call it inside a transaction."""
        number = int(self.setting("change", "0")) + 1
        self.keep_setting("change", str(number))
        return number
