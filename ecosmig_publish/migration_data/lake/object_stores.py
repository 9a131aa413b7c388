"""A folder in an object store, by way of fsspec: the engine reads the parts of files that it needs."""

from __future__ import annotations

from typing import Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.sql_text import parquet_view

_EXTRA = 'pip install "ecosmig-publish[object-stores]"'
_NOT_THERE = "Set [source] url: it names the folder that holds the tables' files."


def add_parquet(backend: Any, address: str) -> None:
    """Let the engine see each table of a folder such as `s3://bucket/folder`: `<table>.parquet`, or a folder of such.

    Raises `SourceError`, or what the store's library raises.
    """
    protocol, _, folder = address.partition("://")
    files = _file_system(protocol)
    folder = folder.rstrip("/")
    listed = files.ls(f"{protocol}://{folder}", detail=True) if files.isdir(f"{protocol}://{folder}") else []
    patterns: dict[str, str] = {}
    # Files before folders: of two for one table the file counts, as on a disk.
    for entry in sorted(listed, key=lambda entry: (entry["type"] == "directory", entry["name"])):
        name = str(entry["name"]).rstrip("/").rpartition("/")[2]
        if entry["type"] == "directory":
            patterns.setdefault(name, f"{protocol}://{folder}/{name}/**/*.parquet")
        elif name.endswith(".parquet"):
            patterns[name.removesuffix(".parquet")] = f"{protocol}://{folder}/{name}"
    if not patterns:
        raise SourceError(f"source parquet:{address}: no Parquet there", hint=_NOT_THERE)
    backend.con.register_filesystem(files)
    for table, pattern in patterns.items():
        backend.raw_sql(parquet_view(table, pattern))


def _file_system(protocol: str) -> Any:
    try:
        import fsspec  # noqa: PLC0415 - an extra

        return fsspec.filesystem(protocol)
    except ImportError as error:
        raise SourceError(f"source.url asks for {protocol}://, whose driver is not installed", hint=_EXTRA) from error
    except ValueError as error:
        raise SourceError(
            f"source.url parquet:{protocol}://…: no kind of object store that is known here",
            hint="Write it like parquet:s3://bucket/folder, parquet:az://container/folder or parquet:gs://bucket/folder.",
        ) from error
