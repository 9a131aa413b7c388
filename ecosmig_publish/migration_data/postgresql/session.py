"""The session at the server: one transaction from beginning to end, which is rolled back."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg import sql

from ecosmig_publish.postgresql_address import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# What it ignores on purpose is said nowhere, unless somebody asked for a log.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

Statement = sql.SQL | sql.Composed

_BEGIN = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ WRITE"
_SETTINGS = {
    "timezone": "UTC",
    "datestyle": "ISO, YMD",
    # While files are written and looked through the session stands still.
    "idle_in_transaction_session_timeout": "0",
    # To compile a report's many expressions takes longer than to evaluate them.
    "jit": "off",
}
_CANCELLING_S = 10.0


class Session:
    """A connection in a transaction that sees the data as they were at its first look.

    Its temporary tables are all that it writes, and end with it. Reading is done in savepoints that the server lets
    write nothing; writing is not, so that the server can empty a temporary table at once.
    """

    def __init__(self, parameters: Mapping[str, str]) -> None:
        """Connect, and begin. Raises what psycopg raises."""
        asked = {**PATIENCE, "application_name": "ecosmig", "client_encoding": "UTF8", **parameters}
        self.was_interrupted = False
        self._connection = psycopg.connect(**asked, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type]
        try:
            self._connection.execute(_BEGIN)
            for name, value in _SETTINGS.items():
                self._connection.execute("SELECT set_config(%s, %s, true)", (name, value))
        except BaseException:
            self._connection.close()
            raise

    @property
    def version(self) -> int:
        """The server's major version."""
        return self._connection.info.server_version // 10_000

    @contextmanager
    def reading(self) -> Iterator[psycopg.Cursor[Any]]:
        """Yield a cursor that can only read; what fails inside is undone, and the session goes on."""
        with self._connection.transaction(), self._connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
            yield cursor

    @contextmanager
    def writing(self) -> Iterator[psycopg.Cursor[Any]]:
        """Yield a cursor for temporary tables; what fails inside ends the transaction."""
        with self._connection.cursor() as cursor:
            yield cursor

    def rows(self, query: Statement | str, values: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
        """Return the few rows of a query."""
        with self.reading() as cursor:
            found: list[tuple[Any, ...]] = cursor.execute(_composed(query), values).fetchall()
            return found

    def write(self, statement: Statement | str) -> None:
        """Run a statement on temporary tables."""
        with self.writing() as cursor:
            cursor.execute(_composed(statement))

    def interrupt(self) -> None:
        """Let the server cancel what it computes for this session."""
        self.was_interrupted = True
        self._connection.cancel_safe(timeout=_CANCELLING_S)

    def close(self) -> None:
        """End the session; the server rolls everything back."""
        self._connection.close()


def _composed(statement: Statement | str) -> Statement:
    return sql.SQL(statement) if isinstance(statement, str) else statement
