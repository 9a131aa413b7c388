"""`ecosmig ledger seed`: going on where an older system ended."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MIDNIGHT, MONDAY, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.driving import Ended

A, B, C = "P00001", "P00002", "P00003"
BOUNDS = [part for number in (1, 2, 4, 5) for part in ("--reported-up-to", f"ECOSMIG-00{number}={MONDAY}")]
"""What an older system has reported that ran on Monday morning."""


def name_of(recipient: str, number: int, report: str = "ECOSMIG-001") -> str:
    return f"{report}_{recipient}_{number}_202403{number:02d}060000.csv"


def leave(home: Path, recipient: str, *names: str) -> None:
    """Let an older system have left files in a recipient's folder."""
    for name in names:
        (folder_of(home, recipient) / name).write_bytes(b"from the older system")


def seed(home: Path, *arguments: str) -> Ended:
    return ecosmig(home, "ledger", "seed", *arguments, "--json")


def published_files(home: Path) -> dict[str, bytes]:
    return {f"{path.parent.name}/{path.name}": path.read_bytes() for path in (home / "published").glob("*/*")}


def test_numbers_go_on_where_the_folders_end(onboarded: Path) -> None:
    leave(onboarded, A, *(name_of(A, number) for number in (1, 2, 3)))
    assert seed(onboarded, "--from-folders", "--yes").document["streams"] == [
        {"report": "ECOSMIG-001", "recipient": A, "last_sequence": 3}
    ]
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY).status == 0
    issued = {path.name for path in folder_of(onboarded, A).glob("ECOSMIG-001_*_20240304060000.csv")}
    assert issued == {f"ECOSMIG-001_{A}_4_20240304060000.csv"}


def test_what_an_older_system_did_is_gone_on_with_as_itself_would_have(made_onboarded: Path, published: Path) -> None:
    """The older system is this one: what it left in the folders and said of its bounds is all that is taken over."""
    other = shutil.copytree(made_onboarded, published.parent / "other")
    shutil.copytree(published / "published", other / "published", dirs_exist_ok=True)
    assert seed(other, "--from-folders", *BOUNDS, "--yes").status == 0
    for home in (published, other):
        assert ecosmig(home, "publish", "--all", "--as-of", "2024-03-05T06:00:00Z").status == 0
    assert published_files(other) == published_files(published)


def test_the_older_systems_files_are_counted_apart_and_nothing_is_wrong(onboarded: Path) -> None:
    leave(onboarded, A, *(name_of(A, number) for number in (1, 2, 3)))
    seed(onboarded, "--from-folders", "--yes")
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY).status == 0
    verified = ecosmig(onboarded, "verify", "--json")
    assert (verified.status, verified.document["earlier"]) == (0, 3)
    assert "3 more are of the system that their streams were taken over from." in ecosmig(onboarded, "verify").out
    assert ecosmig(onboarded, "ledger", "check", "--outbox").status == 0


@pytest.mark.parametrize("stranger", [name_of(A, 4), name_of(B, 1), name_of(A, 1, "ECOSMIG-003"), "notes.txt"])
def test_what_no_stream_was_taken_over_of_is_unexpected(onboarded: Path, stranger: str) -> None:
    leave(onboarded, A, name_of(A, 3))
    seed(onboarded, "--from-folders", "--yes")
    leave(onboarded, A, stranger)
    verified = ecosmig(onboarded, "verify", "--json")
    assert verified.status == 20
    assert [(it["kind"], it["name"]) for it in verified.document["discrepancies"]] == [("unexpected", stranger)]


def test_gaps_doubles_and_strangers_are_shown_before_anything_is_taken_over(onboarded: Path) -> None:
    leave(onboarded, A, name_of(A, 1), name_of(A, 4), name_of(A, 4).replace("0600", "0700"), name_of(B, 9), "notes.txt")
    document = seed(onboarded, "--from-folders", "--dry-run").document
    assert document["seeded"] is False
    assert document["found"] == [{"report": "ECOSMIG-001", "recipient": A, "files": 3, "first": 1, "last": 4}]
    assert [(it["kind"], it["detail"]) for it in document["oddities"]] == [
        ("another-recipient", f"{name_of(B, 9)} is for {B}"),
        ("no-report", "'notes.txt' is not the name of a report file"),
        ("gap", "ECOSMIG-001: numbers 2 to 3 are not there"),
        ("double", "ECOSMIG-001: number 4 stands there more than once"),
    ]
    assert ecosmig(onboarded, "status", "--json").document["streams"] == []


def test_numbers_can_be_said_on_the_command_line_and_in_a_file(onboarded: Path) -> None:
    (onboarded / "seed.csv").write_text(f"report,recipient,last_sequence\nECOSMIG-002,{B},7\n001,{C},999999\n")
    ended = seed(onboarded, "--file", "seed.csv", "--stream", f"ECOSMIG-001:{A}=41", "--yes")
    assert [(it["report"], it["recipient"], it["last_sequence"]) for it in ended.document["streams"]] == [
        ("ECOSMIG-001", A, 41),
        ("ECOSMIG-001", C, 999_999),
        ("ECOSMIG-002", B, 7),
    ]


def test_a_number_lower_than_the_folders_is_refused(onboarded: Path) -> None:
    leave(onboarded, A, name_of(A, 5))
    ended = seed(onboarded, "--stream", f"ECOSMIG-001:{A}=4", "--yes")
    assert ended.status == 2
    assert "its folder holds number 5" in ended.err


def test_a_stream_that_has_issues_is_refused(published: Path) -> None:
    ended = seed(published, "--stream", f"ECOSMIG-001:{A}=41", "--yes")
    assert ended.status == 2
    assert f"ECOSMIG-001 for {A}: number 1 was issued already" in ended.err


def test_a_report_that_has_slots_is_refused(published: Path) -> None:
    ended = seed(published, "--reported-up-to", f"ECOSMIG-001={MONDAY}", "--yes")
    assert ended.status == 2
    assert "its slot of 2024-03-04T06:00:00Z was issued already" in ended.err


def test_without_a_person_or_yes_nothing_is_seeded(onboarded: Path) -> None:
    ended = seed(onboarded, "--stream", f"ECOSMIG-001:{A}=41")
    assert ended.status == 2
    assert "nobody is here to be asked" in ended.err
    assert ecosmig(onboarded, "status", "--json").document["streams"] == []


def test_slots_up_to_the_bound_are_not_issued_again(onboarded: Path) -> None:
    assert seed(onboarded, "--reported-up-to", f"2={MONDAY}", "--yes").status == 0
    plan = ecosmig(onboarded, "plan", "--report", "2", "--as-of", MIDNIGHT, "--json").document
    assert [slot["due_at"] for slot in plan["due"]] == [
        "2024-03-04T12:00:00Z",
        "2024-03-04T18:00:00Z",
        "2024-03-05T00:00:00Z",
    ]


def test_a_report_whose_numbers_go_on_and_whose_bound_nobody_says_is_remarked_on(onboarded: Path) -> None:
    remarks = seed(onboarded, "--stream", f"ECOSMIG-001:{A}=41", "--dry-run").document["remarks"]
    assert any("ECOSMIG-001" in it and "carries all of history" in it for it in remarks)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "seed what?"),
        (("--stream", "ECOSMIG-001"), "no report, recipient and number"),
        (("--stream", f"ECOSMIG-007:{A}=1"), "no such report"),
        (("--stream", "ECOSMIG-001:PX=1"), "not a SEC Party Signifier"),
        (("--stream", f"ECOSMIG-001:{A}=0"), "no number from 1 to 999,999"),
        (("--stream", f"ECOSMIG-001:{A}=1000000"), "no number from 1 to 999,999"),
        (("--stream", f"ECOSMIG-001:{A}=1", "--stream", f"001:{A}=2"), "two last numbers, 1 and 2"),
        (("--file", "nowhere.csv"), "No such file"),
        (("--file", "ecosmig.toml"), "the first line must be report,recipient,last_sequence"),
        (("--reported-up-to", "ECOSMIG-001=2024-03-04T05:00:00Z"), "has no slot at this instant"),
        (("--reported-up-to", "ECOSMIG-001=2999-03-04T06:00:00Z"), "is later than now"),
        (("--reported-up-to", "ECOSMIG-001"), "not an instant"),
        (("--reported-up-to", f"1={MONDAY}", "--cut-off", "2999-01-01T00:00:00Z"), "later than what a run could use"),
        (("--stream", f"ECOSMIG-001:{A}=1", "--cut-off", MONDAY), "goes with --reported-up-to"),
    ],
)
def test_what_makes_no_sense_is_wrong_usage_and_seeds_nothing(
    onboarded: Path, arguments: tuple[str, ...], says: str
) -> None:
    ended = seed(onboarded, *arguments, "--yes")
    assert (ended.status, says in ended.err) == (2, True), ended.err
    assert ecosmig(onboarded, "status", "--json").document["streams"] == []
