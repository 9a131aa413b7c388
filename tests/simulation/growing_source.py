"""A source that grows day by day, keeps its contract, and is known to the judge row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.plain.data import COLUMNS, Data

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from random import Random

    from tests.plain.data import Row
    from tests.simulation.file_read import ReadFile

MICROSECOND = timedelta(microseconds=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)
LONG_AGO = datetime(2020, 1, 1)  # noqa: DTZ001 - naive UTC, as in the tables
_OUTCOMES = {"ECOSMIG-001": "SUCCESS", "ECOSMIG-002": "FAILURE"}


@dataclass(slots=True)
class GrowingSource:
    """Suppliers, their Devices and what happened to them; instants are naive UTC, as the tables hold them."""

    random: Random
    folder: Path
    data: Data = field(default_factory=Data)
    mended: dict[str, datetime] = field(default_factory=dict)
    """When a row that could not be reported was put right, by its key."""
    _devices: dict[str, Row] = field(default_factory=dict)
    _spans: dict[str, list[Row]] = field(default_factory=dict)
    _attempts: dict[tuple[str, str, str], Row] = field(default_factory=dict)
    """By outcome, Device and the second that is printed."""
    _installations: dict[tuple[str, str], tuple[str, Row]] = field(default_factory=dict)
    """Key and row, by Device and the second that is printed."""
    _changed: set[str] = field(default_factory=lambda: set(COLUMNS))
    _number: int = 0
    _suppliers: int = 0

    def register(self) -> dict[str, str]:
        """Return the parties' names by signifier."""
        return {row["sec_party_id"]: row["party_name"] for row in self.data.parties}

    def write(self) -> None:
        """Let the product see it as it is now."""
        self.data.write_parquet(self.folder, sorted(self._changed))
        self._changed.clear()

    # What happens

    def add_supplier(self, since: datetime, *, devices: int, registered: bool = True) -> str:
        """Add a supplier with Devices that were installed long ago; unregistered it has no row in the register."""
        self._suppliers += 1
        signifier = f"PX{self._suppliers:04}"
        if registered:
            self._add("parties", {"sec_party_id": signifier, "party_name": f"Supplier {signifier[2:]} & Söhne"})
        for _ in range(devices):
            self._span(self._device(since, ecos=False), signifier, LONG_AGO)
        return signifier

    def register_party(self, signifier: str, now: datetime) -> None:
        """Add the register's row of a supplier that has Devices already."""
        self._add("parties", {"sec_party_id": signifier, "party_name": f"Late {signifier[2:]}"})
        self._mend(now, lambda row: self.holder(row["device_id"], _instant(row)) == signifier)

    def rename(self, signifier: str) -> None:
        """Give a party another name."""
        (row,) = (row for row in self.data.parties if row["sec_party_id"] == signifier)
        row["party_name"] = f"Renamed {self._next()} {signifier[2:]}"
        self._changed.add("parties")

    def merge(self, gone: str, into: str, at: datetime) -> None:
        """Let every Device of one supplier be another's from `at` on, which is still to come."""
        for device in self._devices_of(gone, at):
            self._change_supplier(device, into, at)

    def pass_time(self, since: datetime, until: datetime, rate: float) -> None:
        """Record what happened after `since` until `until`: about `rate` attempts a day, some of them late."""
        days = (until - since) / DAY
        suppliers = list(self.register())
        for _ in range(self._about(rate * days)):
            self._attempt(since, until)
        for _ in range(self._about(rate / 8 * days)):
            self._install(self.random.choice(suppliers), since, until)
        for _ in range(self._about(rate / 40 * days)):
            device = self.random.choice(list(self._devices))
            self._change_supplier(device, self.random.choice(suppliers), until + self.random.random() * 2 * DAY)

    def break_some(self, since: datetime, until: datetime) -> None:
        """Record attempts that can't be reported yet: without Device, without MPxN, without supplier."""
        supplier = self.random.choice(list(self.register()))
        for kind in self.random.sample(["device", "mpxn", "supplier"], 2):
            device = self._device(since, ecos=False, commissioned=kind != "device")
            if kind == "mpxn":
                self._devices[device]["mpxn"] = None
            if kind != "supplier":
                self._span(device, supplier, LONG_AGO)
            if kind == "device":
                self.data.devices.remove(self._devices.pop(device))
            for _ in range(self.random.randint(1, 3)):
                self._attempt(since, until, device)

    def mend_some(self, now: datetime) -> None:
        """Put right in place what kept rows from being reported."""
        suppliers = list(self.register())
        named = {row["device_id"] for row in self.data.migration_attempts}
        for device in [it for it in named if it not in self._devices and self.random.random() < 0.5]:
            self._device(now, ecos=False, device_id=device)
            self._mend(now, lambda row, it=device: row["device_id"] == it)
        for device, row in self._devices.items():
            if row["mpxn"] is None and row["device_type"] == "ESME" and self.random.random() < 0.5:
                row["mpxn"] = "1200034567013"
                self._changed.add("devices")
                self._mend(now, lambda row, it=device: row["device_id"] == it)
            if device not in self._spans and self.random.random() < 0.5:
                self._span(device, self.random.choice(suppliers), LONG_AGO)
                self._mend(now, lambda row, it=device: row["device_id"] == it)

    # What the judge asks

    def found(self, file: ReadFile, fields: list[str]) -> tuple[str, str | None] | None:
        """See `SourceRows`."""
        device = fields[0]
        if file.report == "ECOSMIG-003":
            end = datetime.fromisoformat(file.ends) + SECOND
            return f"device:{device}", self.holder(device, end - MICROSECOND)
        if file.report == "ECOSMIG-006":
            found = self._installations.get((device, fields[2]))
            return (found[0], self.holder(device, _instant(found[1]))) if found else None
        moment = fields[6] if file.report == "ECOSMIG-001" else fields[8]
        row = self._attempts.get((_OUTCOMES[file.report], device, moment))
        return (f"attempt:{row['attempt_id']}", self.holder(device, row["completed_at"])) if row else None

    def due(self, report: str, end: datetime, cut_off: datetime) -> Iterator[tuple[str, Row]]:
        """Yield every row that belongs in a report under these bounds, by its key."""
        if report == "ECOSMIG-006":
            for key, row in self._installations.values():
                is_ecos = self._devices[row["device_id"]]["installed_with_ecos"]
                if is_ecos and row["occurred_at"] < end and row["recorded_at"] <= cut_off:
                    yield key, row
            return
        for (outcome, _, _), row in self._attempts.items():
            if outcome == _OUTCOMES[report] and row["completed_at"] < end and row["recorded_at"] <= cut_off:
                yield f"attempt:{row['attempt_id']}", row

    def can_be_held(self, key: str, row: Row, tried_at: datetime) -> bool:
        """Whether a row could not be reported when it was last tried."""
        device = self._devices.get(row["device_id"])
        holder = self.holder(row["device_id"], _instant(row))
        is_sound = device is not None and device["mpxn"] is not None and holder in self.register()
        return not is_sound or self.mended.get(key, LONG_AGO) >= tried_at

    def holder(self, device: str, moment: datetime) -> str | None:
        """Return who is responsible for a Device at an instant."""
        for span in self._spans.get(device, ()):
            if span["effective_from"] <= moment and (span["effective_to"] is None or moment < span["effective_to"]):
                return str(span["sec_party_id"])
        return None

    # How it is made

    def _next(self) -> int:
        self._number += 1
        return self._number

    def _about(self, number: float) -> int:
        whole = int(number)
        return whole + (self.random.random() < number - whole)

    def _add(self, table: str, row: Row) -> Row:
        getattr(self.data, table).append(row)
        self._changed.add(table)
        return row

    def _device(
        self,
        since: datetime,
        *,
        ecos: bool,
        commissioned: bool = True,
        device_id: str = "",
        kind: str = "ESME",
    ) -> str:
        number = self._next()
        device_id = device_id or f"00-DB-12-34-56-{number >> 16:02X}-{number >> 8 & 255:02X}-{number & 255:02X}"
        hub = f"00-DB-FF-00-00-{number >> 16:02X}-{number >> 8 & 255:02X}-{number & 255:02X}"
        self._devices[device_id] = self._add(
            "devices",
            {
                "device_id": device_id,
                "device_type": kind,
                "manufacturer": self.random.choice(["1057", "10E0", "a,b"]),
                "model": self.random.choice(["54342152", "00000001", '"X"']),
                "firmware_version": "00123402",
                "mpxn": "1200034567013",
                "communications_hub_id": hub,
                "installed_with_ecos": ecos,
            },
        )
        if commissioned and not ecos:
            self._event(device_id, "PENDING", "COMMISSIONED", since - DAY, since + SECOND)
        return device_id

    def _event(self, device: str, before: str, after: str, occurred_at: datetime, recorded_at: datetime) -> None:
        row = {"event_id": self._next(), "device_id": device, "from_status": before, "to_status": after}
        row |= {"occurred_at": occurred_at, "recorded_at": recorded_at}
        self._add("device_status_events", row)
        self._installations[device, _printed(occurred_at)] = (f"event:{row['event_id']}", row)

    def _span(self, device: str, signifier: str, since: datetime) -> None:
        row = {"device_id": device, "sec_party_id": signifier, "effective_from": since, "effective_to": None}
        self._spans.setdefault(device, []).append(self._add("responsibilities", row))

    def _change_supplier(self, device: str, into: str, at: datetime) -> None:
        spans = self._spans.get(device)
        if not spans or spans[-1]["sec_party_id"] == into or spans[-1]["effective_from"] >= at:
            return
        spans[-1]["effective_to"] = at
        self._span(device, into, at)

    def _devices_of(self, signifier: str, at: datetime) -> list[str]:
        return [
            device
            for device, spans in self._spans.items()
            if spans[-1]["sec_party_id"] == signifier and spans[-1]["effective_from"] < at
        ]

    def _install(self, signifier: str, since: datetime, until: datetime) -> None:
        occurred_at, recorded_at = self._instants(since, until)
        ecos = self.random.random() < 0.7
        if self.random.random() < 0.7:
            device = self._device(occurred_at, ecos=True)
            self._event(
                device, self.random.choice(["PENDING", "WHITELISTED"]), "COMMISSIONED", occurred_at, recorded_at
            )
            self._span(device, signifier, LONG_AGO)
            return
        meter = self._device(since, ecos=False)
        self._span(meter, signifier, LONG_AGO)
        device = self._device(occurred_at, ecos=True, kind="GPF")
        row = self._devices[device]
        row["communications_hub_id"] = self._devices[meter]["communications_hub_id"]
        row["installed_with_ecos"] = ecos
        self._span(device, signifier, LONG_AGO)
        notification = {"notification_id": self._next(), "device_id": device}
        notification |= {"occurred_at": occurred_at, "recorded_at": recorded_at}
        self._add("network_notifications", notification)
        self._installations[device, _printed(occurred_at)] = (f"gpf:{device}", notification)

    def _attempt(self, since: datetime, until: datetime, device: str = "") -> None:
        device = device or self.random.choice(self.data.devices)["device_id"]
        completed_at, recorded_at = self._instants(since, until)
        outcome = self.random.choice(["SUCCESS", "FAILURE"])
        place = (outcome, device, _printed(completed_at))
        if place in self._attempts:
            return
        is_failure = outcome == "FAILURE"
        row = {"attempt_id": self._next(), "device_id": device, "completed_at": completed_at, "outcome": outcome}
        row |= {"error_code": "E20" if is_failure else None, "error_sub_code": 7 if is_failure else None}
        self._attempts[place] = self._add(
            "migration_attempts", row | {"firmware_version": None, "recorded_at": recorded_at}
        )

    def _instants(self, since: datetime, until: datetime) -> tuple[datetime, datetime]:
        """Return when something happened, and when it was recorded: on time, or up to six days late."""
        recorded_at = since + MICROSECOND + self.random.random() * (until - since)
        late = self.random.random() * 6 * DAY if self.random.random() < 0.1 else self.random.random() * 2 * SECOND
        return recorded_at - late - SECOND, recorded_at

    def _mend(self, now: datetime, concerns: object) -> None:
        for row in self.data.migration_attempts:
            if concerns(row):  # type: ignore[operator]
                self.mended[f"attempt:{row['attempt_id']}"] = now


def _instant(row: Row) -> datetime:
    moment: datetime = row["completed_at"] if "completed_at" in row else row["occurred_at"]
    return moment


def _printed(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"
