"""From `ledger.url` to the database that it means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError
from ecosmig_publish.ledger.databases.sqlite import SqliteDatabase

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.ledger.databases.protocol import Database

_SQLITE = "sqlite:"
_POSTGRESQL = ("postgresql:", "postgresql+", "postgres:", "postgres+")
_HINT = (
    'Set ledger.url = "sqlite:state/ecosmig.db" (relative to the configuration), "sqlite:/absolute/path" or '
    '"postgresql://user@host/database".'
)


def database_at(url: str, *, base: Path) -> Database:
    """Return the database that an address means: `sqlite:PATH`, relative to `base`, or `postgresql://…`.

    Connects to nothing. Raises `ConfigurationError` for what is no address of a ledger.
    """
    if url.startswith(_POSTGRESQL):
        from ecosmig_publish.ledger.databases.postgresql import PostgresqlDatabase  # noqa: PLC0415 - an extra

        return PostgresqlDatabase.at(url)
    path = url.removeprefix(_SQLITE)
    if path == url or not path or path.startswith("//"):
        scheme = url.partition(":")[0]
        raise ConfigurationError(f"ledger.url ({scheme}:…) is no address of a ledger", hint=_HINT)
    return SqliteDatabase(base / path)
