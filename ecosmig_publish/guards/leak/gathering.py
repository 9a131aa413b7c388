"""The rows of many files as one table that the source's engine can join: memory doesn't grow with the slot."""

from __future__ import annotations

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.guards.leak.columns import Details
    from ecosmig_publish.guards.leak.findings import GuardedFile
    from ecosmig_publish.migration_data import MigrationData

ROWS_AT_ONCE = 3_000_000
"""Above this, rows are handed over to the engine, which may spill them."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = 1_000_000
_HEADER_AND_COUNTING = 2
"""The first detail is record 2."""


def gathered(report: Report) -> tuple[str, str]:
    """Return the fields of a report's details that are gathered: whose Device, at what instant."""
    return "device_id", CATALOGUE[report].order[0]


class Gathering:
    """Takes files' columns, gives one table of rows; every row has a place, counted from 0 over all files."""

    def __init__(self, report: Report, data: MigrationData, keep: Callable[[Any], Any], rows_at_once: int) -> None:
        self.rows = 0
        self._data, self._keep, self._rows_at_once = data, keep, rows_at_once
        self._device, self._moment = gathered(report)
        self._files: list[GuardedFile] = []
        self._first_places: list[int] = []
        self._loose: list[Any] = []
        self._kept: list[Any] = []
        self._seconds: list[int] = []

    def add(self, file: GuardedFile, details: Details) -> None:
        """Add a file's details, whose fields are right."""
        count = details.rows
        if not count:
            return
        seconds = details.seconds(self._moment)
        self._seconds += [int(seconds.min()), int(seconds.max())]
        self._files.append(file)
        self._first_places.append(self.rows)
        self._loose.append(
            pa.table(
                {
                    "place": pa.array(np.arange(self.rows, self.rows + count, dtype=np.int64)),
                    "device_id": details.texts(self._device),
                    "recipient": pa.repeat(pa.scalar(file.recipient, pa.string()), count),
                    "second": pa.array(seconds * _MICROSECONDS).cast(pa.timestamp("us")),
                }
            )
        )
        self.rows += count
        if sum(table.num_rows for table in self._loose) >= self._rows_at_once:
            self._kept.append(self._keep(pa.concat_tables(self._loose)))
            self._loose = []

    def table(self) -> Any:
        """Return all rows as an Ibis table."""
        tables = list(self._kept)
        if self._loose:
            tables.append(self._data.memory_table(pa.concat_tables(self._loose)))
        return tables[0].union(*tables[1:]) if len(tables) > 1 else tables[0]

    def between(self) -> tuple[datetime, datetime]:
        """Return the first and the last printed second."""
        first, last = min(self._seconds), max(self._seconds)
        return _EPOCH + timedelta(seconds=first), _EPOCH + timedelta(seconds=last)

    def record(self, place: int) -> tuple[GuardedFile, int]:
        """Return the file and the number of the record that stand at a place."""
        index = bisect_right(self._first_places, place) - 1
        return self._files[index], place - self._first_places[index] + _HEADER_AND_COUNTING
