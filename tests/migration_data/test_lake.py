"""Parquet in an object store, tables of lakes: the same rows as from a disk, and what is missing is said."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data import open_migration_data
from tests.migration_data.made import sound
from tests.plain.data import COLUMNS

if TYPE_CHECKING:
    from pathlib import Path

needs_lake = pytest.mark.skipif(
    None in (importlib.util.find_spec("deltalake"), importlib.util.find_spec("pyiceberg")),
    reason="deltalake and pyiceberg are not installed: the extra `lake`",
)


def read(url: str, base: Path, **tables: str) -> dict[str, list[Any]]:
    with open_migration_data(url, base=base, tables=tables) as data:
        return {name: data.fetch(getattr(data.tables, name)).to_pylist() for name in COLUMNS}


def refused(url: str, base: Path, **tables: str) -> SourceError:
    with pytest.raises(SourceError) as raised:
        read(url, base, **tables)
    return raised.value


@pytest.fixture
def stored(tmp_path: Path) -> str:
    """The address of a sound source in a store; the folder `disk` has the same."""
    sound().write_parquet(tmp_path / "disk")
    files = fsspec.filesystem("memory")
    address = f"memory:/{tmp_path}"
    for name in COLUMNS:
        # One table is a folder of files, and one of them lies deeper.
        place = f"{name}/of-2024/part" if name == "devices" else name
        files.pipe_file(f"{tmp_path}/{place}.parquet", (tmp_path / "disk" / f"{name}.parquet").read_bytes())
    return f"parquet:{address}"


def test_an_object_store_gives_what_a_disk_gives(stored: str, tmp_path: Path) -> None:
    assert read(stored, tmp_path) == read("parquet:disk", tmp_path)


def test_a_table_that_a_store_lacks_is_named(stored: str, tmp_path: Path) -> None:
    fsspec.filesystem("memory").rm(f"{tmp_path}/parties.parquet")
    error = refused(stored, tmp_path)
    assert f"table parties: missing from {stored} (there are: device_status_events, devices," in str(error)


@pytest.mark.parametrize(
    ("url", "says", "hint"),
    [
        ("parquet:memory://nowhere", "no Parquet there", "names the folder"),
        ("parquet:nonsense://x/y", "no kind of object store", "parquet:s3://bucket/folder"),
        ("csv:memory://x", "only Parquet", "parquet:s3://bucket/folder"),
    ],
)
def test_what_is_no_store_is_said(url: str, says: str, hint: str, tmp_path: Path) -> None:
    error = refused(url, tmp_path)
    assert says in str(error)
    assert hint in error.hint


@needs_lake
def test_delta_tables_give_what_a_disk_gives(tmp_path: Path) -> None:
    from tests.engines.lake import in_delta  # noqa: PLC0415 - an extra

    with in_delta() as place:
        assert sorted_rows(read(place(sound(), tmp_path / "disk"), tmp_path)) == sorted_rows(
            read("parquet:disk", tmp_path)
        )
    assert "not a folder" in str(refused("delta:nowhere", tmp_path))


@needs_lake
def test_iceberg_tables_give_what_a_disk_gives(tmp_path: Path) -> None:
    from tests.engines.lake import in_iceberg  # noqa: PLC0415 - an extra

    with in_iceberg() as place:
        assert sorted_rows(read(place(sound(), tmp_path / "disk"), tmp_path)) == sorted_rows(
            read("parquet:disk", tmp_path)
        )
    assert "no catalog and namespace" in str(refused("iceberg:lake", tmp_path))


def sorted_rows(tables: dict[str, list[Any]]) -> dict[str, list[Any]]:
    return {name: sorted(rows, key=repr) for name, rows in tables.items()}
