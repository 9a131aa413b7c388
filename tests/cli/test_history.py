"""What everyday commands cost doesn't grow with what was issued before."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.running import Narrowing, Watcher, run_everything
from tests.benchmarks.history_made import END, latest_slots, make, make_source, recipients
from tests.cli.driving import ecosmig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.destinations import Folder, Listed

PARTIES = recipients(5)
SHORT, LONG = 12, 132
"""Slots; five files each."""
AT = f"{END:%Y-%m-%dT%H:%M:%SZ}"
NEXT = END.replace(hour=12)
"""One slot of 002 falls due until then."""
GROWING = {"files", "issues", "acts", "publications", "slots", "receipts", "reported_keys"}
STEP = 50


@pytest.fixture(scope="module")
def homes(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """Two installations that differ in how much they published; nothing is due at the history's end."""
    base = tmp_path_factory.mktemp("history")
    make_source(base / "data", PARTIES, days=2)
    made = {}
    for slots in (SHORT, LONG):
        made[slots] = base / str(slots)
        make(made[slots], PARTIES, latest_slots(slots))
        # The end of the chain is anchored by the first run.
        assert ecosmig(made[slots], "publish", "--all", "--as-of", AT).status == 0
    return made


@dataclass(slots=True)
class Asked:
    """What was asked of the database: statements with one set of their values, and steps of its machine."""

    statements: dict[str, Any] = field(default_factory=dict)
    steps: int = 0


@contextmanager
def asked() -> Iterator[Asked]:
    told = Asked()

    def count() -> None:
        told.steps += STEP

    def connected(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(count, STEP)

    def executed(*of: Any) -> None:
        _, _, statement, values, _, is_many = of
        told.statements.setdefault(statement, values[0] if is_many else values)

    event.listen(Engine, "connect", connected)
    event.listen(Engine, "before_cursor_execute", executed)
    try:
        yield told
    finally:
        event.remove(Engine, "connect", connected)
        event.remove(Engine, "before_cursor_execute", executed)


def steps(home: Path, *command: str) -> int:
    with asked() as told:
        assert ecosmig(home, *command).status == 0
    return told.steps


@pytest.mark.parametrize(
    "command",
    [
        ["plan", "--as-of", AT],
        ["publish", "--all", "--as-of", AT],
        ["status"],
        ["held"],
        ["audit", "list", "--supplier", "P00003"],
    ],
    ids=lambda command: command[0],
)
def test_with_nothing_due_no_table_that_grows_is_gone_through(homes: dict[int, Path], command: list[str]) -> None:
    home = homes[LONG]
    with asked() as told:
        assert ecosmig(home, *command).status == 0

    with closing(sqlite3.connect(home / "state/ecosmig.db")) as database:
        plans = {
            statement: [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in told.statements.items()
            if statement.startswith(("SELECT", "UPDATE", "DELETE"))
        }
    assert plans
    gone_through = {
        (step, statement)
        for statement, plan in plans.items()
        for step in plan
        if step.startswith("SCAN ") and step.split()[1] in GROWING and not _is_short(step, statement)
    }
    assert gone_through == set()


def _is_short(step: str, statement: str) -> bool:
    """Whether a scan is one of the few that wait, of the first rows alone, or counts without looking."""
    first_rows = " LIMIT " in statement and ("GROUP BY" not in statement or "ix_slots_due_at" in step)
    counts = statement.startswith("SELECT count(*) AS count_1 \nFROM files")
    return first_rows or counts or "ix_publications_waiting" in step or "ix_receipts_seen" in step


@pytest.mark.parametrize(
    "command",
    [["plan", "--as-of", AT], ["publish", "--all", "--as-of", AT], ["status"], ["held"]],
    ids=lambda command: command[0],
)
def test_with_nothing_due_years_take_the_database_no_more_steps_than_weeks(
    homes: dict[int, Path], command: list[str]
) -> None:
    short, long = (steps(homes[slots], *command) for slots in (SHORT, LONG))
    # Of each slot, not of each file, a run reads the name of its directory in the outbox, twice.
    allowed = 20 * (LONG - SHORT) if command[0] == "publish" else 0
    assert long <= 1.1 * short + 4 * STEP + allowed


class Unlisted(FolderOnDisk):
    """Folders that nobody may list in full."""

    def listing(self, folder: Folder) -> Iterator[Listed]:
        raise AssertionError(f"{folder.name} is listed")


def test_a_run_that_issues_takes_the_database_no_more_steps_and_lists_no_folder(homes: dict[int, Path]) -> None:
    taken = {}
    for slots, home in homes.items():
        wiring = Wiring(load_settings(home / "ecosmig.toml", {}, home))
        with asked() as told, wiring.locked_ledger() as ledger:
            parts = replace(wiring.parts(ledger), destination=Unlisted(home / "published", home / "state/anchors"))
            outcome = run_everything(parts, as_of=NEXT, narrowing=Narrowing(), watcher=Watcher())
        assert (outcome.exit_status, len(outcome.proved)) == (0, len(PARTIES))
        taken[slots] = told.steps
    assert taken[LONG] <= 1.1 * taken[SHORT] + 20 * (LONG - SHORT)


def test_audit_list_keeps_to_a_span_of_slots(homes: dict[int, Path]) -> None:
    of_day = ("audit", "list", "--supplier", "P00003", "--from", "2026-03-02", "--to", "2026-03-03T06:00:00Z")
    slots = [file["slot"] for file in ecosmig(homes[LONG], *of_day, "--json").document["files"]]
    # 002 of the 2nd and of midnight; 001, 004 and 005 of Monday the 2nd at 06:00 and 003 at 08:00.
    assert sorted(slots) == [
        "2026-03-02T00:00:00Z",
        *["2026-03-02T06:00:00Z"] * 4,
        "2026-03-02T08:00:00Z",
        "2026-03-02T12:00:00Z",
        "2026-03-02T18:00:00Z",
        "2026-03-03T00:00:00Z",
    ]
    refused = ecosmig(homes[LONG], "audit", "list", "--acts", "--from", "2026-03-02")
    assert refused.status == 2
