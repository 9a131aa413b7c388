"""What somebody good with Polars would write: lazy plans over the Parquet files, run by the streaming engine.

The same six reports as `pandas_script`, a CSV for each recipient, the same bytes. No numbers, no held rows, no hashes,
no ledger.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import polars as pl

from tests.benchmarks.days import MONDAY_THE_FIRST, MONTH_BEGINS, REPORTS, THE_SECOND, WEEK_BEGINS
from tests.benchmarks.script import begun

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from polars.io.partition import FileProviderArgs

_MOST_RECIPIENTS = 900
"""So many files may be open at once."""
_MODEL = ["device_type", "manufacturer", "model", "firmware_version"]
_DEVICE = ["device_id", "mpxn", *_MODEL]
_BEFORE = ["PENDING", "WHITELISTED", "INSTALLED_NOT_COMMISSIONED"]
_THERE = ["COMMISSIONED", "SUSPENDED", "RECOVERY", "RECOVERED"]
_GONE = ["DECOMMISSIONED", "WITHDRAWN"]

MORNING, LATER, WEEK, MONTH = (
    day.replace(tzinfo=None) for day in (MONDAY_THE_FIRST, THE_SECOND, WEEK_BEGINS, MONTH_BEGINS)
)
END = MORNING.replace(hour=0)
FIVE = END.replace(hour=5)
_IS_SUCCESS, _IS_FAILURE = pl.col("outcome") == "SUCCESS", pl.col("outcome") == "FAILURE"
_IS_GPF, _IS_GSME, _IS_ESME = (pl.col("device_type") == kind for kind in ("GPF", "GSME", "ESME"))


def _holds_at(instant: pl.Expr) -> pl.Expr:
    """Return whether a span holds at an instant."""
    return (pl.col("effective_from") <= instant) & (
        pl.col("effective_to").is_null() | (instant < pl.col("effective_to"))
    )


def _until(instant: datetime) -> pl.Expr:
    """Return whether a span holds just before an instant."""
    return (pl.col("effective_from") < instant) & (
        pl.col("effective_to").is_null() | (pl.col("effective_to") >= instant)
    )


class Source:
    """The tables as lazy plans, and what several reports share."""

    def __init__(self, folder: Path) -> None:
        def scan(name: str) -> pl.LazyFrame:
            return pl.scan_parquet(folder / f"{name}.parquet")

        self.devices = self._described(scan("devices"))
        self.spans = scan("responsibilities")
        self.attempts = scan("migration_attempts")
        self.events = scan("device_status_events")
        self.notifications = scan("network_notifications")
        self.models = scan("non_migratable_models")

    @staticmethod
    def _described(devices: pl.LazyFrame) -> pl.LazyFrame:
        """Give each GPF the MPxN of its hub's GSME, else its own; without a GSME the ESME's."""

        def lowest_of(is_kind: pl.Expr) -> pl.Expr:
            is_it = is_kind & pl.col("mpxn").is_not_null()
            return pl.col("mpxn").filter(is_it).min_by(pl.col("device_id").filter(is_it))

        hubs = (
            devices.filter(_IS_GSME | _IS_ESME, pl.col("communications_hub_id").is_not_null())
            .group_by(hub="communications_hub_id")
            .agg(has_gsme=_IS_GSME.any(), of_gsme=lowest_of(_IS_GSME), of_esme=lowest_of(_IS_ESME))
        )
        printed = pl.when("has_gsme").then(pl.coalesce("of_gsme", "mpxn")).otherwise("of_esme")
        gpfs = devices.filter(_IS_GPF).join(hubs, how="left", left_on="communications_hub_id", right_on="hub")
        return pl.concat(
            [devices.filter(~_IS_GPF), gpfs.with_columns(mpxn=printed).drop("has_gsme", "of_gsme", "of_esme")]
        )

    def with_supplier(self, rows: pl.LazyFrame, column: str) -> pl.LazyFrame:
        """Add the Responsible Supplier at the instant in `column`."""
        return rows.join(self.spans, on="device_id").filter(_holds_at(pl.col(column)))

    def with_device(self, rows: pl.LazyFrame) -> pl.LazyFrame:
        """Add the Device; an attempt's own firmware goes first."""
        return rows.join(self.devices.select(_DEVICE), on="device_id", suffix="_of_device")

    def installations(self, cut_off: datetime) -> pl.LazyFrame:
        """Return the visible installations of each Device."""
        visible = pl.col("recorded_at") <= cut_off
        events = self.events.filter(
            visible, pl.col("to_status") == "COMMISSIONED", pl.col("from_status").is_in(_BEFORE)
        )
        first = self.notifications.filter(visible).group_by("device_id").agg(pl.col("occurred_at").min())
        ecos = self.devices.filter("installed_with_ecos").select("device_id", "device_type")
        columns = ["device_id", "occurred_at"]
        return pl.concat(
            [
                events.select(columns).join(ecos.filter(~_IS_GPF), on="device_id", how="semi"),
                first.select(columns).join(ecos.filter(_IS_GPF), on="device_id", how="semi"),
            ]
        )


def successes(source: Source) -> pl.LazyFrame:
    """Return 001."""
    rows = source.attempts.filter(_IS_SUCCESS, pl.col("completed_at") < END, pl.col("recorded_at") <= MORNING)
    return _of_attempts(source, rows, ["completed_at"])


def failures(source: Source) -> pl.LazyFrame:
    """Return 002."""
    rows = (
        source.attempts.filter(pl.col("recorded_at") <= MORNING)
        .sort("completed_at", "attempt_id")
        .with_columns(ordinal=pl.int_range(1, pl.len() + 1).over("device_id"))
        .filter(_IS_FAILURE, pl.col("completed_at") < FIVE)
    )
    return _of_attempts(source, rows, ["error_code", "error_sub_code", "completed_at", "ordinal"])


def _of_attempts(source: Source, rows: pl.LazyFrame, last: list[str]) -> pl.LazyFrame:
    return (
        source.with_device(source.with_supplier(rows, "completed_at"))
        .with_columns(firmware_version=pl.coalesce("firmware_version", "firmware_version_of_device"))
        .sort("sec_party_id", pl.col("completed_at").dt.truncate("1s"), "device_id", "completed_at", "attempt_id")
        .select("sec_party_id", *_DEVICE, *last)
    )


def gained(source: Source) -> pl.LazyFrame:
    """Return 003."""
    spans = source.spans.filter(pl.col("effective_from") < END)
    in_month = pl.col("effective_from") >= MONTH
    chains = (
        spans.join(spans.filter(in_month), on="device_id", how="semi")
        .sort("device_id", "effective_from")
        .with_columns(before=pl.col("sec_party_id").shift().over("device_id"))
    )
    rows = (
        chains.filter(in_month, pl.col("before") != pl.col("sec_party_id"))
        .select("device_id", "sec_party_id")
        .unique()
        .join(spans.filter(_until(END)), on=["device_id", "sec_party_id"], how="semi")
    )
    attempts = source.attempts.filter(pl.col("completed_at") < END, pl.col("recorded_at") <= LATER).join(
        rows, on="device_id", how="semi"
    )
    wanted = ["completed_at", "error_code", "error_sub_code", "firmware_version"]
    latest = (
        attempts.sort("completed_at", "attempt_id")
        .group_by("device_id", "outcome")
        .agg(pl.col(wanted).last(), attempts=pl.len())
    )
    success, failure = latest.filter(_IS_SUCCESS), latest.filter(_IS_FAILURE)
    installed = source.installations(LATER).filter(pl.col("occurred_at") < END)
    has_succeeded, has_failed = pl.col("completed_at").is_not_null(), pl.col("completed_at_f").is_not_null()
    firmware = pl.when(has_succeeded).then("firmware_version").otherwise("firmware_version_f")
    return (
        rows.join(source.devices.select(_DEVICE), on="device_id", suffix="_d")
        .rename({"firmware_version": "firmware_version_d"})
        .join(success.select("device_id", "completed_at", "firmware_version", "attempts"), on="device_id", how="left")
        .join(failure, on="device_id", how="left", suffix="_f")
        .join(installed.group_by("device_id").agg(pl.col("occurred_at").max()), on="device_id", how="left")
        .select(
            "sec_party_id",
            "device_id",
            "mpxn",
            "device_type",
            "manufacturer",
            "model",
            firmware_version=pl.coalesce(firmware, "firmware_version_d"),
            status=pl.when(has_succeeded)
            .then(pl.lit("Success"))
            .when(has_failed)
            .then(pl.lit("Failure"))
            .otherwise(pl.lit("Installed")),
            error_code=pl.when(~has_succeeded).then("error_code"),
            error_sub_code=pl.when(~has_succeeded).then("error_sub_code"),
            at=pl.coalesce("completed_at", "completed_at_f", "occurred_at"),
            attempts=pl.col("attempts").fill_null(0) + pl.col("attempts_f").fill_null(0),
        )
        .filter(pl.col("at").is_not_null())
        .sort("sec_party_id", pl.col("at").dt.truncate("1s"), "device_id")
    )


def models(source: Source) -> pl.LazyFrame:
    """Return 004."""
    force = (
        source.models.filter(
            pl.col("non_migratable_at") < END, pl.col("withdrawn_at").is_null() | (pl.col("withdrawn_at") >= END)
        )
        .group_by(_MODEL)
        .agg(pl.col("non_migratable_at").min())
    )
    visible = pl.col("recorded_at") <= MORNING
    done = source.attempts.filter(_IS_SUCCESS, pl.col("completed_at") < END, visible)
    candidates = (
        source.devices.filter(~pl.col("installed_with_ecos"))
        .join(force, on=_MODEL)
        .join(done, on="device_id", how="anti")
    )
    events = source.events.filter(pl.col("occurred_at") < END, visible).join(candidates, on="device_id", how="semi")
    there = (
        events.sort("occurred_at", "event_id")
        .group_by("device_id")
        .agg(pl.col("to_status").last())
        .filter(pl.col("to_status").is_in(_THERE))
    )
    gone = (
        events.filter(pl.col("to_status").is_in(_GONE)).group_by("device_id").agg(gone_at=pl.col("occurred_at").max())
    )
    notified = (
        source.notifications.filter(visible)
        .group_by("device_id")
        .agg(first_at=pl.col("occurred_at").min())
        .filter(pl.col("first_at") < END)
        .join(gone, on="device_id", how="left")
        .filter(pl.col("gone_at").is_null() | (pl.col("gone_at") <= pl.col("first_at")))
    )
    rows = pl.concat(
        [
            candidates.filter(~_IS_GPF).join(there, on="device_id", how="semi"),
            candidates.filter(_IS_GPF).join(notified, on="device_id", how="semi"),
        ]
    )
    columns = ["sec_party_id", *_MODEL, "non_migratable_at"]
    return (
        rows.join(source.spans.filter(_until(END)), on="device_id")
        .group_by(columns)
        .agg(devices=pl.col("device_id").n_unique())
        .sort(columns)
    )


def activity(source: Source) -> pl.LazyFrame:
    """Return 005."""
    rows = source.attempts.filter(
        pl.col("completed_at") >= WEEK, pl.col("completed_at") < END, pl.col("recorded_at") <= MORNING
    )
    counts = (
        source.with_supplier(rows, "completed_at")
        .group_by("sec_party_id", day=pl.col("completed_at").dt.date())
        .agg(successes=_IS_SUCCESS.sum(), failures=_IS_FAILURE.sum())
    )
    days = pl.LazyFrame({"day": pl.date_range(WEEK, END, "1d", closed="left", eager=True)})
    return (
        counts.select("sec_party_id")
        .unique()
        .join(days, how="cross")
        .join(counts, on=["sec_party_id", "day"], how="left")
        .with_columns(pl.col("successes", "failures").fill_null(0))
        .sort("sec_party_id", "day")
    )


def new(source: Source) -> pl.LazyFrame:
    """Return 006."""
    rows = source.installations(MORNING).filter(pl.col("occurred_at") < END)
    return (
        source.with_device(source.with_supplier(rows, "occurred_at"))
        .sort("sec_party_id", pl.col("occurred_at").dt.truncate("1s"), "device_id", "occurred_at")
        .select("sec_party_id", "device_id", "mpxn", "occurred_at")
    )


def _file_of(of: FileProviderArgs) -> str:
    """Return the name of a recipient's file. Raises where Polars would begin it a second time, over the first rows."""
    if of.index_in_partition:
        raise RuntimeError(f"more than {_MOST_RECIPIENTS} recipients")
    return f"{of.partition_keys.item()}.csv"


def main() -> None:
    """Compute and write all six."""
    data, out = begun()
    source = Source(data)
    # With more recipients than this, 128 by default, Polars closes files and begins them anew when more rows come.
    os.environ["POLARS_MAX_OPEN_SINKS"] = str(_MOST_RECIPIENTS)
    for name, report in zip(REPORTS, (successes, failures, gained, models, activity, new), strict=True):
        (out / name).mkdir(parents=True)
        rows = report(source).select("sec_party_id", pl.lit("10").alias("record"), pl.exclude("sec_party_id"))
        rows.sink_csv(
            pl.PartitionBy(
                out / name,
                key="sec_party_id",
                include_key=False,
                file_path_provider=_file_of,
                approximate_bytes_per_file=None,
            ),
            include_header=False,
            line_terminator="\r\n",
            datetime_format="%Y%m%dT%H%M%S",
            date_format="%Y%m%d",
            engine="streaming",
        )


if __name__ == "__main__":
    main()
