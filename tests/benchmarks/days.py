"""The heaviest days: a Monday that is the 1st, when five reports are due at 06:00, and the 2nd with 003 at 08:00."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MONDAY_THE_FIRST = datetime(2024, 7, 1, 6, tzinfo=UTC)
"""001, 002, 004, 005 and 006 are due."""
THE_SECOND = datetime(2024, 7, 2, 8, tzinfo=UTC)
"""003 is due; the sample ends here."""
WEEK_BEGINS = datetime(2024, 6, 24, tzinfo=UTC)
MONTH_BEGINS = datetime(2024, 6, 1, tzinfo=UTC)

HISTORY = timedelta(days=365)
"""How far back the sample's attempts reach."""

REPORTS = ("001", "002", "003", "004", "005", "006")
