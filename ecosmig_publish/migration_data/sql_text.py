"""Names and texts as the embedded engine's SQL has them."""

from __future__ import annotations


def quoted(name: str) -> str:
    """Return a name in quotes."""
    return '"' + name.replace('"', '""') + '"'


def parquet_view(table: str, pattern: str) -> str:
    """Return the statement that lets a table be read from files of Parquet, whose columns may differ in their order."""
    return (
        f"CREATE VIEW {quoted(table)} AS SELECT * FROM "
        f"read_parquet('{escaped(pattern)}', union_by_name = true, hive_partitioning = false)"
    )


def escaped(text: object) -> str:
    """Return what stands between a text's quotes."""
    return str(text).replace("'", "''")
