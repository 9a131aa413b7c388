"""CSV cells that can't be typed, with the file's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.migration_data.check.faults import Fault, Severity
from ecosmig_publish.migration_data.contract import CONTRACT, Kind
from ecosmig_publish.migration_data.csv_tables import RAW_SUFFIX, typed_cell

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.migration_data.contract import Column
    from ecosmig_publish.migration_data.data import MigrationData


def untypable_cells(data: MigrationData, examples: int) -> Iterator[Fault]:
    """Yield a fault for each column of a CSV source with cells that are no value of its kind."""
    if not data.is_embedded:
        # Only files of text can hold what is no value of its column's kind.
        return
    there = set(data.backend.list_tables())
    for table in CONTRACT.values():
        if f"{table.name}{RAW_SUFFIX}" not in there:
            continue
        there_columns = data.backend.table(f"{table.name}{RAW_SUFFIX}").columns
        for column in table.columns:
            if column.kind is Kind.TEXT or column.name not in there_columns:
                continue
            count, numbers = _broken(data, table.name, column, examples)
            if count:
                shown = tuple(f"record {number}" for number in numbers)
                yield Fault(
                    table.name,
                    (column.name,),
                    "wrong-type",
                    Severity.ERROR,
                    count,
                    shown,
                    f"{column.name} holds text that is no {column.kind.value}",
                    "Mend the cells; until then they count as empty.",
                )


def _broken(data: MigrationData, table: str, column: Column, examples: int) -> tuple[int, list[int]]:
    """Return how many cells were not empty and became null, and the first of their records.

    Records count from 1, without the row of names, over all files of the table in the order of their names.
    """
    is_broken = f'"{column.name}" IS NOT NULL AND ({typed_cell(column)}) IS NULL'
    cells = f'SELECT row_number() OVER () AS n, {is_broken} AS is_broken FROM "{table}{RAW_SUFFIX}"'
    with data.faults():
        run = data.backend.raw_sql
        (count,) = run(f"SELECT count(*) FROM ({cells}) WHERE is_broken").fetchone()
        if not count or not examples:
            return count, []
        found = run(f"SELECT n FROM ({cells}) WHERE is_broken ORDER BY n LIMIT {examples}").fetchall()
    return count, [row[0] for row in found]
