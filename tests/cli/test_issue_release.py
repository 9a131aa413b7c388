"""`issue release` lists what the brake holds, asks, lets go; `plan`, `status` and `publish` name the command."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import ecosmig
from tests.workflows.braked import ONLY_001, of_both, slot, successes, with_history
from tests.workflows.made import A, B

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation

HELD = f"ECOSMIG-001_{A}_5_20240308060000.csv"
COMMAND = f"ecosmig issue release {HELD}"
OF_SLOT = "ecosmig issue release --report ECOSMIG-001 --slot 2024-03-08T06:00:00Z"
FIFTH = "2024-03-08T06:00:00Z"


@pytest.fixture(scope="module")
def made_held(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    data = of_both(range(1, 5))
    data.migration_attempts += [*successes(5, 1, count=5), *successes(5, 2)]
    made = with_history(tmp_path_factory.mktemp("held") / "home", data)
    made.run(slot(5), ONLY_001)
    return made


@pytest.fixture(scope="module")
def made_empty(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = with_history(tmp_path_factory.mktemp("empty") / "home", of_both(range(1, 5)))
    made.run(slot(5), ONLY_001)
    return made


@pytest.fixture
def held(made_held: Installation, tmp_path: Path) -> Path:
    """The fifth issue of 001 for A is held for its size."""
    return made_held.copied(tmp_path / "home").home


@pytest.fixture
def empty(made_empty: Installation, tmp_path: Path) -> Path:
    """The fifth slot of 001 is held back, because nobody has anything."""
    return made_empty.copied(tmp_path / "home").home


def test_without_arguments_it_lists_what_is_held_and_releases_nothing(held: Path) -> None:
    shown = ecosmig(held, "issue", "release")
    assert shown.status == 0
    assert f"{A}, {HELD}: the brake holds it since 2024-03-08 06:00Z: 5 rows" in shown.out
    assert "The brake holds 1 issue" in shown.out
    assert ecosmig(held, "issue", "release", "--json").document["issues"][0]["names"] == [HELD]


def test_before_the_first_run_nothing_is_held(configured: Path) -> None:
    assert ecosmig(configured, "issue", "release").out == "The brake holds nothing.\n"


@pytest.mark.parametrize("command", ["plan", "status"])
@pytest.mark.parametrize(("home", "copied"), [("held", COMMAND), ("empty", OF_SLOT)])
def test_plan_and_status_name_the_command_to_copy(
    command: str, home: str, copied: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(home)
    assert copied in ecosmig(folder, command).out
    brake = ecosmig(folder, command, "--json").document["brake"]
    assert [entry["release"] for entry in (*brake["issues"], *brake["slots"])] == [copied]


@pytest.mark.parametrize(("home", "copied"), [("held", COMMAND), ("empty", OF_SLOT)])
def test_publish_says_it_and_ends_with_10(
    home: str, copied: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = request.getfixturevalue(home)
    monkeypatch.setenv("ECOSMIG_BRAKE__VANISHED_RECIPIENTS", "2")
    said = ecosmig(folder, "publish", "--all", "--report", "001", "--as-of", FIFTH)
    assert (said.status, copied in said.out) == (10, True)


def test_the_list_of_files_says_that_it_is_held(held: Path) -> None:
    (file,) = [file for file in ecosmig(held, "audit", "list", "--json").document["files"] if file["name"] == HELD]
    assert file["brake"] == "5 rows, where the largest of its stream's last 4 issues has 1"
    assert "held by the brake" in ecosmig(held, "audit", "list").out


def test_status_ends_with_10_while_a_slot_is_held_back(empty: Path) -> None:
    assert ecosmig(empty, "status").status == 10


def test_a_file_that_was_released_is_published_by_the_next_run(held: Path) -> None:
    released = ecosmig(held, "issue", "release", HELD, "--yes")
    assert (released.status, f"released: {HELD}" in released.out) == (0, True)
    assert ecosmig(held, "publish", "--all", "--report", "001", "--as-of", FIFTH).status == 0
    assert (next((held / "published").glob(f"{A} *")) / HELD).exists()


def test_a_slot_that_was_released_is_issued_by_the_next_run(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ECOSMIG_BRAKE__VANISHED_RECIPIENTS", "2")
    arguments = ("issue", "release", "--report", "ECOSMIG-001", "--slot", FIFTH, "--yes", "--json")
    assert ecosmig(empty, *arguments).document["released"] is True
    assert ecosmig(empty, "publish", "--all", "--report", "001", "--as-of", FIFTH).status == 0
    assert ecosmig(empty, "issue", "release").out == "The brake holds nothing.\n"


def test_without_a_terminal_it_needs_yes(held: Path) -> None:
    refused = ecosmig(held, "issue", "release", "--all")
    assert (refused.status, "--yes" in refused.err) == (2, True)
    assert ecosmig(held, "issue", "release", "--json").document["issues"] != []


@pytest.mark.parametrize(
    "arguments",
    [
        (f"ECOSMIG-001_{B}_5_20240308060000.csv",),
        ("--supplier", B),
        ("--report", "002"),
        ("--slot", "2024-03-07T06:00:00Z"),
        (HELD, "--all"),
    ],
)
def test_what_the_brake_doesnt_hold_is_wrong_usage(arguments: tuple[str, ...], held: Path) -> None:
    assert ecosmig(held, "issue", "release", *arguments, "--yes").status == 2
    assert ecosmig(held, "issue", "release", "--json").document["issues"] != []


@pytest.mark.parametrize("arguments", [("--supplier", A), ("--report", "001"), ("--slot", FIFTH), ("--all",)])
def test_it_can_be_narrowed(arguments: tuple[str, ...], held: Path) -> None:
    assert ecosmig(held, "issue", "release", *arguments, "--yes").status == 0
    assert ecosmig(held, "issue", "release", "--json").document["issues"] == []
