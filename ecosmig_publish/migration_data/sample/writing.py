"""Write a sample: one statement a table, streamed by the engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.sample import statements
from ecosmig_publish.migration_data.sample.names import parties as party_names
from ecosmig_publish.migration_data.sample.situations import SITUATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta
    from pathlib import Path

DATABASE = "migration.duckdb"
_OPTIONS = {
    "parquet": "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880",
    "csv": "FORMAT csv, HEADER true, TIMESTAMPFORMAT '%Y-%m-%d %H:%M:%S.%f'",
}


@dataclass(frozen=True, slots=True)
class SampleSummary:
    """How many rows each table got, and how many rows are in each situation."""

    rows: Mapping[str, int]
    situations: Mapping[str, int]


def write_sample(
    directory: Path,
    *,
    devices: int,
    seed: int,
    parties: int,
    until: datetime,
    history: timedelta,
    form: str,
    clean: bool = False,
    progress: Callable[[str, float], None] | None = None,
) -> SampleSummary:
    """Write the seven tables into `directory` as `parquet`, `csv` or `duckdb` (one file, `migration.duckdb`).

    The same arguments give the same rows with the same version of DuckDB, whose `hash` is what looks random. `clean`
    leaves out what publish would hold. Raises `SourceError`.
    """
    shape = statements.Shape(devices, parties, seed, until, history, clean)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(str(directory / DATABASE) if form == "duckdb" else ":memory:") as connection:
            connection.execute("SET memory_limit = '4GB'")
            connection.execute(f"SET temp_directory = {_quoted(directory / '.spill')}")
            return _write(connection, directory, shape, form, progress or (lambda _what, _share: None))
    except (duckdb.Error, OSError) as error:
        raise SourceError(
            f"{directory}: the sample could not be written: {error}", hint="Name another folder."
        ) from error


def _write(
    connection: duckdb.DuckDBPyConnection,
    directory: Path,
    shape: statements.Shape,
    form: str,
    progress: Callable[[str, float], None],
) -> SampleSummary:
    for macro in statements.macros(shape):
        connection.execute(macro.replace("CREATE MACRO", "CREATE TEMP MACRO"))
    names = party_names(shape.parties)
    connection.execute("CREATE TEMP TABLE suppliers (number BIGINT, sec_party_id VARCHAR, party_name VARCHAR)")
    connection.executemany(
        "INSERT INTO temp.suppliers VALUES (?, ?, ?)", [(number, *name) for number, name in enumerate(names)]
    )
    tables = {
        "parties": "SELECT sec_party_id, party_name FROM temp.suppliers ORDER BY number",
        "devices": statements.devices(shape),
        "responsibilities": statements.responsibilities(shape),
        "migration_attempts": statements.migration_attempts(shape),
        "device_status_events": statements.device_status_events(shape),
        "network_notifications": statements.network_notifications(shape),
        "non_migratable_models": statements.non_migratable_models(),
    }
    for number, (table, statement) in enumerate(tables.items()):
        progress(table, number / (len(tables) + 1))
        path = directory / f"{table}.{form}"
        if form == "parquet":
            # Straight from the engine into the file: nothing is held, whatever the size.
            connection.execute(f"COPY ({statement}) TO {_quoted(path)} ({_OPTIONS[form]})")
            connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet({_quoted(path)})")
        else:
            connection.execute(f"CREATE TABLE main.{table} AS {statement}")
            if form == "csv":
                connection.execute(f"COPY main.{table} TO {_quoted(path)} ({_OPTIONS[form]})")
    connection.execute("DROP TABLE temp.suppliers")
    progress("counting", len(tables) / (len(tables) + 1))
    summary = SampleSummary(
        rows={table: _number(connection, f"SELECT count(*) FROM {table}") for table in tables},
        situations={name: _number(connection, query) for name, query in SITUATIONS.items()},
    )
    progress("done", 1.0)
    return summary


def _number(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


def _quoted(path: Path) -> str:
    """Return a path as the engine's language has a text."""
    return "'" + str(path).replace("'", "''") + "'"
