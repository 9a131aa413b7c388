"""The tests' source data as tables of a lake, and in a stand-in for an object store, all on this machine."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pyarrow.parquet as pq

from tests.plain.data import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plain.comparing import Place
    from tests.plain.data import Data


@contextmanager
def in_delta() -> Iterator[Place]:
    """Yield what appends a stage's data, in two versions, to Delta tables of its own."""
    from deltalake import write_deltalake

    def place(data: Data, folder: Path) -> str:
        for name, table in _tables(data, folder):
            half = table.num_rows // 2
            for part in (table.slice(0, half), table.slice(half)):
                write_deltalake(str(folder / "lake" / name), part, mode="append")
        return f"delta:{folder / 'lake'}"

    yield place


@contextmanager
def in_iceberg() -> Iterator[Place]:
    """Yield what writes a stage's data as Iceberg tables, whose columns are renamed half-way."""
    home = Path(tempfile.mkdtemp(prefix="ecosmig-iceberg-"))
    settings = {"URI": f"sqlite:///{home}/catalog.db", "WAREHOUSE": f"file://{home}"}
    stages = count()
    try:
        with patch.dict(os.environ, {f"PYICEBERG_CATALOG__LAKE__{name}": value for name, value in settings.items()}):
            from pyiceberg.catalog import load_catalog

            catalog = load_catalog("lake")

            def place(data: Data, folder: Path) -> str:
                namespace = f"stage_{next(stages)}"
                catalog.create_namespace(namespace)
                for name, table in _tables(data, folder):
                    old = table.rename_columns([f"old_{column}" for column in table.column_names])
                    kept = catalog.create_table(f"{namespace}.{name}", schema=old.schema)
                    kept.append(old.slice(0, old.num_rows // 2))
                    with kept.update_schema() as update:
                        for column in table.column_names:
                            update.rename_column(f"old_{column}", column)
                    kept.append(table.slice(table.num_rows // 2))
                return f"iceberg:lake/{namespace}"

            yield place
    finally:
        shutil.rmtree(home)


@contextmanager
def in_s3() -> Iterator[Place]:
    """Yield what puts a stage's data as Parquet into a bucket of a server on loopback."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    environment = {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://{}:{}".format(*server.get_host_and_port()),
    }
    stages = count()
    try:
        with patch.dict(os.environ, environment):
            import s3fs

            files = s3fs.S3FileSystem()
            files.mkdir("tested")

            def place(data: Data, folder: Path) -> str:
                prefix = f"stage-{next(stages)}"
                data.write_parquet(folder)
                for name in COLUMNS:
                    files.put(str(folder / f"{name}.parquet"), f"tested/{prefix}/{name}.parquet")
                return f"parquet:s3://tested/{prefix}"

            yield place
    finally:
        server.stop()


def _tables(data: Data, folder: Path) -> Iterator[tuple[str, Any]]:
    data.write_parquet(folder)
    for name in COLUMNS:
        yield name, pq.read_table(folder / f"{name}.parquet")
