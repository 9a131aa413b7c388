"""`ecosmig ledger check`: the installation against itself."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MIDNIGHT, MONDAY, NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.driving import Ended

A = "P00001"


def files_of(home: Path) -> list[Path]:
    """Return the issued files in the outbox."""
    return sorted((home / "state/outbox").glob("ECOSMIG-*/**/*.csv"))


def fault_of(ended: Ended) -> dict[str, str]:
    """Return the one fault that was found."""
    assert ended.status == 20
    (fault,) = ended.document["faults"]
    return dict(fault)


def unproved(home: Path) -> Path:
    """Issue what falls due at noon while A has no folder to put it into; return A's file."""
    shutil.move(folder_of(home, A), home / "elsewhere")
    before = set(files_of(home))
    assert ecosmig(home, "publish", "--all", "--as-of", NOON).status == 10
    return next(path for path in files_of(home) if path not in before and A in path.name)


def test_a_published_installation_has_nothing_wrong(published: Path) -> None:
    ended = ecosmig(published, "ledger", "check")
    assert (ended.status, ended.err) == (0, "")
    assert "nothing wrong" in ended.out


def test_two_days_of_runs_have_nothing_wrong_byte_for_byte(published: Path) -> None:
    assert ecosmig(published, "publish", "--all", "--as-of", MIDNIGHT).status == 0
    ended = ecosmig(published, "ledger", "check", "--outbox", "--json")
    assert (ended.status, ended.document["faults"]) == (0, [])
    assert ended.document["files"] == len(files_of(published))


def test_files_that_stood_in_their_folders_already_are_no_fault_once_adopted(
    onboarded: Path, made_published: Path
) -> None:
    shutil.copytree(made_published / "published", onboarded / "published", dirs_exist_ok=True)
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY).status == 0
    with closing(sqlite3.connect(onboarded / "state/ecosmig.db")) as connection:
        (adopted,) = connection.execute("SELECT count(*) FROM publications WHERE adopted").fetchone()
    assert adopted == len(files_of(onboarded))
    assert ecosmig(onboarded, "ledger", "check").status == 0


def test_a_conflict_is_no_fault_of_the_ledger(onboarded: Path) -> None:
    folder = folder_of(onboarded, A)
    (folder / f"ECOSMIG-001_{A}_1_20240304060000.csv").write_text("somebody else's", encoding="utf-8")
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY).status == 22
    assert ecosmig(onboarded, "ledger", "check").status == 0


def test_the_head_that_check_prints_is_the_one_it_takes(published: Path) -> None:
    head = ecosmig(published, "ledger", "check", "--json").document["head"]
    assert ecosmig(published, "ledger", "check", "--head", head).status == 0


def test_another_head_than_was_noted_is_found(published: Path) -> None:
    fault = fault_of(ecosmig(published, "ledger", "check", "--json", "--head", "0" * 64))
    assert fault["kind"] == "chain"
    assert "not the newest act that was noted" in fault["what"]


def test_what_is_no_hash_is_wrong_usage(published: Path) -> None:
    assert ecosmig(published, "ledger", "check", "--head", "abc").status == 2


@pytest.mark.parametrize("option", [[], ["--outbox"]])
def test_a_file_that_is_gone_from_the_outbox_is_found(published: Path, option: list[str]) -> None:
    file = files_of(published)[0]
    file.unlink()
    fault = fault_of(ecosmig(published, "ledger", "check", "--json", *option))
    assert (fault["kind"], fault["what"]) == ("outbox", "the file is not in the outbox")
    assert str(file) in fault["where"]


def test_a_file_of_another_size_is_found(published: Path) -> None:
    file = files_of(published)[0]
    file.write_bytes(file.read_bytes() + b"x")
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert fault["kind"] == "outbox"
    assert "it was issued with" in fault["what"]


def test_other_bytes_of_a_proved_file_are_found_where_all_are_read(published: Path) -> None:
    file = files_of(published)[0]
    file.write_bytes(file.read_bytes()[:-3] + b"x\r\n")
    assert ecosmig(published, "ledger", "check").status == 0
    fault = fault_of(ecosmig(published, "ledger", "check", "--json", "--outbox"))
    assert "not the SHA-256" in fault["what"]
    assert str(file) in fault["where"]


def test_other_bytes_of_a_file_that_is_not_proved_are_always_found(published: Path) -> None:
    file = unproved(published)
    assert ecosmig(published, "ledger", "check").status == 0
    file.write_bytes(file.read_bytes()[:-3] + b"x\r\n")
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert "not the SHA-256" in fault["what"]
    assert str(file) in fault["where"]


def test_the_outbox_can_be_left_out(published: Path) -> None:
    files_of(published)[0].unlink()
    ended = ecosmig(published, "ledger", "check", "--json", "--no-outbox")
    assert (ended.status, ended.document["outbox"]) == (0, None)


def test_a_file_that_nobody_issued_is_found(published: Path) -> None:
    stranger = files_of(published)[0].with_name("stranger.csv")
    stranger.touch()
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert (fault["kind"], fault["where"]) == ("stray", str(stranger))


def test_something_else_in_the_outbox_is_found(published: Path) -> None:
    (published / "state/outbox/notes.txt").touch()
    assert fault_of(ecosmig(published, "ledger", "check", "--json"))["where"].endswith("/outbox/notes.txt")


def test_what_an_attempt_left_for_the_next_run_to_clear_is_no_fault(published: Path) -> None:
    left = published / "state/outbox/ECOSMIG-002_20240304T120000_0a1b2c3d"
    left.mkdir()
    (left / "half.csv").touch()
    assert ecosmig(published, "ledger", "check").status == 0


def test_issued_files_that_an_older_ledger_does_not_know_are_found(published: Path) -> None:
    left = published / "state/outbox/ECOSMIG-002_20240304T120000_0a1b2c3d"
    left.mkdir()
    (left / "issued").touch()
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert (fault["kind"], fault["where"]) == ("outbox", str(left))
    assert "older ledger" in fault["what"]


@pytest.mark.parametrize("place", ["state/ecosmig.db", "state/outbox"])
def test_what_others_may_read_is_found(published: Path, place: str) -> None:
    (published / place).chmod(0o750)
    ended = ecosmig(published, "ledger", "check", "--json")
    assert ended.status == 20
    # What SQLite writes beside a database has the database's permissions.
    assert {fault["kind"] for fault in ended.document["faults"]} == {"permissions"}
    assert str(published / place) in {fault["where"] for fault in ended.document["faults"]}


def test_rows_that_were_changed_are_named_with_what_to_do(published: Path) -> None:
    with closing(sqlite3.connect(published / "state/ecosmig.db")) as connection:
        connection.execute("UPDATE files SET rows = rows + 1 WHERE sequence = 1 AND recipient = ?", (A,))
        changed = [name for (name,) in connection.execute("SELECT name FROM files WHERE recipient = ?", (A,))]
        connection.commit()
    ended = ecosmig(published, "ledger", "check", "--json")
    assert ended.status == 20
    assert {fault["kind"] for fault in ended.document["faults"]} == {"act"}
    assert all(any(name in fault["what"] for fault in ended.document["faults"]) for name in changed)
    assert all("ecosmig ledger recover" in fault["next"] for fault in ended.document["faults"])


def test_a_damaged_database_is_found(published: Path) -> None:
    path = published / "state/ecosmig.db"
    content = bytearray(path.read_bytes())
    for page in range(2, 30):
        content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(content)
    ended = ecosmig(published, "ledger", "check", "--json")
    assert ended.status == 20
    assert "database" in {fault["kind"] for fault in ended.document["faults"]}


def test_what_is_no_database_any_more_is_found(published: Path) -> None:
    path = published / "state/ecosmig.db"
    path.write_bytes(b"not a database" * 1000)
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert fault["kind"] == "database"


def test_a_ledger_that_is_gone_while_issued_files_wait_is_found(published: Path) -> None:
    for path in (published / "state").glob("ecosmig.db*"):
        path.unlink()
    fault = fault_of(ecosmig(published, "ledger", "check", "--json"))
    assert (fault["kind"], fault["where"]) == ("database", "the ledger")


def test_before_the_first_run_there_is_nothing_to_check(configured: Path) -> None:
    ended = ecosmig(configured, "ledger", "check")
    assert (ended.status, ended.out) == (0, "There is no ledger yet, so there is nothing to check.\n")
    assert not (configured / "state").exists()


def test_checking_changes_nothing(published: Path) -> None:
    before = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    assert ecosmig(published, "ledger", "check", "--outbox").status == 0
    after = {path: path.read_bytes() for path in published.rglob("*") if path.is_file()}
    assert {path: content for path, content in after.items() if not path.name.endswith(("-wal", "-shm"))} == {
        path: content for path, content in before.items() if not path.name.endswith(("-wal", "-shm"))
    }
