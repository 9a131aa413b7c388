"""Small worlds of the long simulation; `python -m tests.simulation` plays big ones, as many as you like."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from tests.simulation.places import FolderPlace
from tests.simulation.world import Scale, World

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.enable_socket


def small(destination: str) -> Scale:
    return Scale(destination, recipients=6, devices=2, attempts_a_day=20, days=1, runs_an_episode=2)


@pytest.mark.parametrize(("destination", "seed"), [("folder", 6), ("sharepoint", 3)])
def test_a_small_world_breaks_no_promise(destination: str, seed: int, tmp_path: Path) -> None:
    counted = list(World(seed, small(destination), tmp_path / "world").play())
    assert [wrong for tally in counted for wrong in tally.wrong] == []
    assert sum(tally.kills + tally.statuses[1] for tally in counted) > 0
    assert sum(tally.rows for tally in counted) > 0


def test_what_nobody_should_have_done_is_told_with_the_seed_that_plays_it_again(tmp_path: Path) -> None:
    world = World(5, small("folder"), tmp_path / "world")
    world.begin()
    world.at += timedelta(hours=6)
    world.run()
    place = world.place
    assert isinstance(place, FolderPlace)
    one, other = sorted(place.folders)[:2]
    name = place.names(one)[0]
    os.link(place.root / place.folders[one] / name, place.root / place.folders[other] / name)
    world.judge()
    place.close()
    (said,) = world.tally.wrong
    assert said.startswith("seed 5 folder, 2024-03-01 06:30: MISDELIVERY: ECOSMIG-")
