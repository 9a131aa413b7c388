"""The six reports, as the specification says them, with state kept from run to run."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.plain.data import Data, Row

DAY = timedelta(days=1)
TITLES = {
    "001": "Detail Report: ECoS Migrations Completed Successfully",
    "002": "Detail Report: ECoS Migrations Completed Unsuccessfully",
    "003": "Detail Report: Gaining Supplier Devices History",
    "004": "Summary Report: Device Count by Non-Migratable Device Model",
    "005": "Summary Report: ECoS Migration Activity for the Previous Week",
    "006": "Detailed Report: Newly Installed ECoS Devices",
}
LENGTHS = {
    "device_id": 23,
    "mpxn": 13,
    "device_type": 6,
    "manufacturer": 30,
    "model": 30,
    "firmware_version": 8,
    "error_code": 5,
    "error_sub_code": 6,
    "number_of_attempts": 6,
}
DEVICE_FIELDS = ["device_id", "mpxn", "device_type", "manufacturer", "model", "firmware_version"]


@dataclass
class Run:
    files: dict[str, bytes] = field(default_factory=dict)
    held: set[tuple[str, datetime, str, tuple[str, ...]]] = field(default_factory=set)
    problems: set[tuple[str, datetime, str, str]] = field(default_factory=set)


def slots(report: str, after: datetime, until: datetime) -> list[datetime]:
    """Every slot of a report, found by looking at every hour."""
    found = []
    moment = after.replace(minute=0, second=0, microsecond=0)
    while moment <= until:
        if moment > after and is_slot(report, moment):
            found.append(moment)
        moment += timedelta(hours=1)
    return found


def is_slot(report: str, moment: datetime) -> bool:
    return {
        "001": moment.hour == 6,
        "002": moment.hour % 6 == 0,
        "003": moment.day == 2 and moment.hour == 8,
        "004": moment.weekday() == 0 and moment.hour == 6,
        "005": moment.weekday() == 0 and moment.hour == 6,
        "006": moment.day == 1 and moment.hour == 6,
    }[report]


def period(report: str, slot: datetime) -> tuple[datetime, datetime]:
    midnight = slot.replace(hour=0)
    if report == "001":
        return midnight - DAY, midnight
    if report == "002":
        return slot - timedelta(hours=7), slot - timedelta(hours=1)
    if report in ("003", "006"):
        end = midnight.replace(day=1)
        return (end - DAY).replace(day=1), end
    return midnight - 7 * DAY, midnight


@dataclass
class Issued:
    """One report for one slot and one recipient: its files' names, and the keys of the source rows in them."""

    report: str
    slot: datetime
    recipient: str
    names: list[str] = field(default_factory=list)
    keys: set[str] = field(default_factory=set)
    is_superseded: bool = False


class Reports:
    def __init__(
        self,
        start: datetime,
        *,
        issues_empty: bool = False,
        rows_per_file: int = 999_999,
        settle: timedelta = timedelta(0),
    ) -> None:
        self.start, self.issues_empty, self.rows_per_file, self.settle = start, issues_empty, rows_per_file, settle
        self.last_slot: dict[str, datetime] = {}
        self.numbers: dict[tuple[str, str], int] = {}
        self.reported: dict[str, set[str]] = {"001": set(), "002": set(), "006": set()}
        self.open: dict[str, dict[str, tuple[str, ...]]] = {"001": {}, "002": {}, "006": {}}
        self.issues: list[Issued] = []

    def run(self, as_of: datetime, data: Data) -> Run:
        result = Run()
        at = as_of.replace(microsecond=0)
        due = [
            (slot, report)
            for report in TITLES
            for slot in slots(report, max(self.start, self.last_slot.get(report, self.start)), at)
        ]
        for slot, report in sorted(due):
            _Slot(self, report, slot, at, at - self.settle, data, result).issue()
            self.last_slot[report] = slot
        return result


class _Slot:
    def __init__(
        self, state: Reports, report: str, slot: datetime, at: datetime, cut_off: datetime, data: Data, result: Run
    ) -> None:
        self.state, self.report, self.slot, self.at, self.data, self.result = state, report, slot, at, data, result
        self.cut_off = cut_off
        self.keys: dict[tuple[Any, Any], str] = {}
        self.begin, self.end = period(report, slot)
        self.register = {
            row["sec_party_id"] for row in data.parties if re.fullmatch("[A-Z0-9]{6}", row["sec_party_id"] or "")
        }

    def issue(self) -> None:
        rows = getattr(self, f"rows_{self.report}")()
        by_recipient: dict[str, list[tuple[Any, list[Any]]]] = {}
        for recipient, order, values in rows:
            by_recipient.setdefault(recipient, []).append((order, values))
        if self.state.issues_empty:
            for recipient in self.register:
                by_recipient.setdefault(recipient, [])
        for recipient, mine in by_recipient.items():
            self.issue_to(recipient, mine)

    def issue_to(self, recipient: str, mine: list[tuple[Any, list[Any]]]) -> Issued:
        mine.sort(key=lambda row: row[0])
        issued = Issued(self.report, self.slot, recipient)
        issued.keys = {self.keys[recipient, order] for order, _ in mine if (recipient, order) in self.keys}
        size = self.state.rows_per_file
        for first in range(0, max(len(mine), 1), size):
            issued.names.append(self.write(recipient, [values for _, values in mine[first : first + size]]))
        self.state.issues.append(issued)
        return issued

    def write(self, recipient: str, details: list[list[Any]]) -> str:
        key = (self.report, recipient)
        number = self.state.numbers[key] = self.state.numbers.get(key, 0) + 1
        head = ["00", f"ECOSMIG-{self.report}", recipient, number, TITLES[self.report], self.at, self.begin]
        lines = [[*head, self.end - timedelta(seconds=1), "DCC Controlled"]]
        lines += [["10", *values] for values in details]
        lines.append(["99", len(details), "DCC Controlled"])
        text = "".join(",".join(printed(value) for value in line) + "\r\n" for line in lines)
        name = f"ECOSMIG-{self.report}_{recipient}_{number}_{self.at:%Y%m%d%H%M%S}.csv"
        self.result.files[f"{recipient}/{name}"] = text.encode()
        return name

    # Who and what

    def spans(self, device_id: str) -> list[Row]:
        return sorted(
            (
                span
                for span in self.data.responsibilities
                if span["device_id"] == device_id
                and span["sec_party_id"]
                and span["effective_from"] is not None
                and (span["effective_to"] is None or span["effective_to"] > span["effective_from"])
            ),
            key=lambda span: span["effective_from"],
        )

    def holders(self, device_id: str, moment: datetime) -> list[str]:
        return [
            span["sec_party_id"]
            for span in self.spans(device_id)
            if span["effective_from"] <= moment and (span["effective_to"] is None or moment < span["effective_to"])
        ]

    def holders_before(self, device_id: str, end: datetime) -> list[str]:
        return [
            span["sec_party_id"]
            for span in self.spans(device_id)
            if span["effective_from"] < end and (span["effective_to"] is None or span["effective_to"] >= end)
        ]

    def recipient(self, holders: list[str]) -> tuple[str | None, list[str]]:
        if len(holders) > 1:
            return None, ["overlapping-responsibilities"]
        if not holders or not holders[0]:
            return None, ["no-responsible-supplier"]
        if holders[0] not in self.register:
            return None, ["unknown-party"]
        return holders[0], []

    def rows_of(self, device_id: str) -> list[Row]:
        return [device for device in self.data.devices if device["device_id"] == device_id]

    def mpxn(self, device: Row) -> str | None:
        if device["device_type"] != "GPF":
            return device["mpxn"] or None
        hub = device["communications_hub_id"] or None
        if hub is None:
            return None
        mates = sorted(
            (mate for mate in self.data.devices if mate["communications_hub_id"] == hub),
            key=lambda mate: mate["device_id"],
        )
        gsmes = [mate for mate in mates if mate["device_type"] == "GSME"]
        if gsmes:
            return next((mate["mpxn"] for mate in gsmes if mate["mpxn"]), device["mpxn"] or None)
        return next((mate["mpxn"] for mate in mates if mate["device_type"] == "ESME" and mate["mpxn"]), None)

    def may_be_seen(self, row: Row) -> bool:
        return row["recorded_at"] is None or row["recorded_at"] <= self.cut_off

    def visible(self, rows: list[Row]) -> list[Row]:
        return [row for row in rows if row["recorded_at"] is not None and row["recorded_at"] <= self.cut_off]

    # 001 and 002

    def attempts(self, outcome: str) -> list[Row]:
        rows = []
        for row in self.data.migration_attempts:
            if row["recorded_at"] is not None and row["recorded_at"] > self.cut_off:
                continue
            if row["completed_at"] is not None and row["completed_at"] >= self.end:
                continue
            if row["outcome"] == outcome or row["outcome"] not in ("SUCCESS", "FAILURE"):
                rows.append(row)
        return rows

    def rows_001(self) -> list[Any]:
        return self.rows_of_attempts("SUCCESS", [*DEVICE_FIELDS, "completed_at"])

    def rows_002(self) -> list[Any]:
        fields = [*DEVICE_FIELDS, "error_code", "error_sub_code", "completed_at", "number_of_attempts"]
        return self.rows_of_attempts("FAILURE", fields)

    def rows_of_attempts(self, outcome: str, fields: list[str]) -> list[Any]:
        rows: list[Any] = []
        open_now: dict[str, tuple[str, ...]] = {}
        reported, before = self.state.reported[self.report], self.state.open[self.report]
        counts: dict[int, int] = {}
        for attempt in self.visible(self.data.migration_attempts):
            counts[attempt["attempt_id"]] = counts.get(attempt["attempt_id"], 0) + 1
        for attempt in self.attempts(outcome):
            key = f"attempt:{'' if attempt['attempt_id'] is None else attempt['attempt_id']}"
            if key in reported:
                continue
            recipient, reasons, record = self.attempt_record(attempt, fields, counts)
            if reasons:
                open_now[key] = tuple(reasons)
                continue
            reported.add(key)
            order = (cut(attempt["completed_at"]), attempt["device_id"], attempt["completed_at"], attempt["attempt_id"])
            self.keys[recipient, order] = key
            rows.append((recipient, order, [record[name] for name in fields]))
        self.keep(open_now, before)
        return rows

    def attempt_record(
        self, attempt: Row, fields: list[str], counts: dict[int, int]
    ) -> tuple[str | None, list[str], Row]:
        if attempt["attempt_id"] is None:
            return None, ["empty:attempt_id"], {}
        if attempt["outcome"] not in ("SUCCESS", "FAILURE"):
            return None, ["invalid:outcome"], {}
        for name in ("completed_at", "recorded_at"):
            if attempt[name] is None:
                return None, [f"empty:{name}"], {}
        if counts[attempt["attempt_id"]] > 1:
            return None, ["duplicate-key"], {}
        devices = self.rows_of(attempt["device_id"])
        if len(devices) > 1:
            return None, ["duplicate-device"], {}
        recipient, reasons = self.recipient(self.holders(attempt["device_id"], attempt["completed_at"]))
        if reasons == ["overlapping-responsibilities"]:
            return None, reasons, {}
        if not devices:
            return None, ["no-device", *reasons], {}
        device = devices[0]
        mine = [
            row
            for row in self.visible(self.data.migration_attempts)
            if row["device_id"] == attempt["device_id"] and row["completed_at"] is not None
        ]
        mine.sort(key=lambda row: (row["completed_at"], row["attempt_id"] is None, row["attempt_id"] or 0))
        record = {
            **device,
            **{name: attempt[name] for name in ("completed_at", "error_code", "error_sub_code")},
            "mpxn": self.mpxn(device),
            "firmware_version": attempt["firmware_version"] or device["firmware_version"],
            "number_of_attempts": mine.index(attempt) + 1,
        }
        return recipient, reasons + faults(record, fields), record

    def keep(self, open_now: dict[str, tuple[str, ...]], before: dict[str, tuple[str, ...]]) -> None:
        before.clear()
        before.update(open_now)
        self.result.held |= {(self.report, self.slot, key, reasons) for key, reasons in open_now.items()}

    # 003

    def rows_003(self) -> list[Any]:
        rows = []
        fields = [*DEVICE_FIELDS, "ecos_status", "error_code", "error_sub_code", "migrated_at", "number_of_attempts"]
        for device_id in {span["device_id"] for span in self.data.responsibilities}:
            if not self.is_gained(device_id):
                continue
            devices = self.rows_of(device_id)
            # Of a Device that stands in the register of Devices twice, either row may be the right one.
            records = [self.history(device_id, device) for device in devices] or [self.history(device_id, None)]
            record = next((record for record in records if record is not None), None)
            if record is None:
                continue
            recipient, reasons = self.recipient(self.holders_before(device_id, self.end))
            if len(devices) > 1:
                reasons = ["duplicate-device"]
            elif reasons != ["overlapping-responsibilities"]:
                if devices:
                    optional = [] if record["ecos_status"] == "Failure" else ["error_code", "error_sub_code"]
                    reasons += faults(record, fields, optional)
                    if record["ecos_status"] == "Installed" and devices[0]["installed_with_ecos"] is None:
                        reasons.append("empty:installed_with_ecos")
                else:
                    reasons.insert(0, "no-device")
            if reasons:
                self.problem(reasons[0], f"device:{device_id}")
                continue
            rows.append((recipient, (cut(record["migrated_at"]), device_id), [record[name] for name in fields]))
        return rows

    def is_gained(self, device_id: str) -> bool:
        """Whether who holds it at the end came to it, in the period, from somebody else."""
        holders = set(self.holders_before(device_id, self.end))
        previous = None
        for span in self.spans(device_id):
            if span["effective_from"] >= self.end:
                break
            changed = previous is not None and previous != span["sec_party_id"]
            if changed and span["effective_from"] >= self.begin and span["sec_party_id"] in holders:
                return True
            previous = span["sec_party_id"]
        return False

    def history(self, device_id: str, device: Row | None) -> Row | None:
        attempts = [
            row
            for row in self.visible(self.data.migration_attempts)
            if row["device_id"] == device_id and row["completed_at"] is not None and row["completed_at"] < self.end
        ]
        attempts.sort(key=lambda row: (row["completed_at"], row["attempt_id"] is None, row["attempt_id"] or 0))
        record = dict(device) if device else dict.fromkeys(DEVICE_FIELDS)
        if device:
            record["mpxn"] = self.mpxn(device)
        record["error_code"] = record["error_sub_code"] = None
        for outcome, status in (("SUCCESS", "Success"), ("FAILURE", "Failure")):
            mine = [row for row in attempts if row["outcome"] == outcome]
            if mine:
                last = mine[-1]
                record.update(ecos_status=status, migrated_at=last["completed_at"], number_of_attempts=len(attempts))
                record["firmware_version"] = last["firmware_version"] or record["firmware_version"]
                if status == "Failure":
                    record.update(error_code=last["error_code"], error_sub_code=last["error_sub_code"])
                return record
        moment = self.installed_at(device_id, device)
        if moment is None or (device and device["installed_with_ecos"] is False):
            return None
        record.update(ecos_status="Installed", migrated_at=moment, number_of_attempts=0)
        return record

    def installed_at(self, device_id: str, device: Row | None) -> datetime | None:
        """The latest installation before the end."""
        changes = [
            row["occurred_at"]
            for row in self.visible(self.data.device_status_events)
            if row["device_id"] == device_id
            and is_installation(row)
            and row["occurred_at"] is not None
            and row["occurred_at"] < self.end
        ]
        first = self.first_notification(device_id)
        notified = [first["occurred_at"]] if first is not None and first["occurred_at"] < self.end else []
        if device is None:
            return max(changes, default=None) or max(notified, default=None)
        return max(notified if device["device_type"] == "GPF" else changes, default=None)

    def first_notification(self, device_id: str) -> Row | None:
        mine = [
            row
            for row in self.visible(self.data.network_notifications)
            if row["device_id"] == device_id and row["occurred_at"] is not None
        ]
        return min(mine, key=lambda row: (row["occurred_at"], row["notification_id"]), default=None)

    def problem(self, reason: str, key: str) -> None:
        self.result.problems.add((self.report, self.slot, reason, key))

    # 004

    def rows_004(self) -> list[Any]:
        in_force: dict[tuple[str, ...], datetime] = {}
        for row in self.data.non_migratable_models:
            model = tuple(row[name] for name in DEVICE_FIELDS[2:])
            if not all(model) or row["non_migratable_at"] is None or row["non_migratable_at"] >= self.end:
                continue
            if row["withdrawn_at"] is None or row["withdrawn_at"] >= self.end:
                in_force[model] = min(row["non_migratable_at"], in_force.get(model, row["non_migratable_at"]))
        counts: dict[tuple[str, tuple[str, ...]], set[str]] = {}
        for device in self.data.devices:
            model = tuple(device[name] for name in DEVICE_FIELDS[2:])
            if model not in in_force or not self.counts(device):
                continue
            recipient, reasons = self.recipient(self.holders_before(device["device_id"], self.end))
            if len(self.rows_of(device["device_id"])) > 1:
                reasons = ["duplicate-device"]
            elif not reasons:
                if device["installed_with_ecos"] is None:
                    reasons = ["empty:installed_with_ecos"]
                reasons = reasons + faults(device, DEVICE_FIELDS[2:])
            if reasons:
                self.problem(reasons[0], f"device:{device['device_id']}")
            else:
                counts.setdefault((str(recipient), model), set()).add(device["device_id"])
        return [
            (recipient, model, [*model, in_force[model], len(devices)])
            for (recipient, model), devices in counts.items()
        ]

    def counts(self, device: Row) -> bool:
        if device["installed_with_ecos"] is True:
            return False
        for row in self.visible(self.data.migration_attempts):
            if (
                row["device_id"] == device["device_id"]
                and row["outcome"] == "SUCCESS"
                and row["completed_at"] is not None
                and row["completed_at"] < self.end
            ):
                return False
        events = [
            row
            for row in self.visible(self.data.device_status_events)
            if row["device_id"] == device["device_id"]
            and row["occurred_at"] is not None
            and row["occurred_at"] < self.end
        ]
        if device["device_type"] == "GPF":
            first = self.first_notification(device["device_id"])
            if first is None or first["occurred_at"] >= self.end:
                return False
            gone = ("DECOMMISSIONED", "WITHDRAWN")
            return not any(row["to_status"] in gone and row["occurred_at"] > first["occurred_at"] for row in events)
        last = max(
            events,
            key=lambda row: (row["occurred_at"], row["event_id"] is not None, row["event_id"] or 0),
            default=None,
        )
        return last is not None and last["to_status"] in ("COMMISSIONED", "SUSPENDED", "RECOVERY", "RECOVERED")

    # 005

    def rows_005(self) -> list[Any]:
        activity: dict[str, dict[str, list[int]]] = {}
        for row in self.visible(self.data.migration_attempts):
            if row["outcome"] not in ("SUCCESS", "FAILURE") or row["completed_at"] is None:
                continue
            if not self.begin <= row["completed_at"] < self.end:
                continue
            recipient, reasons = self.recipient(self.holders(row["device_id"], row["completed_at"]))
            if recipient is None:
                self.problem(reasons[0], f"attempt:{'' if row['attempt_id'] is None else row['attempt_id']}")
                continue
            days = activity.setdefault(recipient, {f"{self.begin + day * DAY:%Y%m%d}": [0, 0] for day in range(7)})
            days[f"{row['completed_at']:%Y%m%d}"][row["outcome"] == "FAILURE"] += 1
        return [
            (recipient, day, [day, *numbers]) for recipient, days in activity.items() for day, numbers in days.items()
        ]

    # 006

    def rows_006(self) -> list[Any]:
        rows: list[Any] = []
        open_now: dict[str, tuple[str, ...]] = {}
        reported = self.state.reported["006"]
        events = [row for row in self.data.device_status_events if is_installation(row) and self.may_be_seen(row)]
        doubled = {
            row["event_id"]
            for row in events
            if sum(row["event_id"] == it["event_id"] and self.may_be_seen(it) for it in self.data.device_status_events)
            > 1
        }
        found = [(f"event:{row['event_id']}", row, False) for row in events if row["event_id"] is not None]
        if any(
            row["event_id"] is None
            and None not in (row["recorded_at"], row["occurred_at"])
            and row["occurred_at"] < self.end
            for row in events
        ):
            open_now["event:"] = ("empty:event_id",)
        for device_id in {row["device_id"] for row in self.data.network_notifications}:
            first = self.first_notification(device_id)
            if first is not None:
                found.append((f"gpf:{device_id}", first, True))
        for key, row, is_notification in found:
            devices = self.rows_of(row["device_id"])
            # Of a Device that stands in the register of Devices twice, either row may be the right one.
            may_be = [
                device
                for device in devices
                if (device["device_type"] == "GPF") is is_notification and device["installed_with_ecos"] is not False
            ]
            if key in reported or (devices and not may_be):
                continue
            if row["occurred_at"] is not None and row["occurred_at"] >= self.end:
                continue
            recipient, reasons, values = self.installation(row, devices)
            if not is_notification and row["event_id"] in doubled:
                reasons = ["duplicate-key"]
            if reasons:
                open_now[key] = tuple(reasons)
                continue
            reported.add(key)
            tie = row.get("event_id") or row.get("notification_id")
            order = (cut(row["occurred_at"]), row["device_id"], row["occurred_at"], tie)
            self.keys[recipient, order] = key
            rows.append((recipient, order, values))
        self.keep(open_now, self.state.open["006"])
        return rows

    def installation(self, row: Row, devices: list[Row]) -> tuple[str | None, list[str], list[Any]]:
        if len(devices) > 1:
            return None, ["duplicate-device"], []
        if row["occurred_at"] is None:
            recipient, reasons = None, ["empty:occurred_at"]
        else:
            recipient, reasons = self.recipient(self.holders(row["device_id"], row["occurred_at"]))
        if reasons == ["overlapping-responsibilities"]:
            return None, reasons, []
        if row["recorded_at"] is None:
            reasons.append("empty:recorded_at")
        if not devices:
            return None, ["no-device", *reasons], []
        device = devices[0]
        if device["installed_with_ecos"] is None:
            reasons.append("empty:installed_with_ecos")
        record = {**device, "mpxn": self.mpxn(device)}
        return (
            recipient,
            reasons + faults(record, ["device_id", "mpxn"]),
            [row["device_id"], record["mpxn"], row["occurred_at"]],
        )


def is_installation(row: Row) -> bool:
    return row["to_status"] == "COMMISSIONED" and row["from_status"] in (
        "PENDING",
        "WHITELISTED",
        "INSTALLED_NOT_COMMISSIONED",
    )


def faults(record: Row, fields: list[str], optional: list[str] | tuple[()] = ()) -> list[str]:
    found = []
    for name in fields:
        value = record[name]
        if value is None or value == "":
            if name not in optional:
                found.append(f"empty:{name}")
        elif name in LENGTHS and len(str(value)) > LENGTHS[name]:
            found.append(f"too-long:{name}")
    return found


def cut(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)


def printed(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y%m%dT%H%M%S")
    text = str(value)
    if any(mark in text for mark in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
