"""Published files read again in turn: which ones, how long, and what becomes of those that can't be."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.errors import DestinationBusyError, DestinationError, FolderMissingError, NotFoundError
from ecosmig_publish.ledger import FolderEntry, PublishedEntry, WithdrawalEntry
from ecosmig_publish.workflows.reading_again.reading import ReadAgain, Wanted, read_again
from ecosmig_publish.workflows.reading_again.stand import Pace, Stand
from ecosmig_publish.workflows.reading_again.turns import turns
from tests.ledger.made import NOON, A, B, birth_of, opened, slot_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.ledger import Ledger, RecordedFile

DAY = timedelta(days=1)
MONTH = Wanted(timedelta(minutes=10), 30)
FILES = 12


class Kept(FolderOnDisk):
    """A destination that has the bytes of every file, or raises what the test wants; what is read is noted."""

    def __init__(self) -> None:
        super().__init__(Path("/nowhere"))
        self.read_names: list[str] = []
        self.instead: dict[str, bytes | BaseException] = {}

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        self.read_names.append(name)
        said = self.instead.get(name, self.instead.get(folder.id, bytes_of(name)))
        if isinstance(said, BaseException):
            raise said
        yield said[:5]
        yield said[5:]


def bytes_of(name: str) -> bytes:
    return f"the bytes of {name}".encode()


@pytest.fixture
def destination() -> Kept:
    return Kept()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Twelve files, two of each slot, published and proved at noon."""
    with opened(tmp_path) as ledger:
        for signifier in (A, B):
            ledger.record_folder(FolderEntry(signifier, f"{signifier} Party", f"{signifier} Party", "Party", NOON))
        for day in range(1, FILES // 2 + 1):
            birth = birth_of(slot_of(day), {A: [day], B: [day]})
            issues = tuple(
                replace(issue, files=tuple(replace(file, **_facts(file.name)) for file in issue.files))
                for issue in birth.issues
            )
            ledger.record_slot(replace(birth, issues=issues))
        files = in_order(ledger)
        ledger.record_all_published(
            PublishedEntry(it.file_id, it.name, adopted=False, published_at=NOON) for it in files
        )
        ledger.record_proved([(it.file_id, it.size, it.quick_xor_hash) for it in files], NOON)
        yield ledger


def _facts(name: str) -> dict[str, Any]:
    return {"size": len(bytes_of(name)), "sha256": hashlib.sha256(bytes_of(name)).hexdigest()}


def in_order(ledger: Ledger) -> list[RecordedFile]:
    return sorted(ledger.files(), key=lambda it: it.file_id)


def names(ledger: Ledger) -> list[str]:
    return [it.name for it in in_order(ledger)]


def read(
    ledger: Ledger, destination: Kept, *, files: int = 99, at: datetime = NOON + DAY, wanted: Wanted = MONTH
) -> ReadAgain:
    """Read with a budget that is used up after so many files."""
    destination.read_names.clear()

    def clock() -> float:
        return 0.0 if len(destination.read_names) < files else wanted.budget.total_seconds()

    return read_again(ledger=ledger, destination=destination, wanted=wanted, workers=1, now=lambda: at, clock=clock)


def kinds(found: ReadAgain) -> Counter[str]:
    return Counter(it.kind for it in found.discrepancies)


def test_the_budget_ends_a_run_between_two_files_and_the_next_one_goes_on_from_there(
    ledger: Ledger, destination: Kept
) -> None:
    first = read(ledger, destination, files=5)
    assert (first.pace.files, first.ended, destination.read_names) == (5, False, names(ledger)[:5])
    assert (first.stand.files, first.stand.never, first.stand.oldest_at) == (12, 7, NOON + DAY)

    second = read(ledger, destination, at=NOON + 2 * DAY)
    assert (second.pace.files, second.ended, destination.read_names) == (7, True, names(ledger)[5:])
    assert second.pace.bytes == sum(len(bytes_of(name)) for name in names(ledger)[5:])
    assert (second.stand.never, second.stand.overdue, second.stand.oldest_at) == (0, 0, NOON + DAY)


def test_what_was_read_longest_ago_is_read_first_and_what_was_read_lately_is_not(
    ledger: Ledger, destination: Kept
) -> None:
    order = names(ledger)
    ledger.record_readings([it.file_id for it in in_order(ledger)[:4]], [], NOON + 9 * DAY)
    ledger.record_readings([it.file_id for it in in_order(ledger)[4:8]], [], NOON + 2 * DAY)

    # Half of the thirty days before: the fifth.
    read(ledger, destination, at=NOON + 20 * DAY)
    assert destination.read_names == order[8:] + order[4:8]
    assert read(ledger, destination, at=NOON + 23 * DAY).pace.files == 0
    assert read(ledger, destination, at=NOON + 25 * DAY).pace.files == 4


def test_what_is_not_as_issued_is_said_and_not_recorded_as_read_and_holds_up_nothing(
    ledger: Ledger, destination: Kept
) -> None:
    one, two, three, four, *_ = names(ledger)
    destination.instead = {
        one: NotFoundError("gone"),
        two: b"other bytes",
        three: bytes_of(three).swapcase(),
        four: DestinationError("no right to read it", hint="ask"),
    }
    found = read(ledger, destination)

    assert kinds(found) == {"missing": 1, "altered": 2, "unreadable": 1}
    assert [it.detail for it in found.discrepancies if it.name in (two, three)] == [
        f"11 bytes, issued with {len(bytes_of(two))}",
        "same size, another SHA-256",
    ]
    assert destination.read_names == names(ledger)
    assert (found.stand.failed, found.stand.never) == (4, 0)
    assert [span.agreed for span in ledger.readings().of] == [False, True]


def test_what_failed_goes_to_the_end_of_the_line_and_is_tried_again_behind_its_first_files(
    ledger: Ledger, destination: Kept
) -> None:
    order = names(ledger)
    destination.instead = dict.fromkeys(order[:3], NotFoundError("gone"))
    assert read(ledger, destination, files=4).stand.failed == 3

    line = [[file.name for file in batch] for batch in turns(ledger, NOON + 30 * DAY, at_once=3, retried=2)]
    assert line == [order[4:7], order[:2], order[7:10], order[10:] + order[2:3], order[3:4]]
    # Within the days, too, until it is mended.
    assert kinds(read(ledger, destination, at=NOON + 2 * DAY)) == {"missing": 3}
    destination.instead = {}
    assert read(ledger, destination, at=NOON + 3 * DAY).stand.failed == 0
    assert destination.read_names == order[:3]


def test_what_an_interrupted_run_read_is_on_the_record(ledger: Ledger, destination: Kept) -> None:
    destination.instead = {names(ledger)[3]: KeyboardInterrupt()}
    with pytest.raises(KeyboardInterrupt):
        read(ledger, destination)

    assert ledger.reading_counts() == (3, 0, NOON + DAY)
    destination.instead = {}
    read(ledger, destination)
    assert destination.read_names == names(ledger)[3:]


def test_a_service_that_has_no_time_for_the_first_files_is_asked_for_no_more(ledger: Ledger, destination: Kept) -> None:
    destination.instead = dict.fromkeys(names(ledger), DestinationBusyError("busy"))
    with pytest.raises(DestinationBusyError):
        read(ledger, destination)
    assert len(destination.read_names) == 3

    # They don't come first again: if the fault is theirs, everything else is read all the same.
    destination.instead = dict.fromkeys(names(ledger)[:3], DestinationBusyError("busy"))
    found = read(ledger, destination, at=NOON + 2 * DAY)
    assert (kinds(found), found.pace.files, found.stand.failed) == ({"unreadable": 3}, 9, 3)


def test_a_folder_that_is_gone_is_said_once_and_its_files_stay_unread(ledger: Ledger, destination: Kept) -> None:
    destination.instead = {f"{B} Party": FolderMissingError("no such folder")}
    found = read(ledger, destination)

    assert [(it.kind, it.recipient, it.name) for it in found.discrepancies] == [("folder", B, f"{B} Party")]
    assert (found.pace.files, found.stand.never, found.keeps_up(MONTH)) == (6, 6, False)


def test_what_was_withdrawn_and_removed_is_left_out_even_while_it_is_read(ledger: Ledger) -> None:
    first, second, *_ = in_order(ledger)
    ledger.record_withdrawal(WithdrawalEntry(first.issue_id, NOON, "wrong", removed=True))

    class Removing(Kept):
        def read(self, folder: Folder, name: str) -> Iterator[bytes]:
            if name == second.name:
                ledger.record_withdrawal(WithdrawalEntry(second.issue_id, NOON, "wrong", removed=True))
                raise NotFoundError("just removed")
            return super().read(folder, name)

    found = read(ledger, Removing())
    assert (found.pace.files, found.discrepancies, found.stand.files) == (10, (), 10)


def test_the_files_of_a_folder_are_read_one_after_the_other(ledger: Ledger) -> None:
    meeting = Barrier(2)

    class Watched(Kept):
        met = False

        def read(self, folder: Folder, name: str) -> Iterator[bytes]:
            if folder.signifier == A:
                with suppress(BrokenBarrierError):
                    # Would be passed by two who read in this folder at once.
                    meeting.wait(timeout=0.2)
                    self.met = True
            yield from super().read(folder, name)

    destination = Watched()
    found = read_again(
        ledger=ledger, destination=destination, wanted=MONTH, workers=4, now=lambda: NOON + DAY, clock=lambda: 0.0
    )
    assert (found.pace.files, destination.met) == (FILES, False)


@pytest.mark.parametrize(
    ("pace", "days", "keeps_up"),
    [
        # 1,200 of 30,000 files in ten minutes: the whole takes 25 times as long.
        (Pace(1200, 1200, 600), 25, True),
        (Pace(1000, 1000, 600), 30, True),
        (Pace(990, 990, 600), 31, False),
        # By bytes it takes twice as long: what was read were small ones.
        (Pace(1000, 500, 600), 60, False),
        (Pace(30_000, 30_000, 20), 1, True),
        (Pace(0, 0, 600), None, False),
    ],
)
def test_a_pace_tells_in_how_many_days_a_run_a_day_reads_everything(
    pace: Pace, days: int | None, keeps_up: object
) -> None:
    stand = Stand(30_000, 30_000, 0, 0, 0, NOON)
    found = ReadAgain(pace, ended=False, discrepancies=(), stand=stand)
    assert (pace.days_for(stand, MONTH.budget), found.keeps_up(MONTH)) == (days, keeps_up)
