"""What a recovery records, and how a backup is brought back; in a file and on a server."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError, UsageError
from ecosmig_publish.ledger import (
    HeldEntry,
    PublishedEntry,
    RecoveredIssue,
    RecoveredReport,
    RecoveredSlot,
    Recovery,
)
from ecosmig_publish.ledger.backing_up import back_up
from tests.ledger.made import NOON, A, birth_of, entry_of, file_of, slot_of

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger
    from tests.ledger.conftest import NewPlace

FIRST, SECOND, THIRD = slot_of(26), slot_of(27), slot_of(28)


def found(slot: object, sequence: int, item: str | None = "item") -> RecoveredSlot:
    """A slot of which one file for A stands in its folder."""
    entry = entry_of(slot)  # type: ignore[arg-type]
    file = file_of(slot, A, sequence)  # type: ignore[arg-type]
    file = replace(file, outbox_path=f"found_{sequence}/{file.name}", sha256="cd" * 32)
    issue = RecoveredIssue(A, entry.generated_at, entry.cut_off, (file,), (item,))
    return RecoveredSlot(entry, (issue,))


def copied(ledger: Ledger, directory: Path) -> Path:
    """Back a ledger up, and return where."""
    with ledger.at_one_moment() as connection:
        return back_up(connection, directory, "it.db", NOON).path


def recovery_of(*slots: RecoveredSlot, **others: object) -> Recovery:
    return Recovery(NOON, (RecoveredReport(Report.ECOSMIG_001, slots, **others),))  # type: ignore[arg-type]


def test_what_was_found_is_issued_published_and_proved_and_the_stream_goes_on_after_it(ledger: Ledger) -> None:
    ledger.record_recovery(recovery_of(found(FIRST, 1), found(SECOND, 2)))
    assert [(it.sequence, it.item_id, it.proved_at) for it in ledger.files()] == [(1, "item", NOON), (2, "item", NOON)]
    assert ledger.last_sequences(Report.ECOSMIG_001) == {A: 2}
    assert ledger.last_slots()[Report.ECOSMIG_001].slot == SECOND
    assert ledger.outbox_directories() == {"found_1", "found_2"}


def test_what_stands_in_no_folder_waits(ledger: Ledger) -> None:
    ledger.record_recovery(recovery_of(found(FIRST, 1, item=None)))
    assert [it.sequence for it in ledger.waiting()] == [1]


def test_an_issue_that_never_left_the_outbox_gives_way_and_its_slot_falls_due_again(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(SECOND, {A: [1]}))
    (file,) = ledger.files()
    giving_way = frozenset({file.issue_id})
    ledger.record_recovery(recovery_of(found(FIRST, 1), due_again=(SECOND,), giving_way=giving_way))
    assert [it.name for it in ledger.files()] == [file_of(FIRST, A, 1).name]
    assert [it.slot for it in ledger.slots()] == [FIRST]
    # What it wrote stays known: nobody takes it for another ledger's.
    assert len(ledger.outbox_directories()) == 2


def test_an_issue_that_was_published_does_not_give_way_and_nothing_is_recorded(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(FIRST, {A: [1]}))
    (file,) = ledger.files()
    ledger.record_all_published([PublishedEntry(file.file_id, "item", adopted=False, published_at=NOON)])
    with pytest.raises(LedgerError, match="can't give way"):
        ledger.record_recovery(recovery_of(found(SECOND, 2), giving_way=frozenset({file.issue_id})))
    assert [it.sequence for it in ledger.files()] == [1]


def test_rows_are_held_from_the_last_slot_on_and_holds_that_were_reported_end(ledger: Ledger) -> None:
    held = [HeldEntry("attempt:1", ("no-device",), None), HeldEntry("attempt:2", ("no-device",), None)]
    ledger.record_slot(birth_of(FIRST, {}, held=held))
    new = (HeldEntry("attempt:3", ("not-in-recovered-files",), None),)
    ledger.record_recovery(recovery_of(found(SECOND, 1), held=new, reported=frozenset({"attempt:1"})))
    assert [(it.key, it.held_since) for it in ledger.open_holds()] == [
        ("attempt:2", FIRST.due_at),
        ("attempt:3", SECOND.due_at),
    ]
    assert ledger.reported_holds(Report.ECOSMIG_001, SECOND.due_at) == {"attempt:1"}


def test_a_second_file_of_a_slot_supersedes_the_first(ledger: Ledger) -> None:
    slot = found(FIRST, 1)
    again = replace(found(FIRST, 2).issues[0], created_at=NOON)
    ledger.record_recovery(recovery_of(replace(slot, issues=(*slot.issues, again))))
    first, second = ledger.files()
    assert first.superseded_by == second.name


def test_a_backup_is_brought_back_whole_and_numbers_go_on(new_opened_place: NewPlace, tmp_path: Path) -> None:
    with new_opened_place().opened() as ledger:
        ledger.record_recovery(recovery_of(found(FIRST, 1), found(SECOND, 2)))
        backup = copied(ledger, tmp_path)
    with new_opened_place().opened() as other:
        other.load_backup(backup)
        assert [it.sequence for it in other.files()] == [1, 2]
        other.record_slot(birth_of(THIRD, {A: [3]}, expected_last={A: 2}))
        assert [it.sequence for it in other.files()] == [1, 2, 3]


def test_what_a_backup_replaces_is_named_on_the_record(new_opened_place: NewPlace, tmp_path: Path) -> None:
    with new_opened_place().opened() as ledger:
        ledger.record_recovery(recovery_of(found(FIRST, 1)))
        backup = copied(ledger, tmp_path)
    with new_opened_place().opened() as other:
        other.record_finding("missing", {"name": "of the ledger that was begun meanwhile"})
        (begun,) = other.acts()
        end = other.chain_end()
        assert end is not None
        assert end[1] is not None
        other.record_anchor(end[1])
        other.load_backup(backup)
        recovering, loading = other.acts()
        assert json.loads(loading.content) == {
            "head": recovering.hash,
            "acts": 1,
            "replaced": {"head": begun.hash, "acts": 1},
        }
        assert other.anchored() == []


def test_a_backup_is_not_loaded_over_what_a_ledger_knows(ledger: Ledger, tmp_path: Path) -> None:
    ledger.record_recovery(recovery_of(found(FIRST, 1)))
    backup = copied(ledger, tmp_path)
    with pytest.raises(UsageError, match="not empty"):
        ledger.load_backup(backup)
