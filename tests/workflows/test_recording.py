"""Workers that placed files share one record in the ledger."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Lock
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import PublishedEntry
from ecosmig_publish.workflows.recording import Recorder

if TYPE_CHECKING:
    from collections.abc import Sequence

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
REFUSED = 3


class HeldLedger:
    """Keeps what it is told; the first record takes until it is let go; one file is refused."""

    def __init__(self) -> None:
        self.began, self.let_go = Event(), Event()
        self.batches: list[list[int]] = []

    def record_all_published(self, entries: Sequence[PublishedEntry]) -> None:
        self.began.set()
        self.let_go.wait(10)
        if REFUSED in [entry.file_id for entry in entries]:
            raise LedgerError("refused")
        self.batches.append([entry.file_id for entry in entries])


def entry(number: int) -> PublishedEntry:
    return PublishedEntry(number, f"item {number}", adopted=False, published_at=NOON)


def record_while_the_first_is_written(ledger: HeldLedger, numbers: Sequence[int]) -> list[BaseException | None]:
    recorder = Recorder(ledger, Lock())
    with ThreadPoolExecutor(len(numbers)) as pool:
        first = pool.submit(recorder.record, entry(numbers[0]))
        assert ledger.began.wait(10)
        others = [pool.submit(recorder.record, entry(number)) for number in numbers[1:]]
        deadline = time.monotonic() + 10
        while len(recorder._queue) < len(others) and time.monotonic() < deadline:
            pass
        ledger.let_go.set()
        return [future.exception(10) for future in (first, *others)]


def test_who_comes_while_a_record_is_written_shares_the_next_one() -> None:
    ledger = HeldLedger()
    assert record_while_the_first_is_written(ledger, [1, 4, 5, 6]) == [None] * 4
    assert [sorted(batch) for batch in ledger.batches] == [[1], [4, 5, 6]]


def test_an_entry_that_is_refused_is_refused_alone() -> None:
    ledger = HeldLedger()
    ended = record_while_the_first_is_written(ledger, [1, 2, REFUSED, 4])
    assert [type(error) for error in ended] == [type(None), type(None), LedgerError, type(None)]
    assert sorted(number for batch in ledger.batches for number in batch) == [1, 2, 4]


def test_a_lone_entry_that_is_refused_says_so() -> None:
    ledger = HeldLedger()
    ledger.let_go.set()
    with pytest.raises(LedgerError):
        Recorder(ledger, Lock()).record(entry(REFUSED))
