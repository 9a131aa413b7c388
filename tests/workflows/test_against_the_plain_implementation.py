"""The product against the plain implementation: the same files, byte for byte, and the same held rows.

A few sources, chosen because much happens in them within a week: rows of all six reports between them, rows held and
let go, problems. `python -m tests.plain` plays as many as you like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.plain.comparing import compare

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [20])
def test_every_recipient_gets_what_the_plain_implementation_says(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="csv")


@pytest.mark.parametrize("seed", [285, 730])
def test_parquet_gives_the_same(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="parquet")


@pytest.mark.parametrize("seed", [243, 576, 665, 1088])
def test_rows_that_break_the_contract_are_held_and_never_dropped(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=True, form="parquet")


@pytest.mark.parametrize(("seed", "breaks_contract"), [(1391, False), (598, True)])
def test_failures_are_numbered_alike_where_memory_takes_only_some_devices_at_a_time(
    *, seed: int, breaks_contract: bool, tmp_path: Path
) -> None:
    compare(seed, tmp_path, breaks_contract=breaks_contract, form="parquet", rows_in_part=2)


@pytest.mark.parametrize("seed", [64])
def test_empty_reports_go_to_every_party_of_the_register(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="csv", issues_empty=True)


@pytest.mark.parametrize(("seed", "rows_per_file"), [(637, 1), (49, 3)])
def test_issues_are_split_in_order(seed: int, rows_per_file: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="parquet", rows_per_file=rows_per_file)


@pytest.mark.parametrize("seed", [257])
def test_a_settle_time_moves_the_cut_off_and_nothing_else(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="csv", settle_hours=5)
