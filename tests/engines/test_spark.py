"""Tables that Spark reads; its address needs no Spark.

Where Spark is installed the rest runs too; `python -m tests.engines spark` plays whole sources.
"""

from __future__ import annotations

import importlib.util
import os
import threading
import time
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data import open_migration_data, shown_address
from ecosmig_publish.migration_data.spark.address import SparkAddress, parse_spark_address
from tests.migration_data.made import on, sound
from tests.plain.data import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.migration_data import MigrationData

# Sockets between Python and Java are closed when Python finds the time.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
needs_spark = pytest.mark.skipif(
    importlib.util.find_spec("pyspark") is None, reason="pyspark (400 MB) is not installed: the extra `spark`"
)
LOCAL = "spark://local[1]?spark.sql.shuffle.partitions=1&spark.driver.host=127.0.0.1&spark.driver.bindAddress=127.0.0.1"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("spark://host:7077", SparkAddress("spark://host:7077")),
        ("spark://one:7077,two:7077/ecos", SparkAddress("spark://one:7077,two:7077", "ecos")),
        ("spark://yarn/ecos", SparkAddress("yarn", "ecos")),
        ("spark://local", SparkAddress("local")),
        ("spark://local[*]", SparkAddress("local[*]")),
        (
            "spark://local[2]/a?spark.executor.memory=4g&spark.x=a%26b",
            SparkAddress("local[2]", "a", {"spark.executor.memory": "4g", "spark.x": "a&b"}),
        ),
    ],
)
def test_an_address_names_master_database_and_settings(url: str, address: SparkAddress) -> None:
    assert parse_spark_address(url) == address


@pytest.mark.parametrize("url", ["spark:", "spark://", "spark:local", "spark://host", "spark://user:secret@host:7077"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(SourceError, match=r"source\.url") as refused:
        parse_spark_address(url)
    assert "secret" not in str(refused.value)
    assert "spark://host:7077" in refused.value.hint


def test_what_is_no_setting_of_sparks_is_named() -> None:
    with pytest.raises(SourceError, match="memory: no setting of Spark's"):
        parse_spark_address("spark://local?memory=4g")


def test_an_address_is_shown_without_its_settings() -> None:
    url = "spark://local[2]/ecos?spark.hadoop.fs.s3a.secret.key=hidden"
    assert shown_address(url) == "spark://local[2]/ecos"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("spark")
    sound().write_parquet(folder)
    return folder


def mapped(folder: Path, **others: str) -> dict[str, str]:
    return {name: f"parquet.`{folder / name}.parquet`" for name in COLUMNS} | others


@pytest.fixture
def data(socket_enabled: None, folder: Path) -> Iterator[MigrationData]:  # noqa: ARG001 - loopback
    zone = os.environ.get("TZ")
    os.environ["TZ"] = "Asia/Kathmandu"
    time.tzset()
    try:
        with open_migration_data(LOCAL, base=folder, tables=mapped(folder), memory_limit="600MB") as data:
            yield data
    finally:
        os.environ.pop("TZ") if zone is None else os.environ.update(TZ=zone)
        time.tzset()


@needs_spark
def test_instants_are_utc_wherever_this_machine_stands(data: MigrationData, folder: Path) -> None:
    moment = on("2024-07-01 04:59:59.999999")
    table = pa.table(
        {"zoned": pa.array([moment], pa.timestamp("us", "UTC")), "naive": pa.array([moment], pa.timestamp("us"))}
    )
    pq.write_table(table, folder / "instants.parquet")
    columns = "zoned AS occurred_at, naive AS recorded_at, 1 AS notification_id, '' AS device_id"
    query = f"SELECT {columns} FROM parquet.`{folder}/instants.parquet`"
    tables = mapped(folder, network_notifications=query)
    with open_migration_data(LOCAL, base=folder, tables=tables) as own, own.keeping() as keep:
        both = own.tables.network_notifications.select("occurred_at", "recorded_at")
        for expression in (both, keep(both), keep(own.fetch(both)), own.memory_table(own.fetch(both))):
            assert own.fetch(expression).to_pylist() == [{"occurred_at": moment, "recorded_at": moment}]
        assert own.fetch(own.tables.network_notifications.select("device_id")).to_pylist() == [{"device_id": None}]
    assert data.fetch(data.tables.parties).num_rows > 0


@needs_spark
def test_every_fault_names_its_table(socket_enabled: None, folder: Path) -> None:  # noqa: ARG001 - loopback
    tables = mapped(folder, parties="SELECT 1 AS sec_party_id, 'x' AS party_name", devices="no_such.table")
    with pytest.raises(SourceError) as refused, open_migration_data(LOCAL, base=folder, tables=tables):
        pass
    assert "table parties: column sec_party_id is int32; the contract wants text" in str(refused.value)
    assert "[source.tables] devices = 'no_such.table': [TABLE_OR_VIEW_NOT_FOUND]" in str(refused.value)


@needs_spark
def test_an_interruption_ends_what_spark_computes(data: MigrationData) -> None:
    endless = data.backend.sql("SELECT count(*) AS n FROM range(100000000000000)", schema={"n": "int64"})
    tracker = data.backend._session.sparkContext.statusTracker()

    def interrupt() -> None:
        while not tracker.getActiveJobsIds():
            os.sched_yield()
        data.interrupt()

    waiting = threading.Thread(target=interrupt)
    waiting.start()
    with pytest.raises(KeyboardInterrupt):
        data.fetch(endless)
    waiting.join()
    assert data.fetch(data.tables.parties).num_rows > 0
