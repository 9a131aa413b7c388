"""What people decided of issues, what the brake held and what was taken over is checked against its acts too."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import HeldEntry, IssueEntry, Ledger, PublishedEntry
from ecosmig_publish.ledger.amendments import CorrectionBirth, IssueName, ResendEntry, WithdrawalEntry
from ecosmig_publish.ledger.seeds import StreamSeed

from .made import NOON, A, B, birth_of, opened, slot_of
from .whole import faults_of, meddle, named, named_files, whole_ledger

if TYPE_CHECKING:
    from pathlib import Path

    from .made import Place

AFTER = NOON + timedelta(hours=1)
AT = ", 2024-03-01T12:00:00Z)"
A1, A3, A5, B1 = (
    "ECOSMIG-001_PAA001_1_20240201060500.csv",
    "ECOSMIG-001_PAA001_3_20240203060500.csv",
    "ECOSMIG-001_PAA001_5_20240205060500.csv",
    "ECOSMIG-001_PBB002_1_20240201060500.csv",
)


def issue_id(ledger: Ledger, file: str) -> int:
    (issue,) = ledger.issues(IssueName(file=file))
    return issue.issue_id


def correct(ledger: Ledger) -> None:
    """Supersede A's first issue of 001 by its fourth, which carries one row less."""
    (file,) = named_files(slot_of(1), A, (4,), AFTER, "corrected")
    ledger.record_correction(
        CorrectionBirth(
            slot=slot_of(1),
            issue=IssueEntry(A, (file,)),
            supersedes_id=issue_id(ledger, A1),
            cut_off=NOON,
            generated_at=AFTER,
            reason="a wrong MPxN",
            expected_last=3,
            held=(HeldEntry("attempt:1", ("no-longer",), None),),
        )
    )


def withdraw(ledger: Ledger, *, removed: bool = False, released: bool = False) -> None:
    """Take B's first issue of 001 back."""
    rows = (HeldEntry("attempt:2", ("released",), None),) if released else None
    ledger.record_withdrawal(WithdrawalEntry(issue_id(ledger, B1), AFTER, "a mistake", removed, rows))


def decided(ledger: Ledger) -> Ledger:
    """Decide all that can be decided: one correction, one withdrawal in two steps, one resend that still waits."""
    correct(ledger)
    withdraw(ledger)
    withdraw(ledger, removed=True, released=True)
    ledger.record_resend(ResendEntry(issue_id(ledger, A3), AFTER, "it got lost"))
    ledger.hold_slot(slot_of(4), "most recipients have nothing", NOON)
    held = named(birth_of(slot_of(5), {A: [5]}))
    ledger.record_slot(replace(held, brakes={A: "ten times as many rows"}))
    ledger.record_seeds((StreamSeed(Report.ECOSMIG_003, B, 41),), ())
    return ledger


@pytest.fixture(scope="session")
def made_decided(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger in which all of it was decided, to be copied."""
    base = tmp_path_factory.mktemp("decided")
    decided(whole_ledger(base)).close()
    return base / "state"


def said(ledger: Ledger) -> str:
    return "\n".join(f"{fault.kind} | {fault.where} | {fault.what}" for fault in faults_of(ledger))


def test_a_ledger_on_any_database_in_which_much_was_decided_is_sound(place: Place) -> None:
    with whole_ledger(place) as ledger:
        assert said(decided(ledger)) == ""


def test_a_file_that_was_sent_again_is_sound_once_it_is_there(tmp_path: Path) -> None:
    with decided(whole_ledger(tmp_path)) as ledger:
        (file,) = (it for it in ledger.files() if it.name == A3)
        ledger.record_all_published([PublishedEntry(file.file_id, "another item", adopted=False, published_at=AFTER)])
        ledger.record_proved([(file.file_id, file.size, file.quick_xor_hash)], AFTER)
        assert said(ledger) == ""


def test_what_is_released_by_the_brake_is_sound(tmp_path: Path) -> None:
    with decided(whole_ledger(tmp_path)) as ledger:
        ledger.release((issue_id(ledger, A5),), (slot_of(4),))
        assert said(ledger) == ""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE corrections SET reason = 'x'",
            f"(correct ECOSMIG-001_PAA001_4_20240301130000.csv{AT} | corrections",
        ),
        ("UPDATE corrections SET supersedes_id = NULL", "supersedes_id is None, the act says 1"),
        ("UPDATE corrections SET cut_off = '2024-02-02T00:00:00.000000Z'", "cut_off is 2024-02-02T00:00:00.000000Z"),
        ("DELETE FROM corrections", "it is not in the table corrections"),
        ("INSERT INTO corrections SELECT 3, NULL, cut_off, generated_at, 'x' FROM corrections", "row | corrections 3"),
        ("UPDATE files SET rows = 7 WHERE sequence = 4", "rows is 7, the act says 10"),
        (
            "UPDATE withdrawals SET released = 0",
            f"(withdraw ECOSMIG-001_PBB002_1_20240201060500.csv{AT} | withdrawals",
        ),
        ("UPDATE withdrawals SET removed = 0", "removed is 0, the act says True"),
        ("UPDATE withdrawals SET withdrawn_at = '2024-02-02T00:00:00.000000Z'", "withdrawn_at is 2024-02-02"),
        ("DELETE FROM withdrawals", "is not in the table withdrawals"),
        (
            "INSERT INTO withdrawals SELECT 3, withdrawn_at, 'x', 0, 0 FROM withdrawals",
            "withdrawals 3 | no act withdrew",
        ),
        (
            "DELETE FROM recalls WHERE issue_id = 1",
            "row | issues 1 | 0 of its rows stand in the table recalls, its acts say 1",
        ),
        ("UPDATE resends SET reason = 'x'", "resends"),
        ("DELETE FROM resends", "waits to be sent again, and is not in the table resends"),
        ("INSERT INTO resends SELECT 1, resent_at, 'x' FROM resends", f"row | resends 1 ({A1}) | no act sent it again"),
        (
            "UPDATE slot_brakes SET reason = 'x'",
            f"(brake-slot ECOSMIG-001 2024-02-04T06:00:00Z{AT} | slot_brakes",
        ),
        ("UPDATE slot_brakes SET released_at = held_at", "it is released, and no act released it"),
        ("DELETE FROM slot_brakes", "was held by the brake, and is in the table of what it holds no more"),
        ("UPDATE brakes SET reason = 'x'", f"brakes 9 ({A5}): reason is x"),
        ("UPDATE brakes SET released_at = '2024-03-02T06:05:00.000000Z'", "it is released, and no act released it"),
        ("DELETE FROM brakes", f"{A5} was held by the brake"),
        ("INSERT INTO brakes VALUES (3, 'x', '2024-02-03T06:05:00.000000Z', NULL)", "row | brakes 3"),
        ("UPDATE seeds SET last_sequence = 40", "last_sequence is 40, the act says 41"),
        ("UPDATE seeds SET last_sequence = 40", "stream | streams ECOSMIG-003 PBB002 | its last number is 41"),
        ("UPDATE streams SET last_sequence = 40 WHERE report = 'ECOSMIG-003'", "its last number is 40"),
        ("DELETE FROM seeds", "ECOSMIG-003 PBB002 is not in the table seeds"),
        ("DELETE FROM streams WHERE report = 'ECOSMIG-003'", "it was seeded, and is not in the table streams"),
        ("INSERT INTO seeds SELECT report, 'PAA001', 7, seeded_at FROM seeds", "row | seeds ECOSMIG-003 PAA001"),
    ],
)
def test_a_decision_that_is_changed_is_found_and_named(
    statement: str, expected: str, made_decided: Path, tmp_path: Path
) -> None:
    shutil.copytree(made_decided, tmp_path / "state")
    meddle(tmp_path, statement)
    with opened(tmp_path) as ledger:
        assert expected in said(ledger)
