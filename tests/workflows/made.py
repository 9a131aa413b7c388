"""A small source, made to order: one supplier change away from every case."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.installation import Installation, at
from tests.plain.data import Data

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report
    from tests.plain.data import Row

A, B = "PXX001", "PXX002"
MONDAY = datetime(2024, 3, 4)
START = at("2024-03-04T00:30:00")
"""After the midnight slot of 002, before everything else of that Monday."""

HOUR = timedelta(hours=1)


def device_id(number: int) -> str:
    return f"00-DB-12-34-56-78-90-{number:02X}"


def device(number: int, **changed: Any) -> Row:
    """An ESME without fault."""
    return {
        "device_id": device_id(number),
        "device_type": "ESME",
        "manufacturer": "1057",
        "model": "54342152",
        "firmware_version": "00123402",
        "mpxn": "1200034567013",
        "communications_hub_id": None,
        "installed_with_ecos": False,
        **changed,
    }


def attempt(number: int, of_device: int, completed_at: datetime, **changed: Any) -> Row:
    """A success, recorded a second after it was completed."""
    return {
        "attempt_id": number,
        "device_id": device_id(of_device),
        "completed_at": completed_at,
        "outcome": "SUCCESS",
        "error_code": None,
        "error_sub_code": None,
        "firmware_version": None,
        "recorded_at": completed_at + timedelta(seconds=1),
        **changed,
    }


def failed(number: int, of_device: int, completed_at: datetime, **changed: Any) -> Row:
    """A failure, recorded a second after it was completed."""
    codes = {"outcome": "FAILURE", "error_code": "E20", "error_sub_code": 7}
    return attempt(number, of_device, completed_at, **{**codes, **changed})


def installation(number: int, of_device: int, occurred_at: datetime, **changed: Any) -> Row:
    """A change from PENDING to COMMISSIONED, recorded a second after it occurred."""
    return {
        "event_id": number,
        "device_id": device_id(of_device),
        "from_status": "PENDING",
        "to_status": "COMMISSIONED",
        "occurred_at": occurred_at,
        "recorded_at": occurred_at + timedelta(seconds=1),
        **changed,
    }


def source(devices: int = 4) -> Data:
    """Two parties; Devices 1, 3, … are A's, the others B's, for good; nothing has happened."""
    data = Data(
        parties=[{"sec_party_id": A, "party_name": "Able"}, {"sec_party_id": B, "party_name": "Baker & Co"}],
        devices=[device(number) for number in range(1, devices + 1)],
    )
    for number in range(1, devices + 1):
        data.responsibilities.append(
            {
                "device_id": device_id(number),
                "sec_party_id": A if number % 2 else B,
                "effective_from": datetime(2020, 1, 1),
                "effective_to": None,
            }
        )
    return data


def installed(home: Path, data: Data, *reports: Report) -> Installation:
    """An installation on `data` whose recipients are onboarded; its runs are about these reports, or about all."""
    made = Installation(home, START, f"parquet:{home / 'data'}", reports=reports)
    shown(made, data)
    made.onboard_all()
    return made


def shown(made: Installation, data: Data) -> None:
    """Let the source hold `data` from now on."""
    data.write_parquet(made.home / "data")


def details(files: dict[str, bytes], name: str) -> list[list[str]]:
    """The detail records of the one file whose path begins with `name`."""
    (content,) = (content for path, content in files.items() if path.startswith(name))
    return [line.split(",") for line in content.decode().splitlines()[1:-1]]
