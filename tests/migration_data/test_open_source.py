"""What an open source offers beside its rows: a cheap proof that a key is unique, tables that are computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from ecosmig_publish.migration_data import open_migration_data
from tests.migration_data.made import attempt, opened, sound

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

LATE = "2024-03-01 00:00:00"


def increases(home: Path, numbers: Sequence[int | None], *, rows_in_a_group: int = 100_000) -> bool:
    """Whether these attempt numbers, lying in this order, strictly increase."""
    folder = home / "source"
    sound().write_parquet(folder)
    path = folder / "migration_attempts.parquet"
    one = pq.read_table(path).slice(0, 1)
    table = pa.concat_tables([one] * len(numbers)).combine_chunks()
    table = table.set_column(0, "attempt_id", pa.array(numbers, pa.int64()))
    pq.write_table(table, path, row_group_size=rows_in_a_group)
    with open_migration_data(f"parquet:{folder}", base=home) as data:
        return data.never_repeats(data.tables.migration_attempts.attempt_id)


def test_numbers_in_their_order_are_proved_unique(tmp_path: Path) -> None:
    assert increases(tmp_path, [-5, 1, 2, 9])


@pytest.mark.parametrize("numbers", [[1, 2, 2, 3], [1, 3, 2, 4], [1, None, 2], [None, 1], [1, 2, 3, 1]])
def test_anything_else_proves_nothing(numbers: list[int | None], tmp_path: Path) -> None:
    assert not increases(tmp_path, numbers)


@pytest.mark.parametrize("place", [2_048, 4_096, 122_880, 200_000, 299_999])
def test_a_number_that_comes_again_in_another_row_group_is_seen(place: int, tmp_path: Path) -> None:
    numbers: list[int | None] = list(range(300_000))
    numbers[place] = numbers[place - 1]
    assert not increases(tmp_path, numbers, rows_in_a_group=2_048)


def test_a_number_that_comes_again_in_another_file_is_seen(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    sound().write_parquet(folder)
    whole = pq.read_table(folder / "migration_attempts.parquet")
    (folder / "migration_attempts.parquet").unlink()
    (folder / "migration_attempts").mkdir()
    for name in ("a", "b"):
        pq.write_table(whole, folder / "migration_attempts" / f"{name}.parquet")
    with open_migration_data(f"parquet:{folder}", base=tmp_path) as data:
        assert not data.never_repeats(data.tables.migration_attempts.attempt_id)


def test_an_empty_table_has_no_number_twice(tmp_path: Path) -> None:
    source = sound()
    source.migration_attempts = []
    with opened(source, tmp_path / "source", "parquet") as data:
        assert data.never_repeats(data.tables.migration_attempts.attempt_id)


def test_what_is_kept_can_be_read_again_and_again(tmp_path: Path) -> None:
    source = sound()
    source.migration_attempts.append(attempt(3, LATE))
    with opened(source, tmp_path / "source", "parquet") as data, data.keeping() as keep:
        attempts = data.tables.migration_attempts
        kept = keep(attempts.filter(attempts.attempt_id > 1))
        assert [data.fetch(kept).num_rows, data.fetch(kept.semi_join(attempts, "attempt_id")).num_rows] == [2, 2]


def test_what_is_kept_is_dropped_at_the_end(tmp_path: Path) -> None:
    with opened(sound(), tmp_path / "source", "parquet") as data:
        before = set(data.backend.list_tables())
        with data.keeping() as keep:
            keep(data.tables.parties)
            tables = "SELECT count(*) FROM duckdb_tables()"
            assert data.backend.raw_sql(tables).fetchone() == (1,)
        assert data.backend.raw_sql(tables).fetchone() == (0,)
        assert set(data.backend.list_tables()) == before


def test_the_engine_gives_memory_that_it_freed_back_to_the_machine(tmp_path: Path) -> None:
    with opened(sound(), tmp_path / "source", "parquet") as data:
        setting = data.backend.con.execute("SELECT current_setting('allocator_background_threads')").fetchone()
    assert setting == (True,)
