"""Nasty sources: the guard lets everything pass that the product issues, and no row that was moved to a rival's file.

What is a rival's is said by the plain implementation. `python -m tests.guards FIRST LAST` plays as many as you like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.guards.moving import play

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [64])
def test_what_is_issued_passes_and_a_row_moved_to_a_rivals_file_does_not(seed: int, tmp_path: Path) -> None:
    played = play(seed, tmp_path, breaks_contract=False)
    assert played.moved > 0


@pytest.mark.parametrize("seed", [584])
def test_the_same_holds_of_sources_that_break_their_contract(seed: int, tmp_path: Path) -> None:
    played = play(seed, tmp_path, breaks_contract=True)
    assert played.moved > 0
