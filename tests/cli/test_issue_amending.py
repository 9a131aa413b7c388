"""`issue resend | correct | withdraw`, as an operator drives them in a folder."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MIDNIGHT, MONDAY, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

A = "P00001"


def name_of(home: Path, beginning: str = f"ECOSMIG-002_{A}_1_") -> str:
    (path,) = folder_of(home, A).glob(f"{beginning}*")
    return path.name


def standing(home: Path) -> dict[str, bytes]:
    """Return every file of the folders, the outbox and the ledger's own, as they are now."""
    return {
        path.relative_to(home).as_posix(): path.read_bytes()
        for top in ("published", "state/outbox")
        for path in sorted((home / top).rglob("*"))
        if path.is_file()
    }


def acts(home: Path, kind: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = ecosmig(home, "audit", "list", "--acts", "--json").document["acts"]
    return [act for act in found if act["kind"] == kind]


COMMANDS = {
    "resend": (),
    "correct": ("--as-of", MONDAY),
    "withdraw": ("--leave-file",),
}


@pytest.mark.parametrize("act", COMMANDS)
def test_without_a_terminal_nothing_is_done_unless_yes_is_said(published: Path, act: str) -> None:
    before = standing(published)
    ended = ecosmig(published, "issue", act, name_of(published), *COMMANDS[act])
    assert (ended.status, "then add --yes" in ended.err) == (2, True)
    assert (standing(published), acts(published, act)) == (before, [])


@pytest.mark.parametrize("act", COMMANDS)
def test_a_dry_run_shows_and_changes_nothing(published: Path, act: str) -> None:
    before = standing(published)
    name = name_of(published)
    ended = ecosmig(published, "issue", act, name, *COMMANDS[act], "--dry-run")
    assert (ended.status, ended.out.splitlines()[-1]) == (0, "Nothing was changed.")
    assert name in ended.out
    assert (standing(published), acts(published, act)) == (before, [])


@pytest.mark.parametrize("act", COMMANDS)
def test_with_yes_it_is_done_and_its_reason_is_on_the_record(published: Path, act: str) -> None:
    name = name_of(published)
    ended = ecosmig(published, "issue", act, name, *COMMANDS[act], "--yes", "--reason", "a good one", "--json")
    assert (ended.status, ended.document["act"], ended.document["dry_run"]) == (0, act, False)
    (done,) = acts(published, act)
    assert done["subject"] in (name, f"ECOSMIG-002_{A}_2_20240304060000.csv")
    assert b"a good one" in (published / "state" / "ecosmig.db").read_bytes() + wal(published)


def wal(home: Path) -> bytes:
    path = home / "state" / "ecosmig.db-wal"
    return path.read_bytes() if path.exists() else b""


@pytest.mark.parametrize(("answer", "status"), [(b"n\n", 2), (b"y\n", 0)])
def test_at_a_terminal_what_will_happen_is_shown_and_asked(published: Path, answer: bytes, status: int) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, answer)
    command = [sys.executable, "-m", "ecosmig_publish", "issue", "correct", name_of(published), "--as-of", MONDAY]
    done = subprocess.run(command, cwd=published, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL, check=False)
    os.close(theirs)
    screen = b""
    try:
        while chunk := os.read(ours, 4096):
            screen += chunk
    except OSError:
        # A terminal that nobody holds any more ends so.
        pass
    os.close(ours)
    new = f"ECOSMIG-002_{A}_2_20240304060000.csv"
    assert f"{new}: " in screen.decode()
    assert "Correct 1 issue?" in screen.decode()
    assert (done.returncode, (folder_of(published, A) / new).exists()) == (status, status == 0)


def test_a_deleted_file_is_sent_again(published: Path) -> None:
    path = folder_of(published, A) / name_of(published)
    content = path.read_bytes()
    path.unlink()
    assert ecosmig(published, "verify").status == 20
    ended = ecosmig(published, "issue", "resend", path.name, "--yes", "--json")
    assert (ended.status, ended.document["proved"]) == (0, [path.name])
    assert path.read_bytes() == content
    assert ecosmig(published, "verify").status == 0


def test_a_file_that_stands_there_is_said_to(published: Path) -> None:
    ended = ecosmig(published, "issue", "resend", name_of(published), "--yes")
    assert "1 file published and proved; 1 file stood there unchanged." in ended.out


def test_several_issues_are_amended_at_once_each_with_its_act(published: Path) -> None:
    names = sorted(path.name for path in folder_of(published, A).glob("ECOSMIG-00[12]_*"))
    ended = ecosmig(published, "issue", "correct", *names, "--as-of", MONDAY, "--yes", "--json")
    assert (ended.status, len(ended.document["issues"]), len(acts(published, "correct"))) == (0, 2, 2)
    assert {issue["files"][0]["sequence"] for issue in ended.document["issues"]} == {2}


def test_an_issue_is_named_by_its_slot_or_its_number_too(published: Path) -> None:
    stream = ("--report", "002", "--supplier", A)
    by_number = ecosmig(published, "issue", "resend", *stream, "--sequence", "1", "--dry-run", "--json")
    by_slot = ecosmig(published, "issue", "resend", *stream, "--slot", MONDAY, "--dry-run", "--json")
    assert by_number.document == by_slot.document
    assert by_slot.document["issues"][0]["files"][0]["name"] == name_of(published)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "which issue?"),
        (("--report", "002", "--supplier", A), "which issue?"),
        (("--report", "002", "--supplier", A, "--slot", MONDAY, "--sequence", "1"), "which issue?"),
        ((f"ECOSMIG-002_{A}_1_20240304060000.csv", "--sequence", "1"), "named by its file, or by"),
        (("notes.txt",), "not the name of a report file"),
        ((f"ECOSMIG-002_{A}_77_20240304060000.csv",), "no file of this name was issued here"),
        (("--report", "002", "--supplier", A, "--sequence", "77"), "nothing was issued"),
    ],
)
def test_what_names_no_issue_is_wrong_usage(published: Path, arguments: tuple[str, ...], words: str) -> None:
    ended = ecosmig(published, "issue", "resend", *arguments, "--yes")
    assert (ended.status, words in ended.err) == (2, True)


def test_before_the_first_run_there_is_no_issue(configured: Path) -> None:
    ended = ecosmig(configured, "issue", "resend", f"ECOSMIG-002_{A}_1_20240304060000.csv", "--yes")
    assert (ended.status, "no file of this name" in ended.err) == (2, True)
    assert not (configured / "state").exists()


def test_without_publishing_the_next_run_does_it(published: Path) -> None:
    ended = ecosmig(published, "issue", "correct", name_of(published), "--as-of", MONDAY, "--yes", "--no-publish")
    assert ended.status == 0
    new = folder_of(published, A) / f"ECOSMIG-002_{A}_2_20240304060000.csv"
    assert not new.exists()
    assert ecosmig(published, "publish", "--all", "--as-of", MONDAY).status == 0
    assert new.exists()


def test_only_what_was_made_is_published_and_it_waits_behind_what_waits(onboarded: Path) -> None:
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--supplier", "P00002").status == 0
    waiting = f"ECOSMIG-002_{A}_1_20240304060000.csv"
    ended = ecosmig(onboarded, "issue", "correct", waiting, "--as-of", MONDAY, "--yes")
    assert (ended.status, f"{waiting} of the same stream waits before it" in ended.out) == (10, True)
    assert list(folder_of(onboarded, A).iterdir()) == []


def test_correcting_twice_says_what_supersedes(published: Path) -> None:
    name = name_of(published)
    assert ecosmig(published, "issue", "correct", name, "--as-of", MONDAY, "--yes").status == 0
    ended = ecosmig(published, "issue", "correct", name, "--as-of", MONDAY, "--yes")
    new = f"ECOSMIG-002_{A}_2_20240304060000.csv"
    assert (ended.status, f"superseded already, by {new}" in ended.err) == (2, True)
    assert f"ecosmig issue correct {new}" in ended.err


def test_an_instant_before_a_used_cut_off_is_refused(published: Path) -> None:
    ended = ecosmig(published, "issue", "correct", name_of(published), "--as-of", "2024-03-04T05:59:59Z", "--yes")
    assert (ended.status, "earlier than the last cut-off used" in ended.err) == (2, True)


@pytest.mark.parametrize("options", [(), ("--leave-file", "--remove-file")])
def test_what_becomes_of_a_withdrawn_file_has_to_be_said(published: Path, options: tuple[str, ...]) -> None:
    ended = ecosmig(published, "issue", "withdraw", name_of(published), *options, "--yes")
    assert (ended.status, "Say --leave-file or --remove-file" in ended.err) == (2, True)


def test_a_removed_file_is_gone_and_verify_agrees(published: Path) -> None:
    path = folder_of(published, A) / name_of(published)
    ended = ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes", "--json")
    (issue,) = ended.document["issues"]
    assert (ended.status, issue["removed"], issue["released"]) == (0, [path.name], None)
    assert not path.exists()
    assert ecosmig(published, "verify").status == 0
    again = ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes")
    assert (again.status, "was withdrawn already" in again.err) == (2, True)


def test_a_removed_file_that_is_there_again_is_unexpected_and_can_be_removed_again(published: Path) -> None:
    path = folder_of(published, A) / name_of(published)
    content = path.read_bytes()
    ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes")
    path.write_bytes(content)
    verified = ecosmig(published, "verify", "--json")
    found = [(it["kind"], it["name"]) for it in verified.document["discrepancies"]]
    assert (verified.status, found) == (20, [("unexpected", path.name)])
    assert ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes").status == 0
    assert (path.exists(), len(acts(published, "withdraw"))) == (False, 1)


def test_other_bytes_in_its_place_are_not_removed(published: Path) -> None:
    path = folder_of(published, A) / name_of(published)
    path.write_bytes(b"somebody else's")
    ended = ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes")
    assert (ended.status, "not removed" in ended.out) == (22, True)
    assert path.read_bytes() == b"somebody else's"


def test_a_left_file_can_be_removed_later(published: Path) -> None:
    path = folder_of(published, A) / name_of(published)
    assert ecosmig(published, "issue", "withdraw", path.name, "--leave-file", "--yes").status == 0
    assert path.exists()
    assert ecosmig(published, "issue", "withdraw", path.name, "--remove-file", "--yes").status == 0
    assert (path.exists(), ecosmig(published, "verify").status) == (False, 0)


def test_a_number_that_will_be_missing_is_said(onboarded: Path) -> None:
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--supplier", "P00002").status == 0
    waiting = f"ECOSMIG-002_{A}_1_20240304060000.csv"
    ended = ecosmig(onboarded, "issue", "withdraw", waiting, "--leave-file", "--yes")
    assert (ended.status, f"{A} will see a number missing" in ended.out) == (0, True)
    assert waiting not in [it["name"] for it in ecosmig(onboarded, "status", "--json").document["waiting"]]


def test_audit_and_status_tell_what_was_superseded_and_withdrawn(published: Path) -> None:
    name = name_of(published)
    ecosmig(published, "issue", "correct", name, "--as-of", MONDAY, "--yes", "--reason", "wrong codes")
    new = f"ECOSMIG-002_{A}_2_20240304060000.csv"
    ecosmig(published, "issue", "withdraw", name, "--remove-file", "--yes", "--reason", "misleading")
    files = {it["name"]: it for it in ecosmig(published, "audit", "list", "--json").document["files"]}
    assert (files[name]["superseded_by"], files[name]["removed"]) == (new, True)
    assert files[name]["withdrawn_at"] is not None
    assert (files[new]["superseded_by"], files[new]["withdrawn_at"], files[new]["removed"]) == (None, None, None)
    amended = ecosmig(published, "status", "--json").document["amended"]
    assert [(it["name"], it["superseded_by"], it["withdrawn"]) for it in amended] == [
        (name, new, "misleading"),
        (new, None, None),
    ]
    assert amended[1]["corrected"] == "wrong codes"
    assert f"withdrawn, file removed; superseded by {new}" in ecosmig(published, "audit", "list").out
    assert ecosmig(published, "verify", "--deep").status == 0


def test_the_folder_stays_whole_for_its_recipient_after_a_correction(published: Path) -> None:
    ecosmig(published, "issue", "correct", name_of(published), "--as-of", MONDAY, "--yes")
    assert ecosmig(published, "report", "sequence", str(folder_of(published, A))).status == 0
    assert ecosmig(published, "publish", "--all", "--as-of", MIDNIGHT).status == 0
    assert ecosmig(published, "ledger", "check").status == 0
