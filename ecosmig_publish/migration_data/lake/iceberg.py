"""Iceberg tables of a catalog, each as it stood when the source was opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.sql_text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXTRA = 'pip install "ecosmig-publish[lake]"'
_COMING = "ecosmig_coming"
_KINDS = {
    "boolean": "BOOLEAN",
    "int": "INTEGER",
    "long": "BIGINT",
    "string": "VARCHAR",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMPTZ",
    "timestamp_ns": "TIMESTAMP_NS",
    "timestamptz_ns": "TIMESTAMPTZ",
}


def add_iceberg(backend: Any, address: str) -> None:
    """Let the engine see the tables of `CATALOG/NAMESPACE`; the catalog's settings are PyIceberg's.

    Raises `SourceError` where the driver is missing or the address is none, or what the driver raises.
    """
    try:
        from pyiceberg.catalog import load_catalog  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise SourceError("source.url asks for Iceberg tables, whose driver is not installed", hint=_EXTRA) from error
    name, _, namespace = address.partition("/")
    if not name or not namespace:
        raise SourceError(
            f"source.url iceberg:{address}: no catalog and namespace", hint='Write it like "iceberg:lake/migration".'
        )
    catalog = load_catalog(name)
    for identifier in catalog.list_tables(namespace):
        _add(backend, identifier[-1], catalog.load_table(identifier))


def _add(backend: Any, name: str, table: Any) -> None:
    tasks = list(table.scan().plan_files())
    fields = table.schema().fields
    kinds = [_kind(field.field_type) for field in fields]
    is_plain = all(kinds) and all(not task.delete_files and task.file.file_format == "PARQUET" for task in tasks)
    if tasks and is_plain and all(_is_local(task.file.file_path) for task in tasks):
        columns = ", ".join(
            f"{field.field_id}: {{name: '{escaped(field.name)}', type: '{kind}', default_value: NULL}}"
            for field, kind in zip(fields, kinds, strict=True)
        )
        read = f"read_parquet([{_listed([task.file.file_path for task in tasks])}], schema = MAP {{{columns}}})"
        backend.raw_sql(f"CREATE VIEW {quoted(name)} AS SELECT * FROM {read}")
        return
    # Rows that files of deletes take out, or files that the engine can't reach: PyIceberg reads them, once.
    backend.con.register(_COMING, table.scan().to_arrow_batch_reader())
    backend.raw_sql(f"CREATE TEMPORARY TABLE {quoted(name)} AS SELECT * FROM {_COMING}")
    backend.con.unregister(_COMING)


def _kind(field_type: Any) -> str | None:
    text = str(field_type)
    if text.startswith("decimal"):
        return text.upper()
    return _KINDS.get(text)


def _is_local(path: str) -> bool:
    return urlsplit(path).scheme in ("", "file")


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(f"'{escaped(unquote(urlsplit(path).path))}'" for path in paths)
