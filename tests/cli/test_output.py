"""What people read: widths, colours, bars, and what is never shown."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from tests.cli.driving import MONDAY, NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

REPORTS = [f"ECOSMIG-00{number}" for number in range(1, 7)]
COLUMNS = ["report", "due", "issued", "published", "proved", "waiting", "held", "why"]
DEVICE = re.compile(r"[0-9A-F]{2}(-[0-9A-F]{2}){7}")


def closing_table(out: str) -> dict[str, list[str]]:
    """Return the cells of each report's line, and the header under `report`."""
    lines = [re.split(r"\s{2,}", line.strip()) for line in out.splitlines()]
    return {cells[0]: cells for cells in lines if cells[0] in ("report", *REPORTS)}


def test_the_closing_table_says_for_each_report_what_became_of_it_in_80_characters(
    configured: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ecosmig(configured, "supplier", "onboard", "P00001", "P00002")
    monkeypatch.setenv("COLUMNS", "80")
    run = ecosmig(configured, "publish", "--all", "--as-of", MONDAY)
    table = closing_table(run.out)
    assert table["report"] == COLUMNS
    assert list(table)[1:] == REPORTS
    # One slot of 002 is due; two suppliers have a folder, the third's file waits for its own.
    assert table["ECOSMIG-002"][1:6] == ["1", "3", "2", "2", "1"]
    assert table["ECOSMIG-002"][7] == "1 no folder"
    assert table["ECOSMIG-003"][1:6] == ["0", "0", "0", "0", "0"]
    assert table["ECOSMIG-003"][7] == "not due"
    # Only lines that hold a path or a command may be longer, so that those can be copied.
    wide = [line for line in run.out.splitlines() if len(line) > 80]
    assert all("ecosmig " in line for line in wide)


@pytest.mark.parametrize("width", ["80", "120"])
@pytest.mark.parametrize(
    "command",
    [
        ["status"],
        ["held"],
        ["plan"],
        ["supplier", "list"],
        ["audit", "list"],
        ["audit", "list", "--acts"],
        ["verify"],
        ["json-schema"],
    ],
    ids=" ".join,
)
def test_tables_fit_the_terminal(
    published: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    run = ecosmig(published, *command)
    assert run.status == 0
    wide = [line for line in run.out.splitlines() if len(line) > int(width)]
    assert all("ecosmig " in line for line in wide)
    # Nor is a column squeezed until its letters stand below each other.
    assert not [line for line in run.out.splitlines() if 0 < len(line.strip()) <= 2]


def test_file_names_stand_whole_in_narrow_tables(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    name = min(path.name for path in folder_of(published, "P00001").iterdir())
    assert name in ecosmig(published, "audit", "list").out


def test_lists_are_cut_to_their_limit_and_say_so(published: Path) -> None:
    run = ecosmig(published, "audit", "list", "--limit", "2")
    assert run.out.count(".csv") == 2
    assert "The latest 2 of" in run.out
    assert len(ecosmig(published, "audit", "list", "--limit", "2", "--json").document["files"]) > 2


def test_status_shows_programs_all_slots_and_people_the_latest(published: Path) -> None:
    # Monday has four slots.
    assert len(ecosmig(published, "status", "--json").document["slots"]) == 4
    assert len(ecosmig(published, "status", "--json", "--slots", "1").document["slots"]) == 1


def test_no_mpxn_and_no_device_is_shown_but_where_it_is_said_so(published: Path) -> None:
    mpxns = {mpxn for mpxn in pq.read_table(published / "data" / "devices.parquet")["mpxn"].to_pylist() if mpxn}
    said = {}
    for command in (
        "plan",
        "status",
        "held",
        "verify",
        "audit list",
        "audit list --acts",
        "audit export",
        "audit export --acts",
        "supplier list",
        "data check",
    ):
        run = ecosmig(published, *command.split())
        said[command] = run.out + run.err
    said["publish"] = ecosmig(published, "publish", "--all", "--as-of", NOON).out
    assert not [command for command, text in said.items() if mpxns & set(re.findall(r"\d{6,13}", text))]
    assert {command for command, text in said.items() if DEVICE.search(text)} <= {"held", "data check"}
    assert all("personal data" in said[command] for command in ("held", "data check"))


def test_piped_there_is_no_colour_and_no_bar(published: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ecosmig_publish", "verify"], cwd=published, capture_output=True, text=True, check=False
    )
    assert "\x1b" not in run.stdout
    assert run.stderr == ""


def on_a_terminal(home: Path, *arguments: str, **environment: str) -> str:
    """Return everything that a terminal of 80 columns gets to see."""
    ours, theirs = pty.openpty()
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "80", **environment}
    command = [sys.executable, "-m", "ecosmig_publish", *arguments]
    with subprocess.Popen(command, cwd=home, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        seen = b""
        while select.select([ours], [], [], 60)[0]:
            try:
                chunk = os.read(ours, 65536)
            except OSError:
                break
            if not chunk:
                break
            seen += chunk
    os.close(ours)
    assert process.returncode in (0, 20)
    return seen.decode()


def test_on_a_terminal_publish_shows_what_it_is_at(onboarded: Path) -> None:
    seen = on_a_terminal(onboarded, "publish", "--all", "--as-of", MONDAY)
    assert "issuing ECOSMIG-001 of 2024-03-04 06:00Z" in seen
    assert "publishing" in seen


def test_quiet_shows_no_bar(configured: Path) -> None:
    assert "checking" not in on_a_terminal(configured, "--quiet", "data", "check")


def test_on_a_terminal_a_check_shows_how_far_it_is(configured: Path) -> None:
    assert "checking" in on_a_terminal(configured, "data", "check")


def test_no_color_is_heeded(published: Path) -> None:
    coloured = re.compile(r"\x1b\[[0-9;]*3[0-7]m")
    assert not coloured.search(on_a_terminal(published, "status", NO_COLOR="1"))
