"""A small source that keeps its contract, to be broken by tests."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from ecosmig_publish.migration_data import MigrationData, open_migration_data
from tests.plain.data import Data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plain.data import Row

HUB, ESME, GSME, GPF = (f"00-DB-12-34-56-78-90-A{number}" for number in range(4))


def on(text: str) -> datetime:
    """Return an instant written as `2024-02-26 04:59:59`, naive UTC as the tables hold it."""
    return datetime.fromisoformat(text)


def device(device_id: str, kind: str, mpxn: str | None, hub: str | None = HUB) -> Row:
    return {
        "device_id": device_id,
        "device_type": kind,
        "manufacturer": "1057",
        "model": "54342152",
        "firmware_version": "00123402",
        "mpxn": mpxn,
        "communications_hub_id": hub,
        "installed_with_ecos": False,
    }


def span(device_id: str | None, since: str, until: str | None, party: str = "PXX999") -> Row:
    return {
        "device_id": device_id,
        "sec_party_id": party,
        "effective_from": on(since),
        "effective_to": on(until) if until else None,
    }


def attempt(number: int | None, recorded_at: str, **changed: object) -> Row:
    return {
        "attempt_id": number,
        "device_id": ESME,
        "completed_at": on("2024-02-01 10:00:00"),
        "outcome": "SUCCESS",
        "error_code": None,
        "error_sub_code": None,
        "firmware_version": None,
        "recorded_at": on(recorded_at),
        **changed,
    }


def event(number: int | None, recorded_at: str, **changed: object) -> Row:
    return {
        "event_id": number,
        "device_id": ESME,
        "from_status": "PENDING",
        "to_status": "COMMISSIONED",
        "occurred_at": on("2024-01-01 10:00:00"),
        "recorded_at": on(recorded_at),
        **changed,
    }


def notification(number: int, device_id: str = GPF, **changed: object) -> Row:
    return {
        "notification_id": number,
        "device_id": device_id,
        "occurred_at": on("2024-01-01 10:00:00"),
        "recorded_at": on("2024-01-01 10:00:01"),
        **changed,
    }


def model(non_migratable_at: str, withdrawn_at: str | None) -> Row:
    return {
        "device_type": "ESME",
        "manufacturer": "1057",
        "model": "54342152",
        "firmware_version": "00123402",
        "non_migratable_at": on(non_migratable_at),
        "withdrawn_at": on(withdrawn_at) if withdrawn_at else None,
    }


def sound() -> Data:
    """Return a source without a fault."""
    return Data(
        parties=[{"sec_party_id": "PXX999", "party_name": "One"}, {"sec_party_id": "PXX998", "party_name": "Two"}],
        devices=[
            device(HUB, "CHF", None, None),
            # Weights 3 5 7 13 17 19 23 29 31 37 41 43: 1·3 + 2·5 = 13, 13 mod 11 mod 10 = 2.
            device(ESME, "ESME", "1200000000002"),
            device(GSME, "GSME", "2000000000"),
            device(GPF, "GPF", None),
        ],
        responsibilities=[
            span(ESME, "2020-01-01", "2024-01-01"),
            span(ESME, "2024-01-01", None, "PXX998"),
            span(GPF, "2020-01-01", None),
        ],
        migration_attempts=[attempt(1, "2024-02-01 10:00:01"), attempt(2, "2024-02-01 10:00:02")],
        device_status_events=[event(1, "2024-01-01 10:00:01"), event(2, "2024-01-01 10:00:02")],
        network_notifications=[notification(1)],
        non_migratable_models=[model("2024-01-01", None)],
    )


@contextmanager
def opened(source: Data, folder: Path, form: str) -> Iterator[MigrationData]:
    """Write the source as `csv` or `parquet` and open it."""
    source.write_csv(folder) if form == "csv" else source.write_parquet(folder)
    with open_migration_data(f"{form}:{folder}", base=folder.parent) as data:
        yield data
