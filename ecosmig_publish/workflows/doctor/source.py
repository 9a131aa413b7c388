"""The migration data: does it open, has it its tables, is it alive."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError
from ecosmig_publish.migration_data.data import Tables
from ecosmig_publish.migration_data.recorded import recorded
from ecosmig_publish.workflows.doctor.checks import failed, finding, good, warning

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.workflows.doctor.checks import Check

QUIET = timedelta(hours=48)
"""So long without a new row is worth a look: the feed may stand still."""


def check_data(open_data: Callable[[], MigrationData], now: datetime) -> Check:
    """Open the source, with all its tables and columns, and say when its newest row was recorded."""
    name = "data"
    try:
        with open_data() as data:
            span = recorded(data)
    except EcosmigError as error:
        return failed(name, error)
    says = f"{len(fields(Tables))} tables open with all their columns; "
    if span is None:
        return warning(name, f"{says}no row has a recorded_at", "Check what fills the source: ecosmig data check")
    newest = span.latest
    says += f"newest recorded_at {newest:%Y-%m-%d %H:%M}Z"
    if newest > now:
        return finding(name, f"{says}, which is later than now", "Compare the clocks of the source and this machine.")
    if now - newest > QUIET:
        days = (now - newest).days
        return warning(name, f"{says}, {days:,} days ago", "Check that whatever fills the source still runs.")
    return good(name, says)
