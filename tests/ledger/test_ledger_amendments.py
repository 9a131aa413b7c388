"""What the ledger refuses and keeps of issues that are sent again, corrected and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import (
    CorrectionBirth,
    HeldEntry,
    IssueEntry,
    IssueName,
    Ledger,
    PublishedEntry,
    RecordedIssue,
    ResendEntry,
    WaitingFile,
    WithdrawalEntry,
)

from .made import NOON, A, B, birth_of, content_of, file_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

HELD = HeldEntry("attempt:7", ("corrected:x",), "PBB002")


def refuses(ledger: Ledger, act: Callable[[], None], words: str) -> None:
    before = content_of(ledger)
    with pytest.raises(LedgerError, match=words):
        act()
    assert content_of(ledger) == before


def publish(ledger: Ledger, *files: WaitingFile) -> None:
    ledger.record_all_published([PublishedEntry(it.file_id, it.name, adopted=False, published_at=NOON) for it in files])


def numbered(ledger: Ledger, sequence: int) -> RecordedIssue:
    (issue,) = ledger.issues(IssueName(recipient=A, sequence=sequence))
    return issue


def correction_of(day: int, sequence: int, supersedes: int | None, **changed: object) -> CorrectionBirth:
    """A correction of the slot of `day` for A; its name can't be that of another file."""
    file = file_of(slot_of(day), A, sequence)
    path = f"correction-{sequence}/{file.name}"
    made = CorrectionBirth(
        slot=slot_of(day),
        issue=IssueEntry(A, (replace(file, outbox_path=path),)),
        supersedes_id=supersedes,
        cut_off=NOON,
        generated_at=NOON,
        reason="a test",
        expected_last=sequence - 1,
    )
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.fixture
def three(ledger: Ledger) -> Ledger:
    """Three slots with a file each for A, of which the first has one for B too."""
    ledger.record_slot(birth_of(slot_of(1), {A: [1], B: [1]}))
    ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
    ledger.record_slot(birth_of(slot_of(3), {A: [3]}))
    return ledger


def test_what_waits_stands_behind_what_is_sent_again(three: Ledger) -> None:
    first, second, third = (file for file in three.waiting() if file.recipient == A)
    publish(three, first, second)
    three.record_resend(ResendEntry(numbered(three, 1).issue_id, NOON, "a test"))
    refuses(three, lambda: publish(three, third), f"before {first.name}")
    publish(three, first, third)


def test_what_was_withdrawn_holds_up_nothing_not_even_where_it_was_to_be_sent_again(three: Ledger) -> None:
    first, second, third = (file for file in three.waiting() if file.recipient == A)
    publish(three, first)
    three.record_resend(ResendEntry(numbered(three, 1).issue_id, NOON, "a test"))
    for sequence in (1, 2):
        three.record_withdrawal(WithdrawalEntry(numbered(three, sequence).issue_id, NOON, "a test", removed=False))
    publish(three, third)
    assert [file.name for file in three.waiting() if file.published_at is None and file.recipient == A] == []
    assert second.name not in [file.name for file in three.waiting()]


def test_what_waits_is_not_sent_again(three: Ledger) -> None:
    entry = ResendEntry(numbered(three, 1).issue_id, NOON, "a test")
    refuses(three, lambda: three.record_resend(entry), "waits anyway")


def test_an_issue_is_superseded_once(three: Ledger) -> None:
    first = numbered(three, 1).issue_id
    three.record_correction(correction_of(1, 4, first))
    refuses(three, lambda: three.record_correction(correction_of(1, 5, first)), "superseded already")


def test_a_correction_takes_the_next_number_and_no_other(three: Ledger) -> None:
    birth = correction_of(1, 5, numbered(three, 1).issue_id, expected_last=4)
    refuses(three, lambda: three.record_correction(birth), "stands at 3, its files were made for 4")


def test_a_correction_is_of_the_slot_that_it_supersedes(three: Ledger) -> None:
    birth = correction_of(2, 4, numbered(three, 1).issue_id)
    refuses(three, lambda: three.record_correction(birth), "another slot or recipient")


def test_where_a_slot_has_an_issue_a_correction_names_it(three: Ledger) -> None:
    refuses(three, lambda: three.record_correction(correction_of(1, 4, None)), "which a correction must name")


def test_what_a_correction_left_out_counts_as_recalled_from_then_on(three: Ledger) -> None:
    three.record_correction(correction_of(1, 4, numbered(three, 1).issue_id, held=(HELD,)))
    assert [hold.key for hold in three.open_holds()] == ["attempt:7"]
    earlier, corrected = three.keys_of(numbered(three, 1)), three.keys_of(numbered(three, 4))
    assert (earlier.recalled, corrected.recalled) == (frozenset(), frozenset({"attempt:7"}))
    # The slot itself held nothing of it.
    assert (earlier.held, three.keys_of(numbered(three, 3)).held) == (frozenset(), frozenset())


def test_a_row_is_not_held_twice(three: Ledger) -> None:
    three.record_correction(correction_of(1, 4, numbered(three, 1).issue_id, held=(HELD,)))
    again = WithdrawalEntry(numbered(three, 2).issue_id, NOON, "a test", removed=False, released=(HELD,))
    refuses(three, lambda: three.record_withdrawal(again), "is held already")


def test_a_row_that_is_gone_leaves_a_finding_in_the_same_breath(three: Ledger) -> None:
    three.record_correction(correction_of(1, 4, numbered(three, 1).issue_id, gone=2))
    (finding,) = three.findings()
    assert (finding.kind, finding.detail["rows"]) == ("row-gone", 2)
    assert [act.kind for act in three.acts(limit=2)] == ["correct", "find"]


def test_a_corrected_file_was_generated_when_it_was_corrected(three: Ledger) -> None:
    three.record_correction(correction_of(1, 4, numbered(three, 1).issue_id))
    files = {file.sequence: file for file in three.files(recipient=A)}
    assert files[4].generated_at == NOON
    assert files[1].generated_at < NOON
    assert files[1].superseded_by == files[4].name
