"""Files and databases that DuckDB reads: each form's tables, and a session that keeps to UTC and its memory."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.csv_tables import RAW_SUFFIX, load_csv
from ecosmig_publish.migration_data.data import MigrationData, Tables
from ecosmig_publish.migration_data.duckdb_engine import DuckdbEngine
from ecosmig_publish.migration_data.faults import engine_faults
from ecosmig_publish.migration_data.normalising import normalised
from ecosmig_publish.migration_data.own_tables import contract_tables, is_select
from ecosmig_publish.migration_data.sql_text import escaped, parquet_view

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Embedded:
    """What the embedded engine may use; None: all cores, a spill folder of its own choice."""

    memory_limit: str
    threads: int | None
    spill_directory: Path | None


def open_files(form: str, path: Path, *, tables: Mapping[str, str], using: Embedded) -> MigrationData:
    """Open `path` as `parquet`, `csv` or `duckdb`. Raises `SourceError`."""
    source = f"source {path}"

    def fill(backend: Any) -> None:
        if form == "parquet":
            _add_parquet(backend, path)
        elif form == "csv":
            for table, file in _files(path, "csv").items():
                load_csv(backend, table, file, source)

    database = path if form == "duckdb" else None
    return open_embedded(fill, source, f"{form} {path}", tables=tables, using=using, database=database)


def open_embedded(
    fill: Callable[[Any], None],
    source: str,
    where: str,
    *,
    tables: Mapping[str, str],
    using: Embedded,
    database: Path | None = None,
) -> MigrationData:
    """Open what `fill` lets the engine see, or a database of its own. Raises `SourceError`."""
    with engine_faults(source):
        backend = ibis.duckdb.connect(database, read_only=True) if database else ibis.duckdb.connect()
        try:
            _prepare(backend, using)
            fill(backend)
            found = _tables(backend, tables, source, where)
        except BaseException:
            backend.disconnect()
            raise

    def close() -> None:
        backend.disconnect()
        if using.spill_directory is not None:
            shutil.rmtree(using.spill_directory, ignore_errors=True)

    return MigrationData(DuckdbEngine(backend, source, close), Tables(**found), source)


def _prepare(backend: Any, using: Embedded) -> None:
    backend.raw_sql("SET TimeZone = 'UTC'")
    backend.raw_sql(f"SET memory_limit = '{using.memory_limit}'")
    backend.raw_sql("SET preserve_insertion_order = false")
    # What one report freed goes back to the machine: else it stays beside what the next step takes elsewhere.
    backend.raw_sql("SET allocator_background_threads = true")
    backend.raw_sql("SET autoinstall_known_extensions = false")
    if using.threads:
        backend.raw_sql(f"SET threads = {using.threads}")
    if using.spill_directory is not None:
        # The engine would make it as the umask says, and puts rows into it. What it stands in is not made for it.
        with suppress(OSError):
            using.spill_directory.mkdir(mode=0o700)
        backend.raw_sql(f"SET temp_directory = '{escaped(using.spill_directory)}'")


def _files(path: Path, suffix: str) -> dict[str, Path]:
    """Return the tables of a folder: `<table>.<suffix>`, or a folder `<table>` of such files."""
    if not path.is_dir():
        raise SourceError(f"source {path}: not a folder", hint="Name the folder that holds the tables' files.")
    files = {file.stem: file for file in sorted(path.glob(f"*.{suffix}")) if file.is_file()}
    for folder in sorted(path.iterdir()):
        if folder.is_dir() and next(folder.rglob(f"*.{suffix}"), None):
            files.setdefault(folder.name, folder)
    return files


def _add_parquet(backend: Any, path: Path) -> None:
    for table, file in _files(path, "parquet").items():
        pattern = f"{file}/**/*.parquet" if file.is_dir() else str(file)
        backend.raw_sql(parquet_view(table, pattern))


def _tables(backend: Any, mapped: Mapping[str, str], source: str, where: str) -> dict[str, Any]:
    there = {table for table in backend.list_tables() if not table.endswith(RAW_SUFFIX)}
    return contract_tables(
        lambda table, own: normalised(_own_table(backend, own), table),
        mapped,
        source,
        where,
        lambda: there,
    )


def _own_table(backend: Any, own: str) -> Any:
    if is_select(own):
        return backend.sql(own)
    database, _, name = own.rpartition(".")
    return backend.table(name, database=database or None)
