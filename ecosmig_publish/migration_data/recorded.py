"""When the source's rows were recorded: how far it reaches."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosmig_publish.migration_data.data import MigrationData

_TABLES = ("migration_attempts", "device_status_events", "network_notifications")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The earliest and the latest `recorded_at`, UTC, of the tables that have one."""

    earliest: datetime
    latest: datetime


def recorded(data: MigrationData) -> Recorded | None:
    """Return between which instants the source's rows were recorded; None where no row says."""
    found = [instant for table in _TABLES for instant in _ends(data, table)]
    return Recorded(min(found), max(found)) if found else None


def _ends(data: MigrationData, table: str) -> list[datetime]:
    """Return a table's first and last instant, nothing where it has none."""
    rows = data.fetch(
        getattr(data.tables, table).aggregate(
            earliest=lambda rows: rows.recorded_at.min(), latest=lambda rows: rows.recorded_at.max()
        )
    )
    ends = rows.to_pylist()[0].values()
    return [end.replace(tzinfo=UTC) for end in ends if isinstance(end, datetime)]
