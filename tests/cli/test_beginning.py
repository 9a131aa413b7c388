"""How a newcomer begins: `init`, `data sample`, `demo`."""

from __future__ import annotations

import shlex
import signal
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from ecosmig_publish.settings.template import render_template
from tests.cli.driving import ecosmig
from tests.modes import modes, walked

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


@dataclass(frozen=True, slots=True)
class Demo:
    """A folder in which the demo was played into `the demo`, under the widest umask, and what it wrote."""

    home: Path
    stdout: str

    @property
    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "HOME": str(self.home)}

    def play(self) -> subprocess.CompletedProcess[str]:
        command = [str(COMMAND), "demo", "--dir", "the demo", "--devices", "1000"]
        return subprocess.run(
            command, cwd=self.home, env=self.environment, umask=0, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    home = tmp_path_factory.mktemp("demo")
    played = Demo(home, "").play()
    assert played.returncode == 0, played.stderr
    return Demo(home, played.stdout)


def test_what_the_demo_keeps_is_its_owners_alone_whatever_the_umask(demo: Demo) -> None:
    folder = demo.home / "the demo"
    assert modes(walked(folder / "state")) == {}
    keys = [path for path in walked(folder) if path.suffix == ".pem" and b"PRIVATE KEY" in path.read_bytes()]
    assert len(keys) > 1
    assert modes(iter(keys)) == {}
    assert (folder / "ecosmig.toml").stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP) == 0


def test_a_second_demo_overwrites_nothing(demo: Demo) -> None:
    again = demo.play()
    assert again.returncode == 2
    assert "is not empty; nothing was overwritten" in again.stderr


def test_the_commands_that_the_demo_prints_work_when_they_are_copied(demo: Demo) -> None:
    for report in range(1, 7):
        assert f"ECOSMIG-00{report}" in demo.stdout
    assert "all agree" in demo.stdout
    printed = [line.strip() for line in demo.stdout.splitlines() if line.startswith("    ") and line.strip()]
    assert len(printed) == 8
    (stand_in,) = (line for line in printed if " sandbox --dir " in line)
    with subprocess.Popen(
        shlex.split(stand_in), cwd=demo.home, env=demo.environment, stdout=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stdout.readline()
        for line in printed:
            if line != stand_in:
                copied = subprocess.run(
                    shlex.split(line), cwd=demo.home, env=demo.environment, capture_output=True, text=True, check=False
                )
                assert copied.returncode == 0, line
                assert copied.stdout
        running.send_signal(signal.SIGINT)
        running.stdout.read()
    assert running.returncode == 0
