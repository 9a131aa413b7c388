"""Files and databases that DuckDB reads: each form's tables, and a session that keeps to UTC and its memory."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.csv_tables import RAW_SUFFIX, load_csv
from ecosmig_publish.migration_data.data import MigrationData, Tables
from ecosmig_publish.migration_data.duckdb_engine import DuckdbEngine
from ecosmig_publish.migration_data.faults import engine_faults
from ecosmig_publish.migration_data.normalising import normalised
from ecosmig_publish.migration_data.own_tables import contract_tables, is_select

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def open_duckdb_source(
    form: str,
    path: Path,
    *,
    tables: Mapping[str, str],
    memory_limit: str,
    threads: int | None,
    spill_directory: Path | None,
) -> MigrationData:
    """Open `path` as `parquet`, `csv` or `duckdb`. Raises `SourceError`."""
    source = f"source {path}"
    with engine_faults(source):
        backend = ibis.duckdb.connect(path, read_only=True) if form == "duckdb" else ibis.duckdb.connect()
        try:
            _prepare(backend, memory_limit, threads, spill_directory)
            if form == "parquet":
                _add_parquet(backend, path)
            elif form == "csv":
                for table, file in _files(path, "csv").items():
                    load_csv(backend, table, file, source)
            found = _tables(backend, tables, source, f"{form} {path}")
        except BaseException:
            backend.disconnect()
            raise

    def close() -> None:
        backend.disconnect()
        if spill_directory is not None:
            shutil.rmtree(spill_directory, ignore_errors=True)

    return MigrationData(DuckdbEngine(backend, source, close), Tables(**found), source)


def _prepare(backend: Any, memory_limit: str, threads: int | None, spill_directory: Path | None) -> None:
    backend.raw_sql("SET TimeZone = 'UTC'")
    backend.raw_sql(f"SET memory_limit = '{memory_limit}'")
    backend.raw_sql("SET preserve_insertion_order = false")
    backend.raw_sql("SET autoinstall_known_extensions = false")
    if threads:
        backend.raw_sql(f"SET threads = {threads}")
    if spill_directory is not None:
        # The engine would make it as the umask says, and puts rows into it. What it stands in is not made for it.
        with suppress(OSError):
            spill_directory.mkdir(mode=0o700)
        backend.raw_sql(f"SET temp_directory = '{_escaped(spill_directory)}'")


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
        backend.raw_sql(
            f'CREATE VIEW "{_quoted(table)}" AS SELECT * FROM '
            f"read_parquet('{_escaped(pattern)}', union_by_name = true, hive_partitioning = false)"
        )


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


def _quoted(name: str) -> str:
    return name.replace('"', '""')


def _escaped(text: object) -> str:
    return str(text).replace("'", "''")
