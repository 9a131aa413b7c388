"""Asking who read the files: only about those that matter, recorded at once, and given up where it is refused."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.destinations.receipts import Receipt, Seen
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import DestinationBusyError
from ecosmig_publish.ledger import FolderEntry, PublishedEntry
from ecosmig_publish.workflows.receipts import REFUSALS, ask_receipts, files_to_ask_about
from tests.ledger.made import NOON, A, B, birth_of, opened, slot_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.ledger import Ledger

NOW = NOON + timedelta(days=1)


class Telling(FolderOnDisk):
    """A destination that says of a file what the test wants; asked about, names are noted."""

    def __init__(self, otherwise: Receipt, receipts: Mapping[str, Receipt | Exception] | None = None) -> None:
        super().__init__(Path("/nowhere"))
        self.asked: list[str] = []
        self._receipts = receipts or {}
        self._otherwise = otherwise

    def receipt(self, folder: Folder, name: str, item_id: str) -> Receipt:
        assert item_id == f"{folder.id}/{name}"
        self.asked.append(name)
        said = self._receipts.get(name, self._otherwise)
        if isinstance(said, Exception):
            raise said
        return said


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Two files of 001 and one of 002 of each of two recipients, published at noon."""
    with opened(tmp_path) as ledger:
        for signifier in (A, B):
            ledger.record_folder(FolderEntry(signifier, f"{signifier} Party", f"{signifier} Party", "Party", NOON))
        for slot, number in ((slot_of(1), 1), (slot_of(1, Report.ECOSMIG_002), 1), (slot_of(2), 2)):
            ledger.record_slot(birth_of(slot, {A: [number], B: [number]}))
        files = list(ledger.files())
        ledger.record_all_published(
            PublishedEntry(it.file_id, f"{it.recipient} Party/{it.name}", adopted=False, published_at=NOON)
            for it in files
        )
        ledger.record_proved([(it.file_id, it.size, it.quick_xor_hash) for it in files], NOON)
        yield ledger


def _ask(ledger: Ledger, destination: FolderOnDisk) -> Counter[Seen]:
    files = files_to_ask_about(ledger, (), NOW - timedelta(days=7))
    asked = list(ask_receipts(files, ledger=ledger, destination=destination, now=lambda: NOW))
    assert [it.file for it in asked] == files
    return Counter(it.receipt.seen for it in asked)


def _first_and_last(ledger: Ledger) -> tuple[str, str]:
    """The names of the first and the last file that are asked about."""
    files = files_to_ask_about(ledger, (), NOW - timedelta(days=7))
    return files[0].name, files[-1].name


def test_what_is_said_is_recorded_and_what_was_seen_is_not_asked_about_again(ledger: Ledger) -> None:
    read = {_first_and_last(ledger)[0]: Receipt(Seen.YES, NOW, 2, 2)}
    destination = Telling(Receipt(Seen.NOT_YET, None, 0, 0), read)

    assert _ask(ledger, destination) == {Seen.YES: 1, Seen.NOT_YET: 5}
    assert Counter(it.seen for it in ledger.receipts().values()) == {"yes": 1, "not yet": 5}
    destination.asked.clear()
    assert _ask(ledger, destination) == {Seen.NOT_YET: 5}
    assert len(destination.asked) == 5


def test_the_unknown_leaves_what_was_known(ledger: Ledger) -> None:
    _ask(ledger, Telling(Receipt(Seen.OPENED, None, 2, 1)))

    assert _ask(ledger, Telling(Receipt(Seen.UNKNOWN))) == {Seen.UNKNOWN: 6}
    assert {it.seen for it in ledger.receipts().values()} == {"opened"}


def test_only_what_was_published_lately_is_asked_about(ledger: Ledger) -> None:
    since = NOW - timedelta(days=7)

    assert len(files_to_ask_about(ledger, [B], since)) == 3
    assert files_to_ask_about(ledger, (), NOW) == []


def test_after_three_refusals_nothing_more_is_asked(ledger: Ledger) -> None:
    destination = Telling(Receipt(Seen.UNKNOWN, why="no", refused=True))

    assert _ask(ledger, destination) == {Seen.UNKNOWN: 6}
    assert len(destination.asked) == REFUSALS == 3
    assert ledger.receipts() == {}


def test_refusals_after_an_answer_are_the_files_own(ledger: Ledger) -> None:
    refusal = Receipt(Seen.UNKNOWN, why="no", refused=True)
    destination = Telling(refusal, {_first_and_last(ledger)[0]: Receipt(Seen.NOT_YET, None, 0, 0)})

    assert _ask(ledger, destination) == {Seen.UNKNOWN: 5, Seen.NOT_YET: 1}
    assert len(destination.asked) == 6


def test_what_was_said_before_the_service_went_away_is_recorded(ledger: Ledger) -> None:
    busy = {_first_and_last(ledger)[1]: DestinationBusyError("busy")}
    destination = Telling(Receipt(Seen.NOT_YET, None, 0, 0), busy)

    with pytest.raises(DestinationBusyError):
        _ask(ledger, destination)

    assert len(ledger.receipts()) == 5


def test_a_disk_says_nothing_and_nothing_is_recorded(ledger: Ledger, tmp_path: Path) -> None:
    assert _ask(ledger, FolderOnDisk(tmp_path)) == {Seen.UNKNOWN: 6}
    assert ledger.receipts() == {}
