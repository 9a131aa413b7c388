"""An even share of the points at which a run can be disturbed; `python -m tests.crashes` tries them all."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
LINE = re.compile(r".*; (?P<kind>[a-z-]+), \d+ times: (?P<ended>.*)")
ENDED = re.compile(r"(\d+) ended with (-?\d+)")


def disturbed(*arguments: str) -> dict[str, Counter[int]]:
    """Return how many runs ended with which status, by kind; what was wrong after any of them fails the test.

    In a process of its own: it forks, which a process with the threads of other tests must not.
    """
    command = [sys.executable, "-m", "tests.crashes", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    ended: dict[str, Counter[int]] = defaultdict(Counter)
    for line in filter(None, map(LINE.fullmatch, done.stdout.splitlines())):
        for count, status in ENDED.findall(line["ended"]):
            ended[line["kind"]][int(status)] += int(count)
    return ended


@pytest.fixture(scope="module")
def ended() -> dict[str, Counter[int]]:
    """Return what became of one run's disturbances of each kind."""
    kinds = ("tear", "term", "int", "full", "read-only", "few-handles", "small-files")
    return disturbed("--scenario", "4", "--most", "3", *(word for kind in kinds for word in ("--kind", kind)))


def test_killed_anywhere_and_run_again_gives_what_an_undisturbed_run_gives() -> None:
    scenarios = (word for number in "0123" for word in ("--scenario", number))
    killed = disturbed("--kind", "kill", "--most", "3", *scenarios)["kill"]
    assert killed.total() == 12
    # Threads take turns: of the last points one or two may not come.
    assert killed[-9] >= 10


def test_killed_anywhere_with_its_ledger_on_a_server_it_goes_on_as_well() -> None:
    killed = disturbed("--kind", "kill", "--scenario", "3", "--scenario", "4", "--most", "3", "--postgresql")["kill"]
    assert killed.total() == 6
    assert killed[-9] >= 5


def test_killed_in_the_middle_of_a_write_gives_what_an_undisturbed_run_gives(ended: dict[str, Counter[int]]) -> None:
    assert ended["tear"] == {-9: 3}


@pytest.mark.parametrize("kind", ["term", "int"])
def test_interrupted_it_ends_with_130_and_the_next_run_goes_on(ended: dict[str, Counter[int]], kind: str) -> None:
    assert ended[kind][130] >= 2
    assert set(ended[kind]) <= {0, 130}


@pytest.mark.parametrize("kind", ["full", "read-only"])
def test_a_disk_that_takes_nothing_more_is_said_and_the_next_run_goes_on(
    ended: dict[str, Counter[int]], kind: str
) -> None:
    # The first of the three is before anything is issued, the last when all is.
    assert ended[kind] == {1: 2, 10: 1}


@pytest.mark.parametrize("kind", ["few-handles", "small-files"])
def test_limits_of_the_process_are_said_and_the_next_run_goes_on(ended: dict[str, Counter[int]], kind: str) -> None:
    assert ended[kind][1] > 0
    assert set(ended[kind]) <= {0, 1, 10}
