"""What a run costs at SharePoint, counted by SharePoint."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.following import verify_changes
from ecosmig_publish.workflows.reading_again.reading import Wanted, read_again
from ecosmig_publish.workflows.running import Narrowing
from tests.sharepoint.issued import FIRST, PARTIES

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.sharepoint.issued import Issued

pytestmark = pytest.mark.enable_socket


def test_a_run_costs_two_requests_a_file_one_a_folder_and_no_dozen_more(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    sandbox.clear_requests()
    outcome = made.run(FIRST)
    files = len(made.published())
    asked = [f"{request.method} {request.path.partition('?')[0]}" for request in sandbox.requests()]
    assert outcome.exit_status == 0
    assert files == 6
    # And the anchor of the chain of acts, which takes the same way.
    assert sum(it.startswith("PUT ") for it in asked) == files + 1
    assert sum(it.startswith("PATCH ") for it in asked) == files + 1
    # Of each folder, and of staging once for all of them.
    assert sum(it.endswith("/permissions") for it in asked) == len(PARTIES) + 1
    others = [it for it in asked if not re.search(r"^PUT |^PATCH |/permissions$", it)]
    # The first look at a library has as many pages as that has, other tests' things among them; the last has one.
    looks = [it for it in others if it.endswith("/delta")]
    assert len(others) - len(looks) + 2 + 1 <= 12


def test_with_nothing_due_a_run_asks_sharepoint_nothing(sandbox: Sandbox, issued: Issued, tmp_path: Path) -> None:
    made = issued.waiting(tmp_path)
    made.run(FIRST)
    sandbox.clear_requests()
    assert made.run(FIRST).exit_status == 0
    assert sandbox.requests() == []


def test_a_run_that_publishes_asks_what_changed_once_before_it_and_once_after_it(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    made.run(FIRST, Narrowing(reports={Report.ECOSMIG_001}))
    sandbox.clear_requests()
    assert made.run(FIRST).exit_status == 0
    asked = [request.path.partition("?")[0] for request in sandbox.requests()]
    assert sum(path.endswith("/delta") for path in asked) == 2


def test_nothing_of_a_wave_costs_more_resource_units_than_it_should(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    sandbox.clear_requests()
    made.run(FIRST)
    # 4 units a file (staged, moved), 5 an access check (staging has one too), a dozen requests of one or two.
    assert sum(request.resource_units for request in sandbox.requests()) <= 4 * 6 + 5 * (len(PARTIES) + 1) + 20


def test_requests_are_as_many_for_a_folder_of_two_thousand_files_as_for_one_of_ten(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    asked = []
    for files in (10, 2000):
        made = issued.waiting(tmp_path)
        for signifier in PARTIES:
            sandbox.library().fill(made.folder(signifier), (f"kept {number}.csv" for number in range(files)))
        made.run(FIRST, Narrowing(reports={Report.ECOSMIG_001}))
        sandbox.clear_requests()
        assert made.run(FIRST).exit_status == 0
        run = Counter(request.method for request in sandbox.requests())
        sandbox.clear_requests()
        wiring = made.wiring()
        with wiring.ledger() as ledger:
            destination = wiring.publishing(ledger)
            assert isinstance(destination, FollowsChanges)
            assert verify_changes(ledger=ledger, destination=destination).discrepancies == ()
        asked.append((run, sum("/delta" in request.path for request in sandbox.requests())))
    assert asked[0] == asked[1]
    assert asked[0][1] == 1


def test_files_are_read_again_one_by_one_and_no_folder_is_listed(
    sandbox: Sandbox, issued: Issued, tmp_path: Path
) -> None:
    made = issued.waiting(tmp_path)
    made.run(FIRST)
    library, (renamed, spoilt, *_) = sandbox.library(), sorted(made.published())
    path_of = {name: f"{made.folder(name[:6])}/{name[7:]}" for name in (renamed, spoilt)}
    library.move(path_of[renamed], f"{path_of[renamed]}.old")
    library.flip(path_of[spoilt], rehash=False)
    wiring = made.wiring()
    sandbox.clear_requests()
    with wiring.ledger() as ledger:
        found = read_again(
            ledger=ledger,
            destination=wiring.publishing(ledger),
            wanted=Wanted(timedelta(minutes=10), 30),
            workers=4,
            now=wiring.now,
            clock=lambda: 0.0,
        )
    assert {(it.kind, it.name) for it in found.discrepancies} == {("renamed", renamed[7:]), ("altered", spoilt[7:])}
    asked = Counter(_kind(request.path) for request in sandbox.requests() if request.method == "GET")
    # One of the six isn't there, and is asked for by its id.
    assert (asked["content"], asked["children"], asked["delta"]) == (6, 0, 1)
    assert asked["item"] == 1


def _kind(path: str) -> str:
    of_call = path.partition("?")[0].rstrip("/").rpartition("/")[2]
    return of_call if of_call in ("content", "children", "delta") else "item" if "/items/" in path else "other"
