"""The migration data: does it open, has it its tables, is it alive."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.migration_data.data import Tables
from ecosmig_publish.workflows.doctor.checks import failed, finding, good, warning

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.workflows.doctor.checks import Check

RECORDED = ("migration_attempts", "device_status_events", "network_notifications")
QUIET = timedelta(hours=48)
"""So long without a new row is worth a look: the feed may stand still."""


def check_data(open_data: Callable[[], MigrationData], now: datetime) -> Check:
    """Open the source, with all its tables and columns, and say when its newest row was recorded."""
    name = "data"
    try:
        with open_data() as data:
            newest = max((found for table in RECORDED if (found := _newest(data, table))), default=None)
    except EcosmigError as error:
        return failed(name, error)
    says = f"{len(fields(Tables))} tables open with all their columns; "
    if newest is None:
        return warning(name, f"{says}no row has a recorded_at", "Check what fills the source: ecosmig data check")
    says += f"newest recorded_at {newest:%Y-%m-%d %H:%M}Z"
    if newest > now:
        return finding(name, f"{says}, which is later than now", "Compare the clocks of the source and this machine.")
    if now - newest > QUIET:
        days = (now - newest).days
        return warning(name, f"{says}, {days:,} days ago", "Check that whatever fills the source still runs.")
    return good(name, says)


def _newest(data: MigrationData, table: str) -> datetime | None:
    rows = data.fetch(getattr(data.tables, table).aggregate(newest=lambda rows: rows.recorded_at.max()))
    found = rows["newest"][0].as_py()
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) else None
