"""Small, nasty source data in stages: everything that the reports distinguish, at the edges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.plain.data import Data, Row

if TYPE_CHECKING:
    from random import Random

MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)
START = datetime(2024, 2, 26)

TEXTS = ["1057", "10E0", "00050203", "=1+1", " x ", 'a"b', "a,b", "a\r\nb", "ü", "\U0001f600", "Z", "~", ""]
MODELS = ["5434FFFF", "54342152", "a,b", "00000001"]
STATUSES = ["PENDING", "WHITELISTED", "INSTALLED_NOT_COMMISSIONED", "SUSPENDED", "RECOVERY", "", "ODD", None]


@dataclass
class Stage:
    """The source as it stands at `runs`, in their order."""

    data: Data
    runs: list[datetime]


def stages(random: Random, *, breaks_contract: bool = False) -> list[Stage]:
    """Return stages of one source: later ones have more rows, recorded later, and mended fields."""
    maker = _Maker(random, breaks_contract=breaks_contract)
    data = Data()
    maker.register(data)
    maker.devices(data)
    maker.spans(data)
    maker.models(data)
    found = []
    last = START
    moment = START
    for number in range(random.randint(2, 4)):
        moment += random.choice([timedelta(hours=random.randint(1, 60)), timedelta(days=random.choice([2, 3, 5, 6]))])
        until = max(last, _whole(random, moment))
        maker.history(data, after=last if number else None, until=until)
        if number:
            maker.mend(data)
        runs = sorted({until, until + timedelta(hours=random.choice([0, 1, 6, 30]))})
        found.append(Stage(data.copy(), runs))
        last = moment = runs[-1]
    return found


def _whole(random: Random, moment: datetime) -> datetime:
    hour = moment.replace(minute=0, second=0, microsecond=0)
    return random.choice([hour, hour.replace(hour=6), hour.replace(hour=8), hour + timedelta(minutes=7, seconds=9)])


class _Maker:
    def __init__(self, random: Random, *, breaks_contract: bool) -> None:
        self.random = random
        self.breaks_contract = breaks_contract
        self.device_ids = [f"00-DB-12-34-56-78-90-{number:02X}" for number in range(random.randint(4, 14))]
        self.numbers = {"attempt": random.randint(1, 90), "event": 0, "notification": 0}
        self.sound_attempts: list[int] = []
        """Those that a row with one breach, its number, may share it with."""

    def register(self, data: Data) -> None:
        names = ["Example", "A & B, Gas / Heat", 'The "Third"', ""]
        for number in range(self.random.randint(2, 3)):
            data.parties.append({"sec_party_id": f"PXX00{number}", "party_name": self.random.choice(names)})
        if self.random.random() < 0.3:
            data.parties.append({"sec_party_id": "pxx009", "party_name": "no signifier"})

    def supplier(self) -> str:
        return self.random.choice(["PXX000", "PXX001", "PXX001", "PXX002", "PXX000", "pxx009", "ZZZ999"])

    def devices(self, data: Data) -> None:
        hubs = ["00-DB-FF-00-00-00-00-01", "00-DB-FF-00-00-00-00-02", None, ""]
        for device_id in self.device_ids:
            if self.random.random() < 0.06:
                continue
            data.devices.append(self.device(device_id, hubs))
            if self.breaks_contract and self.random.random() < 0.07:
                data.devices.append(self.device(device_id, hubs))

    def device(self, device_id: str, hubs: list[Any]) -> Row:
        choose = self.random.choice
        flag = self.random.random() < 0.5
        return {
            "device_id": device_id,
            "device_type": choose(["ESME", "GSME", "GPF", "GPF", "ESME", "HCALCS", "PPMID"]),
            "manufacturer": choose(["1057", "1057", "1057", choose(TEXTS), "m" * 30, "m" * 31]),
            "model": choose([*MODELS, *MODELS, *MODELS, choose(TEXTS), "\U0001f600" * 30]),
            "firmware_version": choose(["00123402", "00123402", "00123402", "", "123456789", "é" * 8]),
            "mpxn": choose(["1200034567013", "2345678901", "0000001", "1200034567389", "", None, "12345678901234"]),
            "communications_hub_id": choose(hubs),
            "installed_with_ecos": None if self.breaks_contract and self.random.random() < 0.1 else flag,
        }

    def spans(self, data: Data) -> None:
        for device_id in self.device_ids:
            if self.random.random() < 0.07:
                continue
            since = datetime(2020, 1, 1)
            for _ in range(self.random.choice([0, 0, 1, 1, 2, 3])):
                until = self.change_after(since)
                if until <= since:
                    continue
                data.responsibilities.append(self.span(device_id, since, until))
                overlap = self.breaks_contract and self.random.random() < 0.15
                gap = self.random.choice([timedelta(0), timedelta(0), MICROSECOND, 3 * DAY])
                since = until - 2 * DAY if overlap else until + gap
            ends = self.random.choice([None, None, None, datetime(2024, 3, 1), datetime(2024, 4, 1)])
            if ends is None or ends > since:
                data.responsibilities.append(self.span(device_id, since, ends))

    def span(self, device_id: str, since: datetime, until: datetime | None) -> Row:
        names_nobody = self.breaks_contract and self.random.random() < 0.05
        return {
            "device_id": device_id,
            "sec_party_id": self.random.choice([None, ""]) if names_nobody else self.supplier(),
            "effective_from": since,
            "effective_to": until,
        }

    def change_after(self, since: datetime) -> datetime:
        first = max(since + DAY, datetime(2024, 1, 28))
        return self.edge(first + timedelta(days=self.random.randint(0, 20)))

    def edge(self, moment: datetime) -> datetime:
        """Return an instant near `moment`, mostly exactly on a border or a microsecond beside one."""
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        month = midnight.replace(day=1)
        return self.random.choice(
            [
                midnight,
                midnight - MICROSECOND,
                month,
                month - MICROSECOND,
                midnight + timedelta(hours=5),
                midnight + timedelta(hours=5) - MICROSECOND,
                midnight + timedelta(hours=23),
                midnight
                + timedelta(
                    hours=self.random.randint(0, 23), seconds=1, microseconds=self.random.choice([0, 1, 999999])
                ),
                midnight + timedelta(hours=11, seconds=1, microseconds=5),
            ]
        )

    def models(self, data: Data) -> None:
        for _ in range(self.random.randint(0, 5)):
            since = self.edge(datetime(2024, 2, 20) + self.random.randint(0, 40) * DAY)
            data.non_migratable_models.append(
                {
                    "device_type": self.random.choice(["ESME", "GPF", "GSME"]),
                    "manufacturer": "1057",
                    "model": self.random.choice(MODELS),
                    "firmware_version": "00123402",
                    "non_migratable_at": since,
                    "withdrawn_at": self.random.choice([None, None, datetime(2024, 3, 4), since + 9 * DAY]),
                }
            )

    def history(self, data: Data, *, after: datetime | None, until: datetime) -> None:
        """Add what was recorded after `after` up to `until`; some of it happened long before."""
        for _ in range(self.random.randint(3, 25)):
            self.attempt(data, after, until)
        for _ in range(self.random.randint(1, 12)):
            self.event(data, after, until)
        for _ in range(self.random.randint(0, 6)):
            happened, recorded = self.happened(after, until)
            self.numbers["notification"] += 1
            data.network_notifications.append(
                {
                    "notification_id": self.numbers["notification"],
                    "device_id": self.random.choice(self.device_ids),
                    "occurred_at": happened,
                    "recorded_at": recorded,
                }
            )

    def happened(self, after: datetime | None, until: datetime) -> tuple[datetime, datetime]:
        """Return when something happened, and when it was recorded: after the last cut-off, maybe much later."""
        earliest = after or datetime(2024, 1, 20)
        recorded = earliest + MICROSECOND + (until + DAY - earliest) * self.random.random()
        recorded = self.random.choice([recorded, recorded, max(until, earliest + MICROSECOND), until + MICROSECOND])
        moment = self.edge(recorded)
        if self.random.random() < 0.3:
            moment = self.edge(recorded - timedelta(days=self.random.randint(1, 45)))
        return min(moment, recorded), recorded

    def attempt(self, data: Data, after: datetime | None, until: datetime) -> None:
        happened, recorded = self.happened(after, until)
        failed = self.random.random() < 0.5
        step = self.random.choice([1, 1, 2, -1])
        self.numbers["attempt"] += 1
        number = self.numbers["attempt"] if step > 0 else -self.numbers["attempt"]
        row: Row = {
            "attempt_id": number,
            "device_id": self.random.choice([*self.device_ids, *self.device_ids, "00-DB-99-00-00-00-00-00"]),
            "completed_at": happened,
            "outcome": "FAILURE" if failed else "SUCCESS",
            "error_code": self.random.choice(["E0001", "E20", "E,1", "", "TOOLONG"]) if failed else None,
            "error_sub_code": self.random.choice([7, 0, -1, -99999, 999999, 1000000, -100000, None])
            if failed
            else None,
            "firmware_version": self.random.choice([None, None, "", "00000001", "000000001"]),
            "recorded_at": recorded,
        }
        if self.breaks_contract:
            self.break_attempt(row)
        if row["attempt_id"] == number and None not in (row["completed_at"], row["recorded_at"]):
            self.sound_attempts += [number] * (row["outcome"] in ("SUCCESS", "FAILURE"))
        data.migration_attempts.append(row)
        if self.random.random() < 0.25:
            # The same Device again in the same second, maybe at the same instant, and with a lower number.
            self.numbers["attempt"] += 1
            twin = {**row, "attempt_id": self.random.choice([1, -1]) * self.numbers["attempt"]}
            if row["completed_at"] is not None and row["completed_at"].microsecond:
                twin["completed_at"] = row["completed_at"].replace(
                    microsecond=self.random.choice([0, row["completed_at"].microsecond])
                )
            data.migration_attempts.append(twin)

    def break_attempt(self, row: Row) -> None:
        kind = self.random.randint(0, 25)
        if kind == 0:
            row["outcome"] = self.random.choice(["UNKNOWN", "", None])
        elif kind == 1:
            row["completed_at"] = None
        elif kind == 2:
            row["recorded_at"] = None
        elif kind == 3:
            row["attempt_id"] = None
        elif kind == 4:
            row["attempt_id"] = self.random.choice(self.sound_attempts or [row["attempt_id"]])
        elif kind == 5:
            row["device_id"] = self.random.choice([None, ""])

    def event(self, data: Data, after: datetime | None, until: datetime) -> None:
        happened, recorded = self.happened(after, until)
        self.numbers["event"] += 1
        to_status = self.random.choice(["COMMISSIONED"] * 5 + ["PENDING", "SUSPENDED", "DECOMMISSIONED", "WITHDRAWN"])
        row: Row = {
            "event_id": self.numbers["event"],
            "device_id": self.random.choice([*self.device_ids, *self.device_ids, "00-DB-99-00-00-00-00-01"]),
            "from_status": self.random.choice(STATUSES),
            "to_status": to_status,
            "occurred_at": happened,
            "recorded_at": recorded,
        }
        if self.breaks_contract and self.random.random() < 0.06:
            row[self.random.choice(["occurred_at", "recorded_at", "event_id"])] = None
        elif self.breaks_contract and self.random.random() < 0.05:
            row["event_id"] = self.random.randint(1, row["event_id"])
        data.device_status_events.append(row)
        if self.random.random() < 0.2:
            self.numbers["event"] += 1
            data.device_status_events.append(
                {
                    **row,
                    "event_id": self.numbers["event"],
                    "to_status": self.random.choice(["SUSPENDED", "COMMISSIONED"]),
                }
            )

    def mend(self, data: Data) -> None:
        """Change what the owner may mend in place; what decides where a row belongs stays."""
        for device in data.devices:
            if self.random.random() < 0.3:
                device["mpxn"] = self.random.choice(["1200034567750", device["mpxn"]])
            if self.random.random() < 0.15:
                device["installed_with_ecos"] = not device["installed_with_ecos"]
            if self.random.random() < 0.2:
                device["firmware_version"] = "00123402"
                device["manufacturer"] = "1057"
        for attempt in data.migration_attempts:
            if attempt["outcome"] == "FAILURE" and self.random.random() < 0.2:
                attempt["error_code"], attempt["error_sub_code"] = "E0001", 7
        known = {device["device_id"] for device in data.devices}
        for device_id in [*self.device_ids, "00-DB-99-00-00-00-00-00"]:
            if device_id not in known and self.random.random() < 0.3:
                data.devices.append(self.device(device_id, ["00-DB-FF-00-00-00-00-01", None]))
        for span in data.responsibilities:
            if self.random.random() < 0.05:
                span["sec_party_id"] = "PXX000"
        registered = {party["sec_party_id"] for party in data.parties}
        if "ZZZ999" not in registered and self.random.random() < 0.3:
            data.parties.append({"sec_party_id": "ZZZ999", "party_name": "late"})
