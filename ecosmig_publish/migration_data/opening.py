"""From a source's address to its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import SourceError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecosmig_publish.migration_data.data import MigrationData

FORMS = ("parquet", "csv", "duckdb")
LAKE = ("delta", "iceberg")
POSTGRESQL = ("postgresql", "postgres")
LATER = ("trino", "snowflake", "bigquery", "databricks")
"""The reports compile to the SQL of these; nothing has run there yet."""


_FORMS = (
    "parquet:DIR, csv:DIR, duckdb:FILE, delta:DIR, iceberg:CATALOG/NAMESPACE, "
    "postgresql://USER@HOST/DATABASE or spark://HOST:PORT/DATABASE"
)


def shown_address(url: str) -> str:
    """Return a source's address as it may be shown: without password, without settings."""
    form = url.partition(":")[0]
    if form in POSTGRESQL:
        from ecosmig_publish.postgresql_address import connection_parameters, name_of  # noqa: PLC0415 - slow to import

        return name_of(connection_parameters(url, "source.url"))
    if form == "spark":
        from ecosmig_publish.migration_data.spark.address import parse_spark_address  # noqa: PLC0415 - as above

        return parse_spark_address(url).name
    return url


def open_migration_data(
    url: str,
    *,
    base: Path,
    tables: Mapping[str, str] | None = None,
    memory_limit: str = "4.7GB",
    threads: int | None = None,
    spill_directory: Path | None = None,
) -> MigrationData:
    """Open `parquet:DIR`, `csv:DIR`, `duckdb:FILE`, whose paths start at `base`, `postgresql://…` or `spark://…`.

    `memory_limit` and `threads` are for what computes on this machine, `spill_directory` for DuckDB alone. `tables`
    maps a table of the contract to the owner's own table, or to a SELECT. Raises `SourceError` that lists every table
    and column that is missing or of the wrong kind.
    """
    form, _, address = url.partition(":")
    if form in POSTGRESQL:
        from ecosmig_publish.migration_data.postgresql import open_postgresql_source  # noqa: PLC0415 - one of them is needed

        return open_postgresql_source(url, tables=dict(tables or {}))
    if form == "spark":
        from ecosmig_publish.migration_data.spark import open_spark_source  # noqa: PLC0415 - as above

        return open_spark_source(url, tables=dict(tables or {}), memory_limit=memory_limit, threads=threads)
    if form in LATER:
        raise SourceError(
            f"source.url {form}:…: the reports compile to this engine's SQL, but nobody has run them there, and this "
            "version doesn't",
            hint=f"Let Spark read its tables, or export them: {_FORMS}.",
        )
    if form not in (*FORMS, *LAKE) or not address:
        raise SourceError(
            # The rest is not repeated: a password may stand in it.
            f"source.url {form}:…: no form of source that is known here",
            hint=f'Write it as {_FORMS}, such as "parquet:data".',
        )
    # Here, so that commands that read no data don't pay for the engine.
    from ecosmig_publish.migration_data.duckdb_source import Embedded, open_files  # noqa: PLC0415 - as said

    using = Embedded(memory_limit, threads, spill_directory)
    mapped = dict(tables or {})
    if form in LAKE or "://" in address:
        from ecosmig_publish.migration_data.lake import open_lake  # noqa: PLC0415 - few need it

        return open_lake(form, address, base=base, tables=mapped, using=using)
    path = base / address
    if not path.exists():
        raise SourceError(f"source {path}: not there", hint="Set [source] url; to try: ecosmig data sample data")
    return open_files(form, path, tables=mapped, using=using)
