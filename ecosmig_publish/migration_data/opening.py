"""From a source's address to its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecosmig_publish.migration_data.data import MigrationData

FORMS = ("parquet", "csv", "duckdb")
LATER = ("postgresql", "spark", "trino", "snowflake")


def open_migration_data(
    url: str,
    *,
    base: Path,
    tables: Mapping[str, str] | None = None,
    memory_limit: str = "4GB",
    threads: int | None = None,
    spill_directory: Path | None = None,
) -> MigrationData:
    """Open `parquet:DIR`, `csv:DIR` or `duckdb:FILE`; paths start at `base`.

    `tables` maps a table of the contract to the owner's own table, or to a SELECT. Raises `SourceError` that lists
    every table and column that is missing or of the wrong kind.
    """
    form, _, address = url.partition(":")
    if form in LATER:
        raise SourceError(
            f"source.url {form}:…: this engine is not in this version",
            hint=f"Use one of {', '.join(f'{name}:' for name in FORMS)}; export the seven tables there.",
        )
    if form not in FORMS or not address:
        raise SourceError(
            f"source.url {url!r}: neither parquet:DIR nor csv:DIR nor duckdb:FILE",
            hint='Write it like url = "parquet:data".',
        )
    path = base / address
    if not path.exists():
        raise SourceError(f"source {path}: not there", hint="Set [source] url; to try: ecosmig data sample data")
    # Here, so that commands that read no data don't pay for the engine.
    from ecosmig_publish.migration_data.duckdb_source import open_duckdb_source  # noqa: PLC0415

    return open_duckdb_source(
        form,
        path,
        tables=dict(tables or {}),
        memory_limit=memory_limit,
        threads=threads,
        spill_directory=spill_directory,
    )
