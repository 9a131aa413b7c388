"""When files were last read again: a few rows for a million files, and acts that name none of them."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.ledger import PublishedEntry, WithdrawalEntry
from ecosmig_publish.ledger.spans import Span

from .made import NOON, QUICK_XOR_HASH, A, B, birth_of, slot_of
from .whole import faults_of, named

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger

LATER = NOON + timedelta(days=1)


@pytest.fixture
def numbers(ledger: Ledger) -> list[int]:
    """The numbers of six files, all proved but the last; in their order."""
    for day in (1, 2, 3):
        ledger.record_slot(named(birth_of(slot_of(day), {A: [day], B: [day]})))
    files = sorted(ledger.files(), key=lambda it: it.file_id)
    placed = [PublishedEntry(it.file_id, f"item {it.file_id}", adopted=False, published_at=NOON) for it in files]
    ledger.record_all_published(placed)
    ledger.record_proved([(it.file_id, it.size, QUICK_XOR_HASH) for it in files[:-1]], NOON)
    return [it.file_id for it in files]


def test_files_read_in_a_row_are_one_row_and_one_act_that_names_none(ledger: Ledger, numbers: list[int]) -> None:
    ledger.record_readings(numbers[:5], [], NOON)

    assert ledger.readings().of == [Span(numbers[0], numbers[4], NOON, agreed=True)]
    (act,) = ledger.acts(limit=1)
    assert (act.kind, act.subject) == ("read-files", "5 files")
    assert json.loads(act.content) == {
        "read_at": "2024-03-01T12:00:00.000000Z",
        "agreed": [[numbers[0], numbers[4]]],
        "failed": [],
    }


def test_a_later_reading_takes_the_place_of_an_earlier_one(ledger: Ledger, numbers: list[int]) -> None:
    ledger.record_readings(numbers[:5], [], NOON)
    ledger.record_readings([numbers[1]], [numbers[2]], LATER)

    assert ledger.readings().of == [
        Span(numbers[0], numbers[0], NOON, agreed=True),
        Span(numbers[1], numbers[1], LATER, agreed=True),
        Span(numbers[2], numbers[2], LATER, agreed=False),
        Span(numbers[3], numbers[4], NOON, agreed=True),
    ]
    assert ledger.reading_counts() == (5, 1, NOON)
    assert faults_of(ledger) == []


def test_where_nothing_was_read_nothing_is_recorded(ledger: Ledger) -> None:
    ledger.record_readings([], [], NOON)

    assert (list(ledger.acts()), ledger.reading_counts()) == ([], (0, 0, None))


def test_only_what_is_proved_and_not_removed_is_to_be_read(ledger: Ledger, numbers: list[int]) -> None:
    first, second = (it for it in sorted(ledger.files(), key=lambda it: it.file_id) if it.file_id in numbers[:2])
    for file, removed in ((first, True), (second, False)):
        ledger.record_withdrawal(WithdrawalEntry(file.issue_id, NOON, "wrong", removed=removed))

    assert [it.file_id for it in ledger.standing_files(1, numbers[-1], 10)] == numbers[1:5]
    assert [it.file_id for it in ledger.standing_files(numbers[2], numbers[3], 1)] == [numbers[2]]
    # A file has 1000 bytes and as many more as its sequence number says; the first one doesn't count.
    assert ledger.weigh([(1, numbers[0]), (numbers[1], numbers[3])]) == (3, 1001 + 1002 + 1002)
