"""What is known of who read a file: the latest look counts, and what was once known stays known."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.ledger import Ledger, PublishedEntry, ReceiptEntry, ResendEntry, WithdrawalEntry

from .made import NOON, QUICK_XOR_HASH, A, B, birth_of, slot_of

if TYPE_CHECKING:
    from ecosmig_publish.ledger import RecordedFile

LATER = NOON + timedelta(days=1)
READ_AT = NOON - timedelta(hours=1)


@pytest.fixture
def file(ledger: Ledger) -> RecordedFile:
    """A's first file, published and proved; B's stands only issued."""
    ledger.record_slot(birth_of(slot_of(1), {A: [1], B: [1]}))
    (file,) = ledger.files(recipient=A)
    ledger.record_all_published([PublishedEntry(file.file_id, "item", adopted=False, published_at=NOON)])
    ledger.record_proved([(file.file_id, file.size, QUICK_XOR_HASH)], NOON)
    return file


def see(ledger: Ledger, file: RecordedFile, seen: str, opened: int | None = None, *, at: object = NOON) -> None:
    entry = ReceiptEntry(file.file_id, seen, READ_AT if seen == "yes" else None, opened, opened)
    ledger.record_receipts(A, [entry], at)  # type: ignore[arg-type]


def known(ledger: Ledger, file: RecordedFile) -> tuple[str, int | None]:
    receipt = ledger.receipts()[file.file_id]
    return receipt.seen, receipt.opened


@pytest.mark.usefixtures("file")
def test_before_anybody_asked_nothing_is_known(ledger: Ledger) -> None:
    assert ledger.receipts() == {}
    # B's file isn't proved, and so isn't counted.
    assert ledger.receipt_counts() == ({}, 1, None)


def test_a_receipt_is_recorded_with_an_act_that_tells_it(ledger: Ledger, file: RecordedFile) -> None:
    see(ledger, file, "yes", 2)

    receipt = ledger.receipts(A)[file.file_id]
    assert (receipt.seen, receipt.seen_at, receipt.found_at, receipt.asked_at) == ("yes", READ_AT, NOON, NOON)
    assert ledger.receipts(B) == {}
    assert ledger.receipt_counts() == ({"yes": 1}, 1, NOON)
    (act,) = ledger.acts(limit=1)
    assert (act.kind, act.subject, file.name in act.content) == ("see-receipts", A, True)


@pytest.mark.parametrize(
    ("first", "then", "stands"),
    [
        (("not yet", 0), ("opened", 1), ("opened", 1)),
        (("opened", 1), ("opened", 3), ("opened", 3)),
        (("opened", 3), ("yes", 3), ("yes", 3)),
        # The service forgets, and counts anew.
        (("opened", 3), ("not yet", 0), ("opened", 3)),
        (("opened", 3), ("opened", 1), ("opened", 3)),
        (("yes", 3), ("opened", 9), ("yes", 3)),
        (("yes", 3), ("yes", 9), ("yes", 3)),
    ],
)
def test_what_was_once_known_stays_known(
    ledger: Ledger, file: RecordedFile, first: tuple[str, int], then: tuple[str, int], stands: tuple[str, int]
) -> None:
    see(ledger, file, *first)
    see(ledger, file, *then, at=LATER)

    assert known(ledger, file) == stands


def test_without_news_there_is_no_act_and_the_look_is_remembered(ledger: Ledger, file: RecordedFile) -> None:
    see(ledger, file, "not yet", 0)
    acts = len(list(ledger.acts()))
    see(ledger, file, "not yet", 0, at=LATER)

    receipt = ledger.receipts()[file.file_id]
    assert (receipt.found_at, receipt.asked_at) == (NOON, LATER)
    assert len(list(ledger.acts())) == acts


def test_many_files_are_recorded_in_one_act(ledger: Ledger, file: RecordedFile) -> None:
    entry = ReceiptEntry(file.file_id, "not yet", None, 0, 0)
    (other,) = ledger.files(recipient=B)

    ledger.record_receipts(A, [entry, replace(entry, file_id=other.file_id)], NOON)

    assert set(ledger.receipts()) == {file.file_id, other.file_id}
    assert [act.kind for act in ledger.acts(kind="see-receipts")] == ["see-receipts"]


@pytest.mark.parametrize("what", ["withdrawn", "sent again"])
def test_what_no_longer_stands_proved_is_not_counted(ledger: Ledger, file: RecordedFile, what: str) -> None:
    see(ledger, file, "opened", 1)
    if what == "withdrawn":
        ledger.record_withdrawal(WithdrawalEntry(file.issue_id, NOON, "wrong", removed=False))
    else:
        ledger.record_resend(ResendEntry(file.issue_id, NOON, "asked for"))

    assert ledger.receipt_counts() == ({}, 0, NOON)
