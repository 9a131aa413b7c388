"""Streams and reports that are taken over from an older system."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import Ledger, SlotEntry, Watermark
from ecosmig_publish.ledger.seeds import SlotSeed, StreamSeed

from .made import NOON, A, B, birth_of, content_of, opened, slot_of
from .whole import faults_of, meddle

if TYPE_CHECKING:
    from pathlib import Path

ONE = Report.ECOSMIG_001


def slot_seed(slot: Slot, *keys: bytes, watermark: Watermark | None = None) -> SlotSeed:
    return SlotSeed(SlotEntry(slot, period_of(slot), slot.due_at, NOON, watermark), keys)


def test_a_seeded_stream_goes_on_with_the_next_number(ledger: Ledger) -> None:
    ledger.record_seeds((StreamSeed(ONE, A, 41),), ())
    ledger.record_slot(birth_of(slot_of(1), {A: [42], B: [1]}))
    assert ledger.last_sequences(ONE) == {A: 42, B: 1}


def test_a_seeded_report_goes_on_after_its_slot_and_from_its_bounds(ledger: Ledger) -> None:
    ledger.record_seeds((), (slot_seed(slot_of(3), watermark=Watermark(7, 77)),))
    last = ledger.last_slots()[ONE]
    assert (last.slot, last.cut_off, last.watermark) == (slot_of(3), slot_of(3).due_at, Watermark(7, 77))
    with pytest.raises(LedgerError, match="is older than the last"):
        ledger.record_slot(birth_of(slot_of(2), {A: [1]}))
    ledger.record_slot(birth_of(slot_of(4), {A: [1]}))


def test_a_seeded_slot_is_a_skipped_one_that_says_why(ledger: Ledger) -> None:
    ledger.record_seeds((), (slot_seed(slot_of(3)),))
    (slot,) = ledger.slots()
    assert (slot.outcome, slot.reason) == ("skipped", "seeded")


def test_keys_that_an_older_system_reported_are_reported(ledger: Ledger) -> None:
    slot = Slot(slot_of(1).due_at, Report.ECOSMIG_006)
    ledger.record_seeds((), (slot_seed(slot, b"one", b"two"),))
    assert list(ledger.reported_keys(Report.ECOSMIG_006)) == [b"one", b"two"]


def test_seeding_is_one_act_with_everything_in_it(ledger: Ledger) -> None:
    ledger.record_seeds((StreamSeed(ONE, A, 41), StreamSeed(ONE, B, 7)), (slot_seed(slot_of(3)),))
    (act,) = ledger.acts()
    content = json.loads(act.content)
    assert act.kind == "seed"
    assert content["streams"] == [["ECOSMIG-001", "PAA001", 41], ["ECOSMIG-001", "PBB002", 7]]
    assert content["slots"][0]["due_at"] == "2024-02-03T06:00:00.000000Z"


def test_a_stream_of_which_something_was_issued_is_not_seeded_and_nothing_else_is(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    before = content_of(ledger)
    with pytest.raises(LedgerError, match="number 1 was issued already; nothing was seeded"):
        ledger.record_seeds((StreamSeed(ONE, B, 7), StreamSeed(ONE, A, 41)), ())
    assert content_of(ledger) == before


def test_a_report_of_which_a_slot_was_issued_is_not_seeded(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}))
    with pytest.raises(LedgerError, match=r"its slot of 2024-02-01T06:00:00Z was issued already"):
        ledger.record_seeds((), (slot_seed(slot_of(3)),))


def test_a_new_recipient_of_a_report_that_was_issued_can_be_seeded(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    ledger.record_seeds((StreamSeed(ONE, B, 7),), ())
    assert ledger.last_sequences(ONE) == {A: 1, B: 7}


def test_what_was_seeded_wrongly_can_be_seeded_again_until_something_is_issued(ledger: Ledger) -> None:
    ledger.record_seeds((StreamSeed(ONE, A, 99),), (slot_seed(slot_of(9), b"wrong"),))
    ledger.record_seeds((StreamSeed(ONE, A, 41),), (slot_seed(slot_of(3)),))
    assert ledger.seeded_numbers() == {(ONE, A): 41}
    assert [slot.slot for slot in ledger.slots()] == [slot_of(3)]
    assert faults_of(ledger) == []


def test_a_seeded_history_is_no_gap(ledger: Ledger) -> None:
    ledger.record_seeds((StreamSeed(ONE, A, 41), StreamSeed(ONE, B, 7)), (slot_seed(slot_of(3)),))
    assert faults_of(ledger) == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE slots SET cut_off = '2024-01-03T06:00:00.000000Z'", "cut_off is 2024-01-03"),
        ("UPDATE slots SET watermark_count = 8", "watermark is [8, 77]"),
        ("UPDATE reported_keys SET keys = x'00'", "reported_keys is"),
        ("DELETE FROM reported_keys", "reported_keys is {'count': 0"),
        ("DELETE FROM slots", "the slot of ECOSMIG-006 2024-02-01T06:00:00.000000Z that it seeded is not in the table"),
    ],
)
def test_a_seeded_slot_that_was_changed_is_found(statement: str, expected: str, tmp_path: Path) -> None:
    slot = Slot(slot_of(1).due_at, Report.ECOSMIG_006)
    with opened(tmp_path) as ledger:
        ledger.record_seeds((), (slot_seed(slot, b"one", watermark=Watermark(7, 77)),))
    meddle(tmp_path, statement)
    with opened(tmp_path) as ledger:
        assert any(fault.kind == "act" and expected in fault.what for fault in faults_of(ledger))
