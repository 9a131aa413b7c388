"""Printed rows against standing ones, many at once: in an engine of its own, whatever engine the source is in."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

from ecosmig_publish.workflows.comparing_source.found import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RECORDS = 1_000
"""So many records of each kind are named for one file."""

_TABLES = """
CREATE TABLE printed (file BIGINT, record BIGINT, recipient TEXT, device_id TEXT, second TIMESTAMP, line TEXT);
CREATE TABLE standing (recipient TEXT, device_id TEXT, second TIMESTAMP, line TEXT, is_held BOOLEAN);
CREATE TABLE others (device_id TEXT, second TIMESTAMP);
"""

# Each printed row answers to one standing row that reads the same, and no standing row to two.
_LEFT = """
CREATE TABLE left_printed AS
SELECT numbered.* FROM (
    SELECT *, row_number() OVER (PARTITION BY recipient, line ORDER BY file, record) AS nth FROM printed
) AS numbered
LEFT JOIN (SELECT recipient, line, count(*) AS times FROM standing WHERE NOT is_held GROUP BY ALL) AS same
    USING (recipient, line)
WHERE nth > coalesce(times, 0);
CREATE TABLE left_standing AS
SELECT numbered.* FROM (
    SELECT *, row_number() OVER (PARTITION BY recipient, line, is_held ORDER BY second) AS nth FROM standing
) AS numbered
LEFT JOIN (SELECT recipient, line, count(*) AS times FROM printed GROUP BY ALL) AS same USING (recipient, line)
WHERE is_held OR nth > coalesce(times, 0);
"""

_JUDGED = """
SELECT file, kind, count(*), list(record ORDER BY record)[1:{records}] FROM (
    SELECT file, record, CASE
        WHEN EXISTS (
            FROM left_standing AS own WHERE NOT own.is_held AND own.recipient = mine.recipient AND {same_place}
        ) THEN '{altered}'
        WHEN EXISTS (FROM left_standing AS own WHERE NOT own.is_held AND {same_place}) THEN '{foreign}'
        WHEN EXISTS (FROM left_standing AS own WHERE {same_place}) THEN '{unreportable}'
        WHEN EXISTS (FROM others AS own WHERE {same_place}) THEN '{altered}'
        ELSE '{vanished}' END AS kind
    FROM left_printed AS mine
) GROUP BY file, kind ORDER BY file, kind
"""

_MISSING = """
SELECT recipient, count(*) FROM left_standing AS own
WHERE NOT is_held AND NOT EXISTS (
    FROM printed AS mine WHERE mine.recipient = own.recipient AND mine.device_id = own.device_id
) GROUP BY recipient ORDER BY recipient
"""


class Judgement:
    """Takes rows, and says what became of the printed ones. Close it when done."""

    def __init__(self, *, by_second: bool) -> None:
        """Tell Devices apart by the second too, unless a report prints each Device once."""
        import duckdb  # noqa: PLC0415 - only where files are compared

        self._connection = duckdb.connect()
        self._by_second = by_second
        for statement in _TABLES.split(";\n"):
            self._connection.execute(statement)

    def take(self, printed: Any, standing: Iterable[Any], others: Any) -> None:
        """Take all rows, as Arrow tables."""
        self._add("printed", printed)
        for table in standing:
            self._add("standing", table)
        if others is not None:
            self._add("others", others)
        for statement in _LEFT.split(";\n"):
            self._connection.execute(statement)

    def changed(self) -> Iterator[tuple[int, Kind, int, tuple[int, ...]]]:
        """Yield for each file and kind how many rows there are, and the first of their records."""
        place = "own.device_id = mine.device_id" + (" AND own.second = mine.second" if self._by_second else "")
        kinds = {kind.name.lower(): kind.value for kind in Kind}
        query = _JUDGED.format(records=RECORDS, same_place=place, **kinds)
        for file, kind, count, records in self._connection.execute(query).fetchall():
            yield file, Kind(kind), count, tuple(records)

    def missing(self) -> list[tuple[str, int]]:
        """Return how many Devices of each recipient stand in none of their files."""
        return self._connection.execute(_MISSING).fetchall()

    def close(self) -> None:
        """Forget everything."""
        self._connection.close()

    def _add(self, name: str, table: Any) -> None:
        columns = ", ".join(table.column_names)
        with closing(self._connection.cursor()) as cursor:
            cursor.register("coming", table)
            cursor.execute(f"INSERT INTO {name} ({columns}) SELECT {columns} FROM coming")  # noqa: S608 - our own names
