"""The six reports as data: title, cadence, fields, and the clause of the EMRR that each rests on."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report

if TYPE_CHECKING:
    from collections.abc import Mapping

CLASSIFICATION = "DCC Controlled"
"""The last field of header and trailer (EMRR 3.2.6)."""

MAX_ROWS_PER_FILE = 999_999
MAX_SEQUENCE = 999_999
"""Six digits each, in trailer and header."""

HOLDING = (Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_006)
"""The reports that hold rows: a row that can't go out with its slot goes out with a later one."""
SUMMARIES = (Report.ECOSMIG_003, Report.ECOSMIG_004, Report.ECOSMIG_005)
"""The others: each slot tells everything anew, nothing of it is held or carried over."""


class FieldKind(StrEnum):
    """The EMRR's field types."""

    TEXT = "text"
    INTEGER = "integer"
    DATETIME = "datetime"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """One data element: our name for it, the EMRR's, its kind and maximum length in characters (code points).

    `allowed` lists the only texts that a text may be, `pattern` is what the whole of it matches, `minimum` bounds
    an integer; where they are empty or None, whatever the kind and the length admit is right.
    """

    name: str
    title: str
    kind: FieldKind
    max_length: int
    optional: bool = False
    allowed: tuple[str, ...] = ()
    pattern: str = ""
    minimum: int | None = None


@dataclass(frozen=True, slots=True)
class ReportDefinition:
    """One report; `fields` are those of a detail record after its record type.

    `order` names the fields that details are ordered by, as far as a file shows it; text compares by code point.
    """

    report: Report
    title: str
    cadence: str
    recipients: str
    clause: str
    fields: tuple[Field, ...]
    order: tuple[str, ...]


_TEXT, _INTEGER, _DATETIME = FieldKind.TEXT, FieldKind.INTEGER, FieldKind.DATETIME

HEADER_FIELDS = (
    Field("record_type", "Record type ('00')", _TEXT, 2, allowed=("00",)),
    Field("report", "Report Identifier", _TEXT, 11, allowed=tuple(report.value for report in Report)),
    Field("recipient", "Report Recipient (Responsible Supplier SEC Party ID)", _TEXT, 6, pattern="[A-Z0-9]{6}"),
    Field("sequence", "Report Sequence Number", _INTEGER, 6, minimum=1),
    Field("title", "Report Title", _TEXT, 100),
    Field("created_at", "Report Creation DateTime", _DATETIME, 15),
    Field("period_start", "Report Applicable Start DateTime", _DATETIME, 15),
    Field("period_end", "Report Applicable End DateTime", _DATETIME, 15),
    Field("classification", "DCC Classification", _TEXT, 14, allowed=(CLASSIFICATION,)),
)
DETAIL_RECORD_TYPE = Field("record_type", "Record type ('10')", _TEXT, 2, allowed=("10",))
TRAILER_FIELDS = (
    Field("record_type", "Record type ('99')", _TEXT, 2, allowed=("99",)),
    Field("rows", "Rows Count", _INTEGER, 6, minimum=0),
    Field("classification", "DCC Classification", _TEXT, 14, allowed=(CLASSIFICATION,)),
)

_MODEL = (
    Field("device_type", "Device Type", _TEXT, 6),
    Field("manufacturer", "Device Manufacturer", _TEXT, 30),
    Field("model", "Device Model", _TEXT, 30),
    Field("firmware_version", "Firmware Version", _TEXT, 8),
)
_DEVICE = (
    Field("device_id", "Device ID", _TEXT, 23, pattern="[0-9A-F]{2}(-[0-9A-F]{2}){7}"),
    Field("mpxn", "MPxN", _TEXT, 13),
)
_STATUSES = ("Success", "Failure", "Installed")
_RESPONSIBLE = "Responsible Supplier"

_DEFINITIONS = (
    ReportDefinition(
        Report.ECOSMIG_001,
        "Detail Report: ECoS Migrations Completed Successfully",
        "daily 06:00 UTC",
        _RESPONSIBLE,
        "EMRR Appendix A, ECOSMIG-001",
        (*_DEVICE, *_MODEL, Field("completed_at", "Migration Completion DateTime", _DATETIME, 15)),
        ("completed_at", "device_id"),
    ),
    ReportDefinition(
        Report.ECOSMIG_002,
        "Detail Report: ECoS Migrations Completed Unsuccessfully",
        "every 6 hours: 00:00, 06:00, 12:00, 18:00 UTC",
        _RESPONSIBLE,
        "EMRR Appendix A, ECOSMIG-002",
        (
            *_DEVICE,
            *_MODEL,
            Field("error_code", "Error Code", _TEXT, 5),
            Field("error_sub_code", "Error Sub Code", _INTEGER, 6),
            Field("completed_at", "Migration Failed DateTime", _DATETIME, 15),
            Field("number_of_attempts", "Number of Attempts", _INTEGER, 6, minimum=1),
        ),
        ("completed_at", "device_id", "number_of_attempts"),
    ),
    ReportDefinition(
        Report.ECOSMIG_003,
        "Detail Report: Gaining Supplier Devices History",
        "monthly on the 2nd, 08:00 UTC",
        "Gaining Supplier",
        "EMRR Appendix A, ECOSMIG-003",
        (
            *_DEVICE,
            *_MODEL,
            Field("ecos_status", "ECoS Status", _TEXT, 9, allowed=_STATUSES),
            Field("error_code", "Error Code", _TEXT, 5, optional=True),
            Field("error_sub_code", "Error Sub Code", _INTEGER, 6, optional=True),
            Field("migrated_at", "Migration DateTime", _DATETIME, 15),
            Field("number_of_attempts", "Number of Attempts", _INTEGER, 6, minimum=0),
        ),
        ("migrated_at", "device_id"),
    ),
    ReportDefinition(
        Report.ECOSMIG_004,
        "Summary Report: Device Count by Non-Migratable Device Model",
        "weekly on Monday, 06:00 UTC",
        _RESPONSIBLE,
        "EMRR Appendix A, ECOSMIG-004",
        (
            *_MODEL,
            Field("non_migratable_at", "Non Migratable DateTime", _DATETIME, 15),
            Field("devices_count", "Devices Count", _INTEGER, 9, minimum=1),
        ),
        tuple(field.name for field in _MODEL),
    ),
    ReportDefinition(
        Report.ECOSMIG_005,
        "Summary Report: ECoS Migration Activity for the Previous Week",
        "weekly on Monday, 06:00 UTC",
        "relevant Responsible Supplier",
        "EMRR Appendix A, ECOSMIG-005",
        (
            Field("activity_on", "Migration Activity Date", FieldKind.DATE, 8),
            Field("successes", "Quantity of Migrations Successfully Completed", _INTEGER, 9, minimum=0),
            Field("failures", "Quantity of Failed Migration Attempts", _INTEGER, 9, minimum=0),
        ),
        ("activity_on",),
    ),
    ReportDefinition(
        Report.ECOSMIG_006,
        "Detailed Report: Newly Installed ECoS Devices",
        "monthly on the 1st, 06:00 UTC",
        _RESPONSIBLE,
        "EMRR Appendix A, ECOSMIG-006",
        (*_DEVICE, Field("occurred_at", "Device Status DateTime", _DATETIME, 15)),
        ("occurred_at", "device_id"),
    ),
)

CATALOGUE: Mapping[Report, ReportDefinition] = {definition.report: definition for definition in _DEFINITIONS}
