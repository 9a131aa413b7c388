"""The generated sample: what is in it, the same for the same seed, in every form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.migration_data.check import check_migration_data
from ecosmig_publish.migration_data.check.faults import Severity
from ecosmig_publish.migration_data.contract import CONTRACT
from ecosmig_publish.migration_data.sample import SampleSummary, write_sample
from ecosmig_publish.migration_data.sample.situations import SITUATIONS

UNTIL = datetime(2024, 7, 2, 8, tzinfo=UTC)


def sample(folder: Path, *, devices: int = 2_000, seed: int = 1, form: str = "parquet", clean: bool = False) -> Any:
    return write_sample(
        folder,
        devices=devices,
        seed=seed,
        parties=12,
        until=UNTIL,
        history=timedelta(days=365),
        form=form,
        clean=clean,
    )


def rows(source: str, table: str) -> list[tuple[Any, ...]]:
    with open_migration_data(source, base=Path("/")) as data:
        found = data.fetch(getattr(data.tables, table))
    return sorted(zip(*(column.to_pylist() for column in found.columns), strict=True), key=str)


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> SampleSummary:
    summary: SampleSummary = sample(tmp_path_factory.mktemp("rich") / "data", devices=20_000)
    return summary


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small") / "data"
    sample(folder)
    return folder


@pytest.mark.parametrize("situation", SITUATIONS)
def test_twenty_thousand_devices_hold_every_situation(situation: str, rich: SampleSummary) -> None:
    assert rich.situations[situation] > 0


def test_the_summary_counts_what_was_written(rich: SampleSummary) -> None:
    assert set(rich.rows) == set(CONTRACT)
    assert (rich.rows["devices"], rich.rows["parties"], rich.rows["migration_attempts"]) == (20_000, 12, 30_000)


@pytest.mark.parametrize("table", CONTRACT)
def test_the_same_seed_gives_the_same_rows(table: str, small: Path, again: Path) -> None:
    assert rows(f"parquet:{small}", table) == rows(f"parquet:{again}", table)


@pytest.fixture(scope="module")
def again(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("again") / "data"
    sample(folder)
    return folder


def test_another_seed_gives_other_devices(small: Path, tmp_path: Path) -> None:
    sample(tmp_path / "data", seed=2)
    ours, theirs = ({row[0] for row in rows(f"parquet:{folder}", "devices")} for folder in (small, tmp_path / "data"))
    assert ours.isdisjoint(theirs)


@pytest.fixture(scope="module", params=["csv", "duckdb"])
def other(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("other") / "data"
    sample(folder, form=request.param)
    return f"duckdb:{folder / 'migration.duckdb'}" if request.param == "duckdb" else f"csv:{folder}"


@pytest.mark.parametrize("table", CONTRACT)
def test_every_form_holds_the_same_rows(table: str, other: str, small: Path) -> None:
    assert rows(other, table) == rows(f"parquet:{small}", table)


def test_a_clean_sample_has_no_fault_but_what_a_live_source_has(tmp_path: Path) -> None:
    sample(tmp_path / "data", clean=True, devices=20_000)
    with open_migration_data("parquet:data", base=tmp_path) as data:
        assert [fault for fault in check_migration_data(data) if fault.severity is Severity.ERROR] == []


def test_nothing_was_recorded_after_the_end(small: Path) -> None:
    end = UNTIL.replace(tzinfo=None)
    for table in ("migration_attempts", "device_status_events", "network_notifications"):
        assert max(row[-1] for row in rows(f"parquet:{small}", table)) <= end


def test_the_largest_supplier_has_about_a_quarter(tmp_path: Path) -> None:
    sample(tmp_path / "data", devices=20_000, clean=True)
    by_party: dict[str, int] = {}
    for _, party, _, until in rows(f"parquet:{tmp_path / 'data'}", "responsibilities"):
        if until is None:
            by_party[party] = by_party.get(party, 0) + 1
    assert 0.2 < max(by_party.values()) / sum(by_party.values()) < 0.3


def test_a_folder_that_can_not_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match="the sample could not be written"):
        sample(tmp_path / "file" / "data")
