"""The contract's seven tables as data: every engine, the same names and columns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What a column holds; instants are UTC."""

    TEXT = "text"
    INTEGER = "integer"
    TIMESTAMP = "timestamp"
    BOOLEAN = "boolean"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the contract; `voids` names a column whose value can't stand when this one can't be read."""

    name: str
    kind: Kind
    nullable: bool = False
    voids: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the contract; `key` is the column that is unique, where one is."""

    name: str
    columns: tuple[Column, ...]
    key: str | None = None


_TEXT, _INTEGER, _TIMESTAMP = Kind.TEXT, Kind.INTEGER, Kind.TIMESTAMP
_RECORDED = Column("recorded_at", _TIMESTAMP)
_DEVICE = Column("device_id", _TEXT)

_TABLES = (
    Table("parties", (Column("sec_party_id", _TEXT), Column("party_name", _TEXT)), "sec_party_id"),
    Table(
        "devices",
        (
            _DEVICE,
            Column("device_type", _TEXT),
            Column("manufacturer", _TEXT),
            Column("model", _TEXT),
            Column("firmware_version", _TEXT),
            Column("mpxn", _TEXT, nullable=True),
            Column("communications_hub_id", _TEXT, nullable=True),
            Column("installed_with_ecos", Kind.BOOLEAN),
        ),
        "device_id",
    ),
    Table(
        "responsibilities",
        (
            _DEVICE,
            Column("sec_party_id", _TEXT),
            Column("effective_from", _TIMESTAMP),
            # Without its end a span would give somebody's rows to another supplier.
            Column("effective_to", _TIMESTAMP, nullable=True, voids="effective_from"),
        ),
    ),
    Table(
        "migration_attempts",
        (
            Column("attempt_id", _INTEGER),
            _DEVICE,
            Column("completed_at", _TIMESTAMP),
            Column("outcome", _TEXT),
            Column("error_code", _TEXT, nullable=True),
            Column("error_sub_code", _INTEGER, nullable=True),
            Column("firmware_version", _TEXT, nullable=True),
            _RECORDED,
        ),
        "attempt_id",
    ),
    Table(
        "device_status_events",
        (
            Column("event_id", _INTEGER),
            _DEVICE,
            Column("from_status", _TEXT, nullable=True),
            Column("to_status", _TEXT),
            Column("occurred_at", _TIMESTAMP),
            _RECORDED,
        ),
        "event_id",
    ),
    Table(
        "network_notifications",
        (Column("notification_id", _INTEGER), _DEVICE, Column("occurred_at", _TIMESTAMP), _RECORDED),
        "notification_id",
    ),
    Table(
        "non_migratable_models",
        (
            Column("device_type", _TEXT),
            Column("manufacturer", _TEXT),
            Column("model", _TEXT),
            Column("firmware_version", _TEXT),
            Column("non_migratable_at", _TIMESTAMP),
            Column("withdrawn_at", _TIMESTAMP, nullable=True, voids="non_migratable_at"),
        ),
    ),
)

CONTRACT: Mapping[str, Table] = {table.name: table for table in _TABLES}
