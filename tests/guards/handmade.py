"""Finished files written by hand, the product's writer left out, and small sources to hold them against."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Slot, parse_signifier
from ecosmig_publish.guards.leak import GuardedFile, check_files
from ecosmig_publish.guards.leak.gathering import ROWS_AT_ONCE
from ecosmig_publish.migration_data import open_migration_data
from tests.installation import at

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ecosmig_publish.guards.leak import BadFile
    from tests.plain.data import Data

SLOTS = {
    Report.ECOSMIG_001: Slot(at("2024-03-05T06:00:00"), Report.ECOSMIG_001),
    Report.ECOSMIG_002: Slot(at("2024-03-05T00:00:00"), Report.ECOSMIG_002),
    Report.ECOSMIG_003: Slot(at("2024-04-02T08:00:00"), Report.ECOSMIG_003),
    Report.ECOSMIG_004: Slot(at("2024-03-11T06:00:00"), Report.ECOSMIG_004),
    Report.ECOSMIG_005: Slot(at("2024-03-11T06:00:00"), Report.ECOSMIG_005),
    Report.ECOSMIG_006: Slot(at("2024-04-01T06:00:00"), Report.ECOSMIG_006),
}
"""The slots that the files are of: each period holds the 4th of March 2024, a Monday, from 18:00 to 23:00."""

TITLES = {
    Report.ECOSMIG_001: "Detail Report: ECoS Migrations Completed Successfully",
    Report.ECOSMIG_002: "Detail Report: ECoS Migrations Completed Unsuccessfully",
    Report.ECOSMIG_003: "Detail Report: Gaining Supplier Devices History",
    Report.ECOSMIG_004: "Summary Report: Device Count by Non-Migratable Device Model",
    Report.ECOSMIG_005: "Summary Report: ECoS Migration Activity for the Previous Week",
    Report.ECOSMIG_006: "Detailed Report: Newly Installed ECoS Devices",
}


def header(report: Report, recipient: str, sequence: int = 1) -> str:
    slot = SLOTS[report]
    period = period_of(slot)
    moments = (slot.due_at, period.start, period.end - timedelta(seconds=1))
    shown = ",".join(f"{moment:%Y%m%dT%H%M%S}" for moment in moments)
    return f"00,{report.value},{recipient},{sequence},{TITLES[report]},{shown},DCC Controlled"


def content(report: Report, recipient: str, details: Sequence[str], sequence: int = 1) -> bytes:
    """A whole file of detail records, given as lines without their CRLF."""
    lines = [header(report, recipient, sequence), *details, f"99,{len(details)},DCC Controlled"]
    return "".join(f"{line}\r\n" for line in lines).encode()


def finished(
    folder: Path,
    report: Report,
    recipient: str,
    details: Sequence[str],
    *,
    sequence: int = 1,
    written: bytes | None = None,
) -> GuardedFile:
    """A finished file, recorded as it stands; `written` stands for the bytes that `details` would make."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{report.value}_{recipient}_{sequence}_{SLOTS[report].due_at:%Y%m%d%H%M%S}.csv"
    bytes_ = content(report, recipient, details, sequence) if written is None else written
    (folder / name).write_bytes(bytes_)
    return GuardedFile(
        path=folder / name,
        name=name,
        recipient=parse_signifier(recipient),
        sequence=sequence,
        rows=len(details),
        size=len(bytes_),
        sha256=hashlib.sha256(bytes_).hexdigest(),
    )


def checked(
    files: Iterable[GuardedFile],
    report: Report,
    data: Data | None,
    home: Path,
    rows_at_once: int = ROWS_AT_ONCE,
) -> list[BadFile]:
    """What the guard says of files against a source; None: structure alone."""
    period = period_of(SLOTS[report])
    if data is None:
        return check_files(files, report=report, period=period, data=None)
    data.write_parquet(home / "source")
    with open_migration_data("parquet:source", base=home) as source:
        return check_files(files, report=report, period=period, data=source, rows_at_once=rows_at_once)


def success(device_id: str, printed: str, **changed: str) -> str:
    """A detail of 001."""
    mpxn, model = changed.get("mpxn", "1200034567013"), changed.get("model", "54342152")
    return f"10,{device_id},{mpxn},ESME,1057,{model},00123402,{printed}"


def failure(device_id: str, printed: str, attempts: int = 1) -> str:
    """A detail of 002."""
    return f"10,{device_id},1200034567013,ESME,1057,54342152,00123402,E20,7,{printed},{attempts}"


def gained(device_id: str, printed: str) -> str:
    """A detail of 003."""
    return f"10,{device_id},1200034567013,ESME,1057,54342152,00123402,Success,,,{printed},1"


def installed(device_id: str, printed: str) -> str:
    """A detail of 006."""
    return f"10,{device_id},1200034567013,{printed}"
