"""From `parquet:s3://…`, `delta:…` or `iceberg:…` to its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.duckdb_source import open_embedded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ecosmig_publish.migration_data.data import MigrationData
    from ecosmig_publish.migration_data.duckdb_source import Embedded


def open_lake(form: str, address: str, *, base: Path, tables: Mapping[str, str], using: Embedded) -> MigrationData:
    """Open an address; a path of a disk starts at `base`. Raises `SourceError`."""
    if form == "delta" and "://" not in address:
        address = str(base / address)

    def fill(backend: Any) -> None:
        if form == "parquet":
            from ecosmig_publish.migration_data.lake.object_stores import add_parquet  # noqa: PLC0415 - one is needed

            add_parquet(backend, address)
        elif form == "delta":
            from ecosmig_publish.migration_data.lake.delta import add_delta  # noqa: PLC0415 - as above

            add_delta(backend, address, tables.values())
        else:
            from ecosmig_publish.migration_data.lake.iceberg import add_iceberg  # noqa: PLC0415 - as above

            add_iceberg(backend, address)

    if form not in ("parquet", "delta", "iceberg"):
        raise SourceError(
            f"source.url {form}:…: only Parquet is read from an object store",
            hint='Write it like "parquet:s3://bucket/folder".',
        )
    return open_embedded(fill, f"source {form}:{address}", f"{form}:{address}", tables=tables, using=using)
