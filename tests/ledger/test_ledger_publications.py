"""What becomes of issued files, and where they go."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import FolderEntry, Ledger, PublishedEntry, RecordedStream, WaitingFile

from .made import NOON, QUICK_XOR_HASH, SHA256, A, B, birth_of, content_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable

FOLDER = FolderEntry(A, "item-1", "PAA001 Alpha", "Alpha", NOON)


def refuses(ledger: Ledger, act: Callable[[], None], words: str) -> None:
    before = content_of(ledger)
    with pytest.raises(LedgerError, match=words):
        act()
    assert content_of(ledger) == before


def publish(ledger: Ledger, file: WaitingFile, item_id: str = "item", *, adopted: bool = False) -> None:
    ledger.record_all_published([PublishedEntry(file.file_id, item_id, adopted=adopted, published_at=NOON)])


@pytest.fixture
def waiting(ledger: Ledger) -> list[WaitingFile]:
    """Two files for A in one stream, the first of B between them in time, one for A in another."""
    ledger.record_slot(birth_of(slot_of(1), {B: [1], A: [1]}))
    ledger.record_slot(birth_of(slot_of(1, Report.ECOSMIG_002), {A: [1]}))
    ledger.record_slot(birth_of(slot_of(2), {A: [2]}))
    return ledger.waiting()


def test_issued_files_wait_in_the_order_of_their_streams(waiting: list[WaitingFile]) -> None:
    assert [(file.recipient, file.report, file.sequence) for file in waiting] == [
        (A, Report.ECOSMIG_001, 1),
        (A, Report.ECOSMIG_001, 2),
        (A, Report.ECOSMIG_002, 1),
        (B, Report.ECOSMIG_001, 1),
    ]


def test_a_waiting_file_is_what_was_issued(waiting: list[WaitingFile]) -> None:
    name = "ECOSMIG-001_PAA001_1_20240201060000.csv"
    assert waiting[0] == WaitingFile(
        file_id=waiting[0].file_id,
        report=Report.ECOSMIG_001,
        due_at=slot_of(1).due_at,
        recipient=A,
        sequence=1,
        name=name,
        outbox_path=f"ECOSMIG-001_20240201T060000_0a1b2c3d/PAA001/{name}",
        rows=10,
        size=1001,
        sha256=SHA256,
        quick_xor_hash=QUICK_XOR_HASH,
        published_at=None,
        item_id=None,
        conflict=None,
    )


def test_a_published_file_waits_until_it_is_proved(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first = waiting[0]
    publish(ledger, first, "item-7")
    assert ledger.waiting()[0] == replace(first, published_at=NOON, item_id="item-7")
    ledger.record_proved([(first.file_id, first.size, first.quick_xor_hash)], NOON + timedelta(seconds=5))
    assert ledger.waiting() == waiting[1:]


def test_the_first_proof_of_a_file_stays(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first = waiting[0]
    publish(ledger, first)
    proof = [(first.file_id, first.size, first.quick_xor_hash)]
    ledger.record_proved(proof, NOON)
    before = content_of(ledger)
    ledger.record_proved(proof, NOON + timedelta(hours=1))
    assert content_of(ledger) == before


def test_everything_known_of_a_file_can_be_read(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first = waiting[0]
    publish(ledger, first, "item-7", adopted=True)
    ledger.record_proved([(first.file_id, first.size, first.quick_xor_hash)], NOON + timedelta(seconds=5))
    file, other = ledger.files(recipient=A, report=Report.ECOSMIG_001)
    assert (file.published_at, file.item_id, file.adopted) == (NOON, "item-7", True)
    assert (file.proved_at, file.part) == (NOON + timedelta(seconds=5), 1)
    assert (other.published_at, other.adopted, other.proved_at) == (None, None, None)


def test_a_stream_is_published_in_order(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    refuses(ledger, lambda: publish(ledger, waiting[1]), "before ECOSMIG-001_PAA001_1_")
    publish(ledger, waiting[0])
    publish(ledger, waiting[1])


def test_publishing_the_same_again_changes_nothing(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    publish(ledger, waiting[0])
    before = content_of(ledger)
    publish(ledger, waiting[0])
    assert content_of(ledger) == before


def test_a_file_is_not_published_as_two_items(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    publish(ledger, waiting[0], "item-1")
    refuses(ledger, lambda: publish(ledger, waiting[0], "item-2"), "not item-2")


def test_a_file_is_not_proved_by_other_bytes(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first = waiting[0]
    publish(ledger, first)
    longer = (first.file_id, first.size + 1, first.quick_xor_hash)
    refuses(ledger, lambda: ledger.record_proved([longer], NOON), "other bytes")
    other = (first.file_id, first.size, "B" * 27 + "=")
    refuses(ledger, lambda: ledger.record_proved([other], NOON), "other bytes")


def test_a_file_is_not_proved_before_it_is_published(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first = waiting[0]
    proof = (first.file_id, first.size, first.quick_xor_hash)
    refuses(ledger, lambda: ledger.record_proved([proof], NOON), "before it is recorded as published")


def test_one_wrong_proof_leaves_the_others_unrecorded(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    first, last = waiting[0], waiting[3]
    publish(ledger, first)
    proofs = [(file.file_id, file.size, file.quick_xor_hash) for file in (first, last)]
    refuses(ledger, lambda: ledger.record_proved(proofs, NOON), "before it is recorded as published")


def test_a_file_that_nobody_issued_is_refused(ledger: Ledger) -> None:
    refuses(ledger, lambda: ledger.record_conflict(99, "x"), "no file 99")


def test_a_conflict_is_shown_until_the_file_is_published(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    ledger.record_conflict(waiting[0].file_id, "other bytes stand there")
    assert ledger.waiting()[0].conflict == "other bytes stand there"
    publish(ledger, waiting[0])
    assert ledger.waiting()[0].conflict is None


def test_streams_say_what_waits_since_when(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    only_b = waiting[3]
    publish(ledger, only_b)
    ledger.record_proved([(only_b.file_id, only_b.size, only_b.quick_xor_hash)], NOON)
    assert ledger.streams() == [
        RecordedStream(Report.ECOSMIG_001, A, 2, 2, slot_of(1).due_at),
        RecordedStream(Report.ECOSMIG_001, B, 1, 0, None),
        RecordedStream(Report.ECOSMIG_002, A, 1, 1, slot_of(1).due_at),
    ]


def test_a_folder_is_pinned_once(ledger: Ledger) -> None:
    ledger.record_folder(FOLDER)
    ledger.record_folder(FOLDER)
    assert ledger.folders() == {A: FOLDER}
    assert [act.subject for act in ledger.acts(kind="onboard")] == [A]
    refuses(ledger, lambda: ledger.record_folder(replace(FOLDER, folder_id="item-2")), "pinned to item-1")


def test_a_folder_is_not_pinned_for_two_recipients(ledger: Ledger) -> None:
    ledger.record_folder(FOLDER)
    taken = replace(FOLDER, signifier=B, name="PBB002 Beta")
    refuses(ledger, lambda: ledger.record_folder(taken), "pinned as that of PAA001")


def test_a_finding_can_be_read_later(ledger: Ledger) -> None:
    ledger.record_finding("behind-cut-off", {"rows_then": 3, "rows_now": 4})
    (finding,) = ledger.findings()
    assert (finding.at, finding.kind, finding.detail) == (
        NOON,
        "behind-cut-off",
        {"rows_then": 3, "rows_now": 4},
    )


def test_several_threads_may_record_at_once(ledger: Ledger, waiting: list[WaitingFile]) -> None:
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - for this test alone

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda number: ledger.record_conflict(waiting[number % 4].file_id, str(number)), range(40)))
    assert len(list(ledger.acts(kind="find-conflict"))) == 40


def test_several_files_are_recorded_as_published_together_with_an_act_each(
    ledger: Ledger, waiting: list[WaitingFile]
) -> None:
    ledger.record_all_published(
        [PublishedEntry(it.file_id, it.name, adopted=False, published_at=NOON) for it in waiting]
    )
    assert {it.name for it in ledger.waiting() if it.item_id == it.name} == {it.name for it in waiting}
    assert [act.subject for act in ledger.acts(kind="publish-file")] == [it.name for it in waiting]


def test_of_several_files_none_is_recorded_where_one_overtakes_its_stream(
    ledger: Ledger, waiting: list[WaitingFile]
) -> None:
    backwards = [PublishedEntry(it.file_id, it.name, adopted=False, published_at=NOON) for it in reversed(waiting)]
    with pytest.raises(LedgerError):
        ledger.record_all_published(backwards)
    assert [it.published_at for it in ledger.waiting()] == [None] * len(waiting)
