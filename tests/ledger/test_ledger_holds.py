"""Held rows, from slot to slot."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import HeldEntry, Ledger, OpenHold

from .made import birth_of, content_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.ledger import SlotBirth

HELD = HeldEntry("attempt:6", ("no-device", "no-mpxn"), None)


def refuses(ledger: Ledger, birth: SlotBirth, words: str) -> None:
    before = content_of(ledger)
    with pytest.raises(LedgerError, match=words):
        ledger.record_slot(birth)
    assert content_of(ledger) == before


def test_a_held_row_keeps_its_first_slot_and_takes_the_latest_reasons(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD]))
    ledger.record_slot(birth_of(slot_of(2), {}, held=[HeldEntry("attempt:6", ("no-mpxn",), "PAA001")]))
    assert ledger.open_holds() == [
        OpenHold(
            report=Report.ECOSMIG_001,
            key="attempt:6",
            reasons=("no-mpxn",),
            recipient="PAA001",
            held_since=slot_of(1).due_at,
            last_tried_at=slot_of(2).due_at + timedelta(minutes=5),
        )
    ]


@pytest.mark.parametrize("how", ["reported", "not-of-this-report"])
def test_a_closed_hold_is_held_no_more(ledger: Ledger, how: str) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD, replace(HELD, key="attempt:7")]))
    ledger.record_slot(birth_of(slot_of(2), {}, held=[HELD], closed={"attempt:7": how}))
    assert [hold.key for hold in ledger.open_holds()] == ["attempt:6"]


def test_a_row_that_is_held_again_after_its_hold_was_closed_is_held_since_then(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD]))
    ledger.record_slot(birth_of(slot_of(2), {}, closed={HELD.key: "not-of-this-report"}))
    ledger.record_slot(birth_of(slot_of(3), {}, held=[HELD]))
    assert [hold.held_since for hold in ledger.open_holds()] == [slot_of(3).due_at]


def test_holds_are_those_of_the_report_that_is_asked_for(ledger: Ledger) -> None:
    second = slot_of(1, Report.ECOSMIG_002)
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD]))
    ledger.record_slot(birth_of(second, {}, held=[HELD]))
    assert [hold.report for hold in ledger.open_holds()] == [Report.ECOSMIG_001, Report.ECOSMIG_002]
    assert [hold.report for hold in ledger.open_holds(Report.ECOSMIG_002)] == [Report.ECOSMIG_002]


def test_the_slot_keeps_how_many_rows_it_held(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD, replace(HELD, key="attempt:7")]))
    ledger.record_slot(birth_of(slot_of(2), {}, held=[HELD], closed={"attempt:7": "reported"}))
    assert [slot.held for slot in ledger.slots()] == [1, 2]


@pytest.mark.parametrize(
    ("held", "closed", "words"),
    [
        ([HELD, HELD], {}, "held twice"),
        ([HELD], {"attempt:6": "reported"}, "no longer held"),
        ([], {"attempt:9": "reported"}, "not open"),
        ([], {"attempt:6": "forgotten"}, "ck_holds_closed"),
        ([replace(HELD, reasons=())], {}, "without a reason"),
    ],
)
def test_a_hold_that_makes_no_sense_is_refused(
    ledger: Ledger, held: Sequence[HeldEntry], closed: dict[str, str], words: str
) -> None:
    ledger.record_slot(birth_of(slot_of(1), {}, held=[HELD]))
    refuses(ledger, birth_of(slot_of(2), {}, held=held, closed=closed), words)


def test_many_held_rows_are_recorded_and_tried_again(ledger: Ledger) -> None:
    held = [HeldEntry(f"attempt:{number}", ("no-device",), None) for number in range(20_000)]
    ledger.record_slot(birth_of(slot_of(1), {}, held=held))
    ended = {entry.key: "reported" for entry in held[::2]}
    ledger.record_slot(birth_of(slot_of(2), {}, held=held[1::2], closed=ended))
    assert {hold.key for hold in ledger.open_holds()} == {entry.key for entry in held[1::2]}
