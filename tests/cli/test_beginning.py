"""How a newcomer begins: `init`, `data sample`, `demo`."""

from __future__ import annotations

import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ecosmig_publish.settings.template import render_template
from tests.cli.driving import ecosmig

COMMAND = Path(sys.executable).with_name("ecosmig")


def test_init_writes_the_template_and_says_what_is_next(tmp_path: Path) -> None:
    run = ecosmig(tmp_path, "init", "--dir", "new/here")
    assert run.status == 0
    assert (tmp_path / "new" / "here" / "ecosmig.toml").read_text(encoding="utf-8") == render_template()
    assert "plan --config new/here/ecosmig.toml" in run.out


def test_init_overwrites_nothing(tmp_path: Path) -> None:
    (tmp_path / "ecosmig.toml").write_text("mine", encoding="utf-8")
    run = ecosmig(tmp_path, "init")
    assert run.status == 2
    assert "is there already" in run.err
    assert (tmp_path / "ecosmig.toml").read_text(encoding="utf-8") == "mine"


def test_init_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert ecosmig(tmp_path, "init", "--dir", "file").status == 2
    assert ecosmig(tmp_path, "init", "--dir", "file/below").status == 2


def test_a_sample_is_what_the_printed_line_makes_of_it(tmp_path: Path) -> None:
    for form in ("parquet", "csv", "duckdb"):
        run = ecosmig(tmp_path, "data", "sample", form, "--form", form, "--devices", "100", "--parties", "3", "--clean")
        assert run.status == 0
        line = next(line for line in run.out.splitlines() if "url = " in line)
        url = line.partition('url = "')[2].rstrip('"')
        (tmp_path / "ecosmig.toml").write_text(
            f'start = 2026-01-01T00:00:00Z\n[source]\nurl = "{url}"\n', encoding="utf-8"
        )
        assert ecosmig(tmp_path, "data", "check").status == 0


@pytest.mark.parametrize("command", [["data", "sample", "there"], ["demo", "--dir", "there"]], ids=" ".join)
def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "mine").write_text("x", encoding="utf-8")
    run = ecosmig(tmp_path, *command)
    assert run.status == 2
    assert "there is not empty; nothing was overwritten" in run.err
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["mine"]


@pytest.mark.parametrize("command", [["data", "sample", "file"], ["demo", "--dir", "file"]], ids=" ".join)
def test_a_file_in_the_folders_place_is_left_alone(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    run = ecosmig(tmp_path, *command)
    assert run.status == 2
    assert "file is a file, no folder" in run.err


def test_the_commands_that_the_demo_prints_work_when_they_are_copied(tmp_path: Path) -> None:
    command = [str(COMMAND), "demo", "--dir", "the demo", "--devices", "1000"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)}
    demo = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert demo.returncode == 0
    for report in range(1, 7):
        assert f"ECOSMIG-00{report}" in demo.stdout
    assert "all agree" in demo.stdout
    printed = [line.strip() for line in demo.stdout.splitlines() if line.startswith("    ") and line.strip()]
    assert len(printed) == 8
    (stand_in,) = (line for line in printed if " sandbox --dir " in line)
    with subprocess.Popen(shlex.split(stand_in), cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        for line in printed:
            if line != stand_in:
                copied = subprocess.run(
                    shlex.split(line), cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
                )
                assert copied.returncode == 0, line
                assert copied.stdout
        running.send_signal(signal.SIGINT)
        running.stdout.read()
    assert running.returncode == 0
    again = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert again.returncode == 2
    assert "is not empty; nothing was overwritten" in again.stderr
