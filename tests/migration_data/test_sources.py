"""The forms that a source may have: what is read, and how it is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data import open_migration_data
from tests.migration_data.made import ESME, on, sound

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

COMPLETED = on("2024-02-01 10:00:00.123456")


def folder_of(home: Path) -> Path:
    folder = home / "source"
    sound().write_parquet(folder)
    return folder


def attempts_with(home: Path, **columns: Any) -> list[dict[str, Any]]:
    """Read two attempts, some of whose columns are these arrays."""
    folder = folder_of(home)
    path = folder / "migration_attempts.parquet"
    table = pq.read_table(path)
    for name, array in columns.items():
        table = table.set_column(table.column_names.index(name), name, array)
    pq.write_table(table, path)
    with open_migration_data(f"parquet:{folder}", base=home) as data:
        rows: list[dict[str, Any]] = data.fetch(data.tables.migration_attempts.order_by("attempt_id")).to_pylist()
        return rows


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (pa.timestamp("s"), on("2024-02-01 10:00:00")),
        (pa.timestamp("ms"), on("2024-02-01 10:00:00.123")),
        (pa.timestamp("us"), COMPLETED),
        (pa.timestamp("ns"), COMPLETED),
        (pa.timestamp("us", "UTC"), COMPLETED),
        (pa.timestamp("us", "Europe/London"), COMPLETED),
        (pa.timestamp("ns", "UTC"), COMPLETED),
    ],
    ids=str,
)
def test_a_timestamp_of_any_unit_and_zone_is_utc(kind: Any, expected: datetime, tmp_path: Path) -> None:
    array = pa.array([COMPLETED] * 2, pa.timestamp("us")).cast(kind, safe=False)
    assert [row["completed_at"] for row in attempts_with(tmp_path, completed_at=array)] == [expected] * 2


def test_nanoseconds_are_cut_not_rounded(tmp_path: Path) -> None:
    array = pa.array([999_999_999, 1_999], pa.int64()).cast(pa.timestamp("ns"))
    assert [row["completed_at"].microsecond for row in attempts_with(tmp_path, completed_at=array)] == [999_999, 1]


@pytest.mark.parametrize("kind", [pa.int8(), pa.int32(), pa.uint16(), pa.decimal128(20, 0)], ids=str)
def test_any_whole_number_is_an_integer(kind: Any, tmp_path: Path) -> None:
    values = [Decimal(7), None] if pa.types.is_decimal(kind) else [7, None]
    rows = attempts_with(tmp_path, error_sub_code=pa.array(values, kind))
    assert [row["error_sub_code"] for row in rows] == [7, None]


def test_a_dictionary_is_a_text(tmp_path: Path) -> None:
    array = pa.array(["SUCCESS", "FAILURE"]).dictionary_encode()
    assert [row["outcome"] for row in attempts_with(tmp_path, outcome=array)] == ["SUCCESS", "FAILURE"]


def test_an_empty_text_is_null(tmp_path: Path) -> None:
    assert [row["error_code"] for row in attempts_with(tmp_path, error_code=pa.array(["", " "]))] == [None, " "]


@pytest.mark.parametrize(
    ("column", "array", "wanted"),
    [
        ("completed_at", pa.array(["2024-02-01"] * 2), "a timestamp"),
        ("completed_at", pa.array([19_754, 19_755], pa.date32()), "a timestamp"),
        ("attempt_id", pa.array([1.0, 2.0]), "an integer"),
        ("attempt_id", pa.array([Decimal("1.5"), Decimal("2.5")]), "an integer"),
        ("outcome", pa.array([1, 2]), "text"),
    ],
)
def test_a_column_of_another_kind_is_refused_by_name(column: str, array: Any, wanted: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError) as refused:
        attempts_with(tmp_path, **{column: array})
    assert f"table migration_attempts: column {column} is " in str(refused.value)
    assert f"the contract wants {wanted}" in str(refused.value)


def test_a_table_may_be_a_folder_of_files_with_their_columns_in_any_order(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    whole = pq.read_table(folder / "migration_attempts.parquet")
    (folder / "migration_attempts.parquet").unlink()
    parts = folder / "migration_attempts" / "month=2"
    parts.mkdir(parents=True)
    pq.write_table(whole.slice(0, 1), parts / "a.parquet")
    pq.write_table(whole.slice(1, 1).select(list(reversed(whole.column_names))), parts / "b.parquet")
    with open_migration_data(f"parquet:{folder}", base=tmp_path) as data:
        rows = data.fetch(data.tables.migration_attempts.order_by("attempt_id")).to_pylist()
    assert [(row["attempt_id"], row["device_id"]) for row in rows] == [(1, ESME), (2, ESME)]


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_every_missing_table_is_named_at_once(form: str, tmp_path: Path) -> None:
    folder = tmp_path / "source"
    sound().write_csv(folder) if form == "csv" else sound().write_parquet(folder)
    for table in ("parties", "devices"):
        (folder / f"{table}.{form}").unlink()
    with pytest.raises(SourceError, match="2 breaches of the source contract") as refused:
        open_migration_data(f"{form}:{folder}", base=tmp_path)
    assert "table parties: missing" in str(refused.value)
    assert "table devices: missing" in str(refused.value)
    assert "there are: device_status_events, migration_attempts, network_notifications, non" in str(refused.value)


def test_an_own_table_that_the_source_lacks_is_said_to_be_none_and_the_others_are_named(tmp_path: Path) -> None:
    sound().write_csv(tmp_path / "source")
    with pytest.raises(SourceError) as refused:
        open_migration_data("csv:source", base=tmp_path, tables={"devices": "SELEC 1"})
    said = "[source.tables] devices = 'SELEC 1': neither a table that is there nor a SELECT"
    assert f"{said} (there are: device_status_events, devices, migration" in str(refused.value)


def test_an_empty_folder_has_no_tables(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    with pytest.raises(SourceError, match=r"7 breaches[\s\S]*there are: none"):
        open_migration_data("parquet:source", base=tmp_path)


@pytest.mark.parametrize("url", ["parquet:nowhere", "csv:nowhere", "duckdb:nowhere.duckdb"])
def test_a_source_that_is_not_there_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"nowhere.*: not there"):
        open_migration_data(url, base=tmp_path)


def test_a_file_that_is_no_parquet_is_refused_with_its_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "parties.parquet").write_bytes(b"sec_party_id,party_name\n")
    with pytest.raises(SourceError, match=r"parties\.parquet"):
        open_migration_data(f"parquet:{folder}", base=tmp_path)


def database_of(home: Path) -> Path:
    folder, path = folder_of(home), home / "source.duckdb"
    with duckdb.connect(str(path)) as connection:
        for file in folder.iterdir():
            connection.execute(f"CREATE TABLE {file.stem} AS SELECT * FROM '{file}'")  # noqa: S608 - our own names
    return path


def test_a_database_of_duckdb_is_read(tmp_path: Path) -> None:
    database_of(tmp_path)
    with open_migration_data("duckdb:source.duckdb", base=tmp_path) as data:
        assert data.fetch(data.tables.migration_attempts).num_rows == 2


def test_a_database_that_another_process_writes_is_refused(tmp_path: Path) -> None:
    path = database_of(tmp_path)
    with duckdb.connect(str(path)), pytest.raises(SourceError) as refused:
        open_migration_data("duckdb:source.duckdb", base=tmp_path)
    assert refused.value.hint


def test_a_table_may_be_mapped_to_a_select(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    pq.write_table(pa.table({"code": ["PXX999"], "name": ["One"]}), folder / "suppliers.parquet")
    mapped = {"parties": "SELECT code AS sec_party_id, name AS party_name FROM suppliers"}
    with open_migration_data(f"parquet:{folder}", base=tmp_path, tables=mapped) as data:
        assert data.fetch(data.tables.parties).to_pylist() == [{"sec_party_id": "PXX999", "party_name": "One"}]


def test_a_table_may_be_mapped_to_a_table_of_another_name(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    (folder / "parties.parquet").rename(folder / "suppliers.parquet")
    with open_migration_data(f"parquet:{folder}", base=tmp_path, tables={"parties": "suppliers"}) as data:
        assert data.fetch(data.tables.parties).num_rows == 2


@pytest.mark.parametrize("own", ["SELECT * FROM nowhere", "SELECT no_such_column FROM parties", "nowhere", "SELEC 1"])
def test_a_mapping_that_does_not_work_is_named(own: str, tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    with pytest.raises(SourceError) as refused:
        open_migration_data(f"parquet:{folder}", base=tmp_path, tables={"parties": own})
    assert f"[source.tables] parties = {own!r}: " in str(refused.value)


def test_a_mapping_without_a_column_of_the_contract_is_refused(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    mapped = {"parties": "SELECT sec_party_id FROM parties"}
    with pytest.raises(SourceError, match="table parties: column party_name is missing"):
        open_migration_data(f"parquet:{folder}", base=tmp_path, tables=mapped)
