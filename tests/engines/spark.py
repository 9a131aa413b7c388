"""Spark on this machine, with the tests' source data in its catalog."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.plain.data import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plain.comparing import Place
    from tests.plain.data import Data

# Compiling and adapting each query takes longer than running it on so few rows.
_SETTINGS = (
    "spark.sql.shuffle.partitions=1&spark.sql.codegen.wholeStage=false&spark.sql.adaptive.enabled=false"
    "&spark.sql.codegen.factoryMode=NO_CODEGEN&spark.driver.host=127.0.0.1&spark.driver.bindAddress=127.0.0.1"
)


@contextmanager
def running() -> Iterator[Place]:
    """Yield what lays a stage's data down and returns the address at which Spark reads them.

    Spark runs until the end: to start it takes longer than any of the tests.
    """
    from pyspark.sql import SparkSession

    with tempfile.TemporaryDirectory() as warehouse:
        url = f"spark://local[2]/tested?{_SETTINGS}&spark.sql.warehouse.dir={quote(warehouse)}"
        builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
        for setting in f"{_SETTINGS}&spark.sql.warehouse.dir={warehouse}".split("&"):
            builder = builder.config(*setting.split("="))
        session = builder.getOrCreate()
        session.sql("CREATE DATABASE IF NOT EXISTS tested")

        def place(data: Data, folder: Path) -> str:
            data.write_parquet(folder)
            for name in COLUMNS:
                session.sql(f"DROP TABLE IF EXISTS tested.{name}")
                session.sql(f"CREATE TABLE tested.{name} USING parquet LOCATION '{folder / name}.parquet'")
            return url

        try:
            yield place
        finally:
            session.stop()
            shutil.rmtree(warehouse, ignore_errors=True)
