"""How instants stand in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import String
from sqlalchemy.types import TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

_LENGTH = len("2024-02-26T06:00:00.000000Z")


class UtcInstant(TypeDecorator[datetime]):
    """An instant as ISO 8601 text in UTC with microseconds, which orders as instants do on every database.

    Takes aware datetimes only and gives aware ones in UTC.
    """

    impl = String(_LENGTH)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 - as it is called
        """Return the text of an instant."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as it is called
        """Return the instant of a text."""
        return None if value is None else datetime.fromisoformat(value)


def instant_text(instant: datetime) -> str:
    """Return `2024-02-26T06:00:00.000000Z`; raise `ValueError` for a datetime without zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"
