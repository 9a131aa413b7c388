"""The tests' source data, put into a PostgreSQL database in the kinds that owners have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.plain.data import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

    import psycopg

    from tests.plain.comparing import Place
    from tests.plain.data import Data
    from tests.postgresql import Server

INSTANTS = (
    "completed_at",
    "recorded_at",
    "occurred_at",
    "effective_from",
    "effective_to",
    "non_migratable_at",
    "withdrawn_at",
)
_NUMBERS = {
    "attempt_id": "bigint",
    "event_id": "integer",
    "notification_id": "numeric(18,0)",
    "error_sub_code": "integer",
}
_ZONED = ("recorded_at", "effective_from")
"""These are kept with a zone, the others without."""


def in_postgresql(server: Server, database: str) -> Place:
    """Return what puts a stage's data into a database, and returns the address at which they are read."""

    def place(data: Data, folder: Path) -> str:  # noqa: ARG001 - for forms that are files
        with server.connection(database) as connection:
            fill(connection, data)
            connection.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO owner")
        return server.url(database)

    return place


def fill(connection: psycopg.Connection[Any], data: Data) -> None:
    """Let the seven tables hold `data`, in the kinds that owners have."""
    for name, columns in COLUMNS.items():
        connection.execute(f"DROP TABLE IF EXISTS {name}".encode())
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{it} {kind(it)}' for it in columns)})".encode())
        with connection.cursor().copy(f"COPY {name} FROM STDIN".encode()) as copy:
            for row in getattr(data, name):
                copy.write_row([_value(column, row[column]) for column in columns])


def kind(column: str) -> str:
    if column in INSTANTS:
        return "timestamptz" if column in _ZONED else "timestamp"
    return "boolean" if column == "installed_with_ecos" else _NUMBERS.get(column, "text")


def _value(column: str, value: Any) -> Any:
    return f"{value.isoformat()}+00" if column in _ZONED and value is not None else value
