"""What the program writes is its owner's alone, whatever the umask; what recipients read is as the umask says."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.lock import LockFile
from ecosmig_publish.migration_data.sample import write_sample
from ecosmig_publish.outbox import Outbox
from tests.cli.driving import CONFIGURATION, MONDAY
from tests.modes import modes, walked

if TYPE_CHECKING:
    from pathlib import Path


def ecosmig(home: Path, umask: int, *arguments: str) -> None:
    command = [sys.executable, "-m", "ecosmig_publish", *arguments]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ECOSMIG_")}
    done = subprocess.run(command, cwd=home, umask=umask, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module", params=[0o000], ids="umask {:03o}".format)
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """Return a folder in which everything was done that writes, under a umask."""
    home, umask = tmp_path_factory.mktemp("run"), int(request.param)
    (home / "ecosmig.toml").write_text(CONFIGURATION, encoding="utf-8")
    until, history = datetime(2024, 3, 5, tzinfo=UTC), timedelta(days=30)
    write_sample(home / "data", devices=400, seed=7, parties=3, until=until, history=history, form="parquet")
    ecosmig(home, umask, "supplier", "onboard", "--all")
    ecosmig(home, umask, "publish", "--all", "--as-of", MONDAY)
    ecosmig(home, umask, "ledger", "backup")
    ecosmig(home, umask, "init", "--dir", "new")
    return home, umask


def test_ledger_outbox_lock_and_backups_are_their_owners_alone(run: tuple[Path, int]) -> None:
    home, _ = run
    assert modes(walked(home / "state")) == {}


def test_what_recipients_read_is_closed_to_others_and_no_wider_than_the_umask(run: tuple[Path, int]) -> None:
    home, umask = run
    folders = list((home / "published").iterdir())
    assert folders
    for path in (path for folder in folders for path in walked(folder)):
        mode = stat.S_IMODE(path.stat().st_mode)
        widest = 0o750 if path.is_dir() else 0o640
        assert mode & ~widest == 0, f"{path} {mode:o}"
        assert mode & umask == 0, f"{path} {mode:o}"


def test_a_configuration_may_hold_a_password_and_is_closed_to_others(run: tuple[Path, int]) -> None:
    home, _ = run
    assert (home / "new" / "ecosmig.toml").stat().st_mode & (stat.S_IRWXO | stat.S_IWGRP) == 0


def test_a_lock_is_not_taken_in_a_file_that_a_link_leads_to(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (tmp_path / "lock").symlink_to(victim)
    with pytest.raises((OSError, LedgerError)):
        LockFile(tmp_path / "lock").take()
    assert victim.read_text() == "mine"


def test_a_link_in_the_outbox_is_no_directory_of_an_attempt_and_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("kept")
    outbox = Outbox(tmp_path / "outbox")
    outbox.path.mkdir()
    (outbox.path / "ECOSMIG-001_20240226T060000_00000000").symlink_to(elsewhere)
    assert outbox.sweep(frozenset()) == []
    assert (elsewhere / "kept").read_text() == "kept"


def test_a_place_whose_name_holds_a_quote_is_a_place_and_no_command(tmp_path: Path) -> None:
    home = tmp_path / "it's; DROP"
    home.mkdir()
    until, history = datetime(2024, 3, 5, tzinfo=UTC), timedelta(days=30)
    write_sample(home / "da'ta", devices=100, seed=7, parties=3, until=until, history=history, form="csv")
    text = CONFIGURATION.replace('"parquet:data"', '"csv:da\'ta"') + '[outbox]\npath = "sta\'te/outbox"\n'
    (home / "ecosmig.toml").write_text(text, encoding="utf-8")
    ecosmig(home, 0o022, "plan", "--as-of", MONDAY)
    ecosmig(home, 0o022, "supplier", "onboard", "--all")
    ecosmig(home, 0o022, "publish", "--all", "--as-of", MONDAY)
