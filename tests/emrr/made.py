"""A right file of each report, and what is found when one record of it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.validation import Finding, validate_file

if TYPE_CHECKING:
    from collections.abc import Sequence

# Monday, 1 June 2026: the weekly reports and 006 fall due together with the daily ones.
HEADERS = {
    "001": "Detail Report: ECoS Migrations Completed Successfully,20260601T060000,20260531T000000,20260531T235959",
    "002": "Detail Report: ECoS Migrations Completed Unsuccessfully,20260601T060000,20260531T230000,20260601T045959",
    "003": "Detail Report: Gaining Supplier Devices History,20260602T080000,20260501T000000,20260531T235959",
    "004": "Summary Report: Device Count by Non-Migratable Device Model,"
    "20260601T060000,20260525T000000,20260531T235959",
    "005": "Summary Report: ECoS Migration Activity for the Previous Week,"
    "20260601T060000,20260525T000000,20260531T235959",
    "006": "Detailed Report: Newly Installed ECoS Devices,20260601T060000,20260501T000000,20260531T235959",
}
A, B, C = (f"00-DB-12-34-56-78-90-0{last}" for last in "ABC")
DEVICE = "1200034567013,ESME,1057,54342152,00123402"
DETAILS = {
    "001": [f"10,{A},{DEVICE},20260402T000000", f"10,{B},{DEVICE},20260531T120000", f"10,{C},{DEVICE},20260531T120000"],
    "002": [
        f"10,{B},{DEVICE},E20,-5,20260531T120000,9",
        f"10,{B},{DEVICE},E20,0,20260531T120000,10",
        f"10,{A},{DEVICE},MA110,999999,20260601T045959,1",
    ],
    "003": [
        f"10,{C},{DEVICE},Installed,,,20260203T090000,0",
        f"10,{A},{DEVICE},Success,,,20260515T090000,3",
        f"10,{B},{DEVICE},Failure,E21,127,20260515T090000,1",
    ],
    "004": [
        "10,ESME,1057,5434FFFF,00123402,20260115T000000,1",
        "10,ESME,1057,5434FFFF,00123403,20251231T235959,999999999",
        "10,GSME,0001,00000001,00000001,20260531T235959,12",
    ],
    "005": [
        "10,20260525,0,0",
        "10,20260526,0,1",
        "10,20260527,0,0",
        "10,20260528,12,0",
        "10,20260529,0,0",
        "10,20260530,0,0",
        "10,20260531,999999999,7",
    ],
    "006": [
        f"10,{A},1200034567013,20260501T000000",
        f"10,{B},123456,20260531T235959",
        f"10,{B},123456,20260531T235959",
    ],
}


def name_of(number: str) -> str:
    created = "20260602080000" if number == "003" else "20260601060000"
    return f"ECOSMIG-{number}_PXX999_10_{created}.csv"


def lines_of(number: str, details: Sequence[str] | None = None) -> list[str]:
    """A right file's records, without CRLF; its trailer counts the details."""
    details = DETAILS[number] if details is None else details
    header = f"00,ECOSMIG-{number},PXX999,10,{HEADERS[number]},DCC Controlled"
    return [header, *details, f"99,{len(details)},DCC Controlled"]


def bytes_of(lines: Sequence[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode()


def found_in(content: bytes, name: str | None = None) -> list[Finding]:
    return list(validate_file(name, [content]))


def rules_in(lines: Sequence[str], name: str | None = None) -> list[tuple[int, str, str]]:
    """Where each finding stands, its field and its rule."""
    return [(it.record, it.field, it.rule) for it in found_in(bytes_of(lines), name)]


def with_field(line: str, position: int, text: str) -> str:
    """A record with another text in its field; positions count from 0, the record type's."""
    fields = line.split(",")
    fields[position] = text
    return ",".join(fields)
