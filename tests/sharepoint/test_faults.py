"""A fault of each kind somewhere in a run; `python -m tests.sharepoint` has each kind at each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus
from tests.destinations.sharepoint.driven import DrivenTime
from tests.sharepoint.crashes import MOMENTS, try_crash
from tests.sharepoint.faults import kinds, try_fault

if TYPE_CHECKING:
    from pathlib import Path

    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]

KINDS = tuple(kinds(DrivenTime()))
REQUESTS = 24
"""Of an undisturbed run: sign-in 2, site, libraries, token of changes, two folders, their listing, two access checks,
what is staged, six files twice, changes."""
STORING, LISTING, CHANGES = 12, 8, 24
"""Where a fault that concerns only stored bytes, listings or changes has something to do."""
PLACES = {
    "late-hash": STORING,
    "very-late-hash": STORING,
    "byte-flipped": STORING,
    "stored-cut-short": STORING,
    "stale": CHANGES,
    "empty-page": LISTING,
    "repeated-item": CHANGES,
    "reply-lost": STORING + 2,
}


def place_of(kind: str) -> int:
    """Return one request for each kind, evenly spread over the run."""
    return PLACES.get(kind, 1 + KINDS.index(kind) * 7 % REQUESTS)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_goes_wrong_in_a_run_there_is_one_right_file_under_each_name_and_none_elsewhere(
    kind: str, issued: Issued, tmp_path: Path
) -> None:
    assert try_fault(issued, tmp_path, kind, place_of(kind)).wrong == ()


def test_a_site_without_room_leaves_files_waiting_and_the_next_run_publishes_them(
    issued: Issued, tmp_path: Path
) -> None:
    tried = try_fault(issued, tmp_path, "no-room", STORING)
    assert (tried.status, tried.runs, tried.wrong) == (ExitStatus.UNPROVED, 2, ())


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("at", [5, 13, 15, 24])
def test_a_run_that_is_killed_is_finished_by_the_next_one_which_sweeps_only_what_the_dead_one_staged(
    moment: str, at: int, issued: Issued, tmp_path: Path
) -> None:
    assert try_crash(issued, tmp_path, moment, at).wrong == ()
