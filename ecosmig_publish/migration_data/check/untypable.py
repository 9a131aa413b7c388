"""CSV cells that can't be typed, with the file's row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.migration_data.check.faults import Fault, Severity
from ecosmig_publish.migration_data.contract import CONTRACT, Kind
from ecosmig_publish.migration_data.csv_tables import RAW_SUFFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.migration_data.data import MigrationData


def untypable_cells(data: MigrationData, examples: int) -> Iterator[Fault]:
    """Yield a fault for each column of a CSV source with cells that are no value of its kind."""
    there = set(data.backend.list_tables())
    for table in CONTRACT.values():
        if f"{table.name}{RAW_SUFFIX}" not in there:
            continue
        there_columns = data.backend.table(f"{table.name}{RAW_SUFFIX}").columns
        for column in table.columns:
            if column.kind is Kind.TEXT or column.name not in there_columns:
                continue
            numbers = _broken(data, table.name, column.name)
            if numbers:
                shown = tuple(f"record {number}" for number in numbers[:examples])
                yield Fault(
                    table.name,
                    (column.name,),
                    "wrong-type",
                    Severity.ERROR,
                    len(numbers),
                    shown,
                    f"{column.name} holds text that is no {column.kind.value}",
                    "Mend the cells; until then they count as empty.",
                )


def _broken(data: MigrationData, table: str, column: str) -> list[int]:
    """Return the records (counted from 1, without the row of names) whose cell was not empty and became null."""
    query = (
        f'SELECT r.n FROM (SELECT row_number() OVER () AS n, "{column}" AS cell FROM "{table}{RAW_SUFFIX}") r '
        f'POSITIONAL JOIN (SELECT "{column}" AS typed FROM "{table}") t WHERE r.cell IS NOT NULL AND t.typed IS NULL'
    )
    with data.faults():
        return [row[0] for row in data.backend.raw_sql(query).fetchall()]
