"""What somebody would write first: pandas computes the same six reports and writes a CSV for each recipient.

No numbers, no held rows, no hashes, no ledger. Straightforward: whole tables, merges, group-bys, one sort.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from tests.benchmarks.days import MONDAY_THE_FIRST, MONTH_BEGINS, REPORTS, THE_SECOND, WEEK_BEGINS
from tests.benchmarks.script import begun

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

_FAR = pd.Timestamp("2200-01-01")
_MODEL = ["device_type", "manufacturer", "model", "firmware_version"]
_DEVICE = ["device_id", "mpxn", *_MODEL]
_BEFORE = ["PENDING", "WHITELISTED", "INSTALLED_NOT_COMMISSIONED"]


def _naive(instant: datetime) -> pd.Timestamp:
    return pd.Timestamp(instant.replace(tzinfo=None))


MORNING, LATER = _naive(MONDAY_THE_FIRST), _naive(THE_SECOND)
END, WEEK, MONTH = MORNING.normalize(), _naive(WEEK_BEGINS), _naive(MONTH_BEGINS)
FIVE = END + pd.Timedelta(hours=5)


class Source:
    """The tables, whole, and what several reports share."""

    def __init__(self, folder: Path) -> None:
        def read(name: str) -> Any:
            return pd.read_parquet(folder / f"{name}.parquet")

        self.devices = self._described(read("devices"))
        self.spans = read("responsibilities")
        self.spans["effective_to"] = self.spans["effective_to"].fillna(_FAR)
        self.attempts = read("migration_attempts")
        self.events = read("device_status_events")
        self.notifications = read("network_notifications")
        self.models = read("non_migratable_models")

    @staticmethod
    def _described(devices: Any) -> Any:
        """Give each GPF the MPxN of its hub's GSME, else its own; without a GSME the ESME's."""
        meters = devices[devices["device_type"].isin(["GSME", "ESME"])].sort_values("device_id")
        hubs = meters.groupby(["communications_hub_id", "device_type"])["mpxn"].first().unstack()  # noqa: PD010 - no aggregation
        has_gsme = meters[meters["device_type"] == "GSME"].groupby("communications_hub_id").size()
        is_gpf = devices["device_type"] == "GPF"
        hub = devices.loc[is_gpf, "communications_hub_id"]
        of_gsme = hub.map(hubs["GSME"]).fillna(devices.loc[is_gpf, "mpxn"])
        devices.loc[is_gpf, "mpxn"] = of_gsme.where(hub.isin(has_gsme.index), hub.map(hubs["ESME"]))
        return devices

    def with_supplier(self, rows: Any, column: str) -> Any:
        """Add the Responsible Supplier at the instant in `column`."""
        joined = rows.merge(self.spans, on="device_id")
        return joined[(joined[column] >= joined["effective_from"]) & (joined[column] < joined["effective_to"])]

    def with_device(self, rows: Any) -> Any:
        """Add the Device; an attempt's own firmware goes first."""
        joined = rows.merge(self.devices[_DEVICE], on="device_id", suffixes=("_own", ""))
        if "firmware_version_own" in joined:
            joined["firmware_version"] = joined["firmware_version_own"].fillna(joined["firmware_version"])
        return joined

    def installations(self, cut_off: pd.Timestamp) -> Any:
        """Return the visible installations of each Device."""
        events = self.events[
            (self.events["to_status"] == "COMMISSIONED")
            & self.events["from_status"].isin(_BEFORE)
            & (self.events["recorded_at"] <= cut_off)
        ]
        kinds = self.devices[["device_id", "device_type", "installed_with_ecos"]]
        events = events.merge(kinds, on="device_id")
        notified = self.notifications[self.notifications["recorded_at"] <= cut_off]
        notified = notified.groupby("device_id", as_index=False)["occurred_at"].min().merge(kinds, on="device_id")
        return pd.concat(
            [events[events["device_type"] != "GPF"], notified[notified["device_type"] == "GPF"]], ignore_index=True
        )[["device_id", "occurred_at", "installed_with_ecos"]]


def successes(source: Source) -> Any:
    """Return 001."""
    attempts = source.attempts
    rows = attempts[
        (attempts["outcome"] == "SUCCESS") & (attempts["completed_at"] < END) & (attempts["recorded_at"] <= MORNING)
    ]
    return _of_attempts(source, rows, ["completed_at"])


def failures(source: Source) -> Any:
    """Return 002."""
    attempts = source.attempts[source.attempts["recorded_at"] <= MORNING].sort_values(["completed_at", "attempt_id"])
    attempts["ordinal"] = attempts.groupby("device_id").cumcount() + 1
    rows = attempts[(attempts["outcome"] == "FAILURE") & (attempts["completed_at"] < FIVE)]
    return _of_attempts(source, rows, ["error_code", "error_sub_code", "completed_at", "ordinal"])


def _of_attempts(source: Source, rows: Any, last: list[str]) -> Any:
    rows = source.with_device(source.with_supplier(rows, "completed_at"))
    rows["second"] = rows["completed_at"].dt.floor("s")
    rows = rows.sort_values(["sec_party_id", "second", "device_id", "completed_at", "attempt_id"])
    rows["error_sub_code"] = rows["error_sub_code"].astype("Int64")
    return rows[["sec_party_id", *_DEVICE, *last]]


def gained(source: Source) -> Any:
    """Return 003."""
    spans = source.spans[source.spans["effective_from"] < END].sort_values(["device_id", "effective_from"])
    spans["before"] = spans.groupby("device_id")["sec_party_id"].shift()
    events = spans[
        (spans["effective_from"] >= MONTH) & spans["before"].notna() & (spans["before"] != spans["sec_party_id"])
    ]
    now = spans[spans["effective_to"] >= END][["device_id", "sec_party_id"]]
    rows = events[["device_id", "sec_party_id"]].drop_duplicates().merge(now, on=["device_id", "sec_party_id"])
    attempts = source.attempts
    attempts = attempts[
        attempts["device_id"].isin(rows["device_id"])
        & (attempts["completed_at"] < END)
        & (attempts["recorded_at"] <= LATER)
    ].sort_values(["completed_at", "attempt_id"])
    wanted = ["device_id", "completed_at", "error_code", "error_sub_code", "firmware_version"]
    latest = attempts[[*wanted, "outcome"]].drop_duplicates(["device_id", "outcome"], keep="last")
    success, failure = (latest[latest["outcome"] == kind][wanted] for kind in ("SUCCESS", "FAILURE"))
    installed = source.installations(LATER)
    installed = installed[(installed["occurred_at"] < END) & installed["installed_with_ecos"]]
    rows = (
        rows.merge(source.devices[_DEVICE], on="device_id")
        .merge(success[["device_id", "completed_at", "firmware_version"]], "left", "device_id", suffixes=("", "_s"))
        .merge(failure, "left", "device_id", suffixes=("", "_f"))
        .merge(installed.groupby("device_id", as_index=False)["occurred_at"].max(), "left", "device_id")
        .merge(attempts.groupby("device_id").size().rename("attempts").reset_index(), "left", "device_id")
    )
    is_success, is_failure = rows["completed_at"].notna(), rows["completed_at_f"].notna()
    rows["status"] = "Installed"
    rows.loc[is_failure, "status"] = "Failure"
    rows.loc[is_success, "status"] = "Success"
    rows.loc[is_success, ["error_code", "error_sub_code"]] = None
    firmware = rows["firmware_version_s"].where(is_success, rows["firmware_version_f"])
    rows["firmware_version"] = firmware.fillna(rows["firmware_version"])
    rows["completed_at"] = rows["completed_at"].fillna(rows["completed_at_f"]).fillna(rows["occurred_at"])
    rows["attempts"] = rows["attempts"].fillna(0).astype(int)
    rows["error_sub_code"] = rows["error_sub_code"].astype("Int64")
    rows = rows[rows["completed_at"].notna()]
    rows["second"] = rows["completed_at"].dt.floor("s")
    rows = rows.sort_values(["sec_party_id", "second", "device_id"])
    return rows[["sec_party_id", *_DEVICE, "status", "error_code", "error_sub_code", "completed_at", "attempts"]]


def models(source: Source) -> Any:
    """Return 004."""
    force = source.models
    force = force[(force["non_migratable_at"] < END) & (force["withdrawn_at"].isna() | (force["withdrawn_at"] >= END))]
    force = force.groupby(_MODEL, as_index=False)["non_migratable_at"].min()
    attempts = source.attempts
    done = attempts[
        (attempts["outcome"] == "SUCCESS") & (attempts["completed_at"] < END) & (attempts["recorded_at"] <= MORNING)
    ]["device_id"]
    rows = source.devices[~source.devices["installed_with_ecos"]].merge(force, on=_MODEL)
    rows = rows[~rows["device_id"].isin(done)]
    events = source.events[source.events["device_id"].isin(rows["device_id"])]
    events = events[(events["occurred_at"] < END) & (events["recorded_at"] <= MORNING)]
    latest = events.sort_values(["occurred_at", "event_id"]).drop_duplicates("device_id", keep="last")
    there = latest[latest["to_status"].isin(["COMMISSIONED", "SUSPENDED", "RECOVERY", "RECOVERED"])]["device_id"]
    notified = source.notifications[source.notifications["recorded_at"] <= MORNING]
    first = notified.groupby("device_id")["occurred_at"].min()
    gone = events[events["to_status"].isin(["DECOMMISSIONED", "WITHDRAWN"])].groupby("device_id")["occurred_at"].max()
    first = first[(first < END) & ~(gone.reindex(first.index) > first)]
    is_gpf = rows["device_type"] == "GPF"
    is_there = rows["device_id"].isin(there).where(~is_gpf, rows["device_id"].isin(first.index))
    rows = rows[is_there].merge(
        source.spans[(source.spans["effective_from"] < END) & (source.spans["effective_to"] >= END)], on="device_id"
    )
    return rows.groupby(["sec_party_id", *_MODEL, "non_migratable_at"], as_index=False)["device_id"].nunique()


def activity(source: Source) -> Any:
    """Return 005."""
    attempts = source.attempts
    rows = attempts[
        (attempts["completed_at"] >= WEEK) & (attempts["completed_at"] < END) & (attempts["recorded_at"] <= MORNING)
    ]
    rows = source.with_supplier(rows, "completed_at")
    rows["day"] = rows["completed_at"].dt.strftime("%Y%m%d")
    counts = rows.groupby(["sec_party_id", "day", "outcome"]).size().unstack(fill_value=0)  # noqa: PD010 - no aggregation
    days = [day.strftime("%Y%m%d") for day in pd.date_range(WEEK, periods=7)]
    grid = pd.MultiIndex.from_product([counts.index.levels[0], days], names=["sec_party_id", "day"])
    return counts.reindex(grid, fill_value=0).reset_index()[["sec_party_id", "day", "SUCCESS", "FAILURE"]]


def new(source: Source) -> Any:
    """Return 006."""
    rows = source.installations(MORNING)
    rows = rows[rows["installed_with_ecos"] & (rows["occurred_at"] < END)]
    rows = source.with_device(source.with_supplier(rows, "occurred_at"))
    rows["second"] = rows["occurred_at"].dt.floor("s")
    rows = rows.sort_values(["sec_party_id", "second", "device_id", "occurred_at"])
    return rows[["sec_party_id", "device_id", "mpxn", "occurred_at"]]


def main() -> None:
    """Compute and write all six."""
    data, out = begun()
    source = Source(data)
    for name, report in zip(REPORTS, (successes, failures, gained, models, activity, new), strict=True):
        rows = report(source)
        (out / name).mkdir(parents=True)
        rows.insert(1, "record", "10")
        for recipient, own in rows.groupby("sec_party_id", sort=False):
            own.drop(columns="sec_party_id").to_csv(
                out / name / f"{recipient}.csv",
                index=False,
                header=False,
                date_format="%Y%m%dT%H%M%S",
                lineterminator="\r\n",
            )


if __name__ == "__main__":
    main()
