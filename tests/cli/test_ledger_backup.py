"""`ecosmig ledger backup`: a copy of the ledger from which everything can go on."""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MONDAY, NOON, ecosmig

if TYPE_CHECKING:
    from pathlib import Path


def test_a_backup_stands_beside_the_ledger_where_no_place_is_named(published: Path) -> None:
    ended = ecosmig(published, "ledger", "backup")
    (backup,) = (published / "state/backups").iterdir()
    assert ended.status == 0
    assert str(backup) in ended.out


def test_a_backup_says_its_hash_its_head_and_what_of_the_outbox_belongs_to_it(published: Path) -> None:
    document = ecosmig(published, "ledger", "backup", "here.db", "--json").document
    checked = ecosmig(published, "ledger", "check", "--json").document
    assert document["path"] == str(published / "here.db")
    assert document["sha256"] == hashlib.sha256((published / "here.db").read_bytes()).hexdigest()
    assert (document["acts"], document["head"]) == (checked["acts"], checked["head"])
    outbox = list((published / "state/outbox").glob("**/*.csv"))
    assert document["outbox"] == {
        "path": str(published / "state/outbox"),
        "files": len(outbox),
        "bytes": sum(path.stat().st_size for path in outbox),
        "waiting": 0,
    }


def test_help_says_that_the_outbox_is_not_in_it(configured: Path) -> None:
    words = " ".join(ecosmig(configured, "ledger", "backup", "--help").out.split())
    assert "The outbox is not in it" in words
    assert "copy the outbox after each backup" in words


@pytest.mark.parametrize("named", ["kept", "new/"])
def test_a_directory_gets_a_backup_under_a_name_of_its_own(published: Path, named: str) -> None:
    (published / "kept").mkdir()
    assert ecosmig(published, "ledger", "backup", named).status == 0
    (backup,) = (published / named).iterdir()
    assert backup.name.startswith("ecosmig-")


def test_a_new_directory_for_backups_is_its_owners_alone(published: Path) -> None:
    assert ecosmig(published, "ledger", "backup", "new/").status == 0
    assert (published / "new").stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_there_stays(published: Path) -> None:
    (published / "mine.db").write_text("mine", encoding="utf-8")
    ended = ecosmig(published, "ledger", "backup", "mine.db")
    assert ended.status == 2
    assert "nothing was overwritten" in ended.err
    assert (published / "mine.db").read_text(encoding="utf-8") == "mine"


def test_older_backups_are_removed_where_it_is_said_how_many_stay(published: Path) -> None:
    for _ in range(2):
        assert ecosmig(published, "ledger", "backup").status == 0
        ecosmig(published, "supplier", "access")
    document = ecosmig(published, "ledger", "backup", "--keep", "1", "--json").document
    assert [str(path) for path in (published / "state/backups").iterdir()] == [document["path"]]
    assert len(document["removed"]) == 2


def test_how_many_stay_is_nothing_to_say_of_one_file(published: Path) -> None:
    assert ecosmig(published, "ledger", "backup", "here.db", "--keep", "2").status == 2


def test_before_the_first_run_there_is_nothing_to_back_up(configured: Path) -> None:
    ended = ecosmig(configured, "ledger", "backup")
    assert ended.status == 2
    assert not (configured / "state").exists()


def test_a_backup_with_its_outbox_goes_on_as_the_ledger_itself_would(published: Path, tmp_path: Path) -> None:
    assert ecosmig(published, "ledger", "backup", "here.db").status == 0
    other = shutil.copytree(published, tmp_path / "other")
    for path in (other / "state").glob("ecosmig.db*"):
        path.unlink()
    shutil.copy(other / "here.db", other / "state/ecosmig.db")
    assert ecosmig(other, "ledger", "check", "--outbox").status == 0
    for home in (published, other):
        assert ecosmig(home, "publish", "--all", "--as-of", NOON).status == 0
    assert issued(other) == issued(published)
    assert ecosmig(other, "publish", "--all", "--as-of", MONDAY).status == 2


def issued(home: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (home / "published").glob("*/*.csv")}
