"""Source data as lists of dictionaries; instants are naive UTC."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Row = dict[str, Any]

COLUMNS = {
    "parties": ["sec_party_id", "party_name"],
    "devices": [
        "device_id",
        "device_type",
        "manufacturer",
        "model",
        "firmware_version",
        "mpxn",
        "communications_hub_id",
        "installed_with_ecos",
    ],
    "responsibilities": ["device_id", "sec_party_id", "effective_from", "effective_to"],
    "migration_attempts": [
        "attempt_id",
        "device_id",
        "completed_at",
        "outcome",
        "error_code",
        "error_sub_code",
        "firmware_version",
        "recorded_at",
    ],
    "device_status_events": ["event_id", "device_id", "from_status", "to_status", "occurred_at", "recorded_at"],
    "network_notifications": ["notification_id", "device_id", "occurred_at", "recorded_at"],
    "non_migratable_models": [
        "device_type",
        "manufacturer",
        "model",
        "firmware_version",
        "non_migratable_at",
        "withdrawn_at",
    ],
}


@dataclass
class Data:
    parties: list[Row] = field(default_factory=list)
    devices: list[Row] = field(default_factory=list)
    responsibilities: list[Row] = field(default_factory=list)
    migration_attempts: list[Row] = field(default_factory=list)
    device_status_events: list[Row] = field(default_factory=list)
    network_notifications: list[Row] = field(default_factory=list)
    non_migratable_models: list[Row] = field(default_factory=list)

    def copy(self) -> Data:
        return Data(**{name: [dict(row) for row in getattr(self, name)] for name in COLUMNS})

    def write_csv(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for name, columns in COLUMNS.items():
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.writer(file)
                writer.writerow(columns)
                writer.writerows([_cell(row[column]) for column in columns] for row in getattr(self, name))

    def write_parquet(self, folder: Path, tables: Iterable[str] = tuple(COLUMNS)) -> None:
        import pyarrow as pa
        import pyarrow.parquet

        kinds = {"installed_with_ecos": pa.bool_(), "error_sub_code": pa.int32()}
        folder.mkdir(parents=True, exist_ok=True)
        for name in tables:
            columns = COLUMNS[name]
            arrays = {}
            for column in columns:
                values = [row[column] for row in getattr(self, name)]
                kind = kinds.get(column)
                if kind is None and (column.endswith(("_at", "_from", "_to")) and column != "sec_party_id"):
                    kind = pa.timestamp("us")
                if (
                    kind is None
                    and column.endswith("_id")
                    and column.split("_")[0] in ("attempt", "event", "notification")
                ):
                    kind = pa.int64()
                arrays[column] = pa.array(values, kind or pa.string())
            pyarrow.parquet.write_table(pa.table(arrays), folder / f"{name}.parquet")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")
    return str(value)
