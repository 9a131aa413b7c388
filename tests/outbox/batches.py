"""Record batches as the reports give them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.terms import Period, Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.values import Value

PERIOD = Period(datetime(2024, 2, 25, tzinfo=UTC), datetime(2024, 2, 26, tzinfo=UTC))
CREATED_AT = datetime(2024, 2, 26, 6, tzinfo=UTC)
HOLDING = ("hold", "recipient", "key")


def fields_of(report: Report) -> list[str]:
    """Return the names of a report's fields, in order."""
    return [field.name for field in CATALOGUE[report].fields]


def activity(recipient: str, day: int, *, hold: str | None = None, succeeded: int = 1) -> tuple[object, ...]:
    """Return a row of ECOSMIG-005, the narrowest report: hold, recipient, key, date and two counts."""
    return hold, recipient, str(day), date(2024, 2, day), succeeded, 0


def batch(rows: Sequence[tuple[object, ...]]) -> Any:
    """Return rows of ECOSMIG-005 as a record batch."""
    kinds = [pa.string(), pa.string(), pa.string(), pa.date32(), pa.int64(), pa.int64()]
    columns = [pa.array([row[place] for row in rows], kind) for place, kind in enumerate(kinds)]
    return pa.record_batch(columns, names=[*HOLDING, *fields_of(Report.ECOSMIG_005)])


def columns(values: Sequence[Sequence[Value]], kinds: Sequence[Any]) -> Any:
    """Return rows of any values as a record batch with the columns `0`, `1`, …."""
    arrays = [pa.array([row[place] for row in values], kind) for place, kind in enumerate(kinds)]
    return pa.record_batch(arrays, names=[str(place) for place in range(len(kinds))])
