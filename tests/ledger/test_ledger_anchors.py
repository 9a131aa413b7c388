"""Anchors: names that say what they hold, bytes that follow from two acts, a note of what was written."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.ledger.anchors import AnchorName, anchor_of, format_anchor_name, parse_anchor_name
from ecosmig_publish.ledger.chain import Deed, link

from .made import ACTOR, NOON, A, birth_of, slot_of

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Anchor, Ledger


def unwritten(ledger: Ledger) -> Anchor | None:
    end = ledger.chain_end()
    return end[1] if end else None


_hex = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(_hex.map(lambda it: it[:16]), st.integers(1, 10**12 - 1), _hex)
def test_a_name_and_its_parser_are_inverses(ledger_id: str, act: int, act_hash: str) -> None:
    name = AnchorName(ledger_id, act, act_hash)
    assert parse_anchor_name(format_anchor_name(name)) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "notes.txt",
        f"{'a' * 16}_1_{'b' * 64}.json",
        f"{'a' * 16}_000000001_{'b' * 64}.json",
        f"{'A' * 16}_00000001_{'b' * 64}.json",
        f"{'a' * 16}_00000001_{'b' * 63}.json",
        f"{'a' * 16}_00000001_{'b' * 64}.json\n",
        f"{'a' * 16}_\u0661\u0661\u0661\u0661\u0661\u0661\u0661\u0661_{'b' * 64}.json",
    ],
)
def test_what_is_no_anchors_name_is_none(name: str) -> None:
    assert parse_anchor_name(name) is None


def test_an_anchor_says_which_act_by_whom_and_when_and_nothing_of_what_was_done() -> None:
    first = link(Deed("onboard", "PXX001", {}), ACTOR, NOON, None)
    second = link(Deed("find", "secret", {"a": "secret"}), ACTOR, NOON + timedelta(seconds=1), first)
    anchor = anchor_of(first, second)
    assert (anchor.act, anchor.name) == (2, f"{first.hash[:16]}_00000002_{second.hash}.json")
    assert json.loads(anchor.content) == {
        "ledger": first.hash,
        "act": 2,
        "hash": second.hash,
        "at": "2024-03-01T12:00:01.000000Z",
        "identity": "publisher",
        "host": "host-1",
    }


def test_the_newest_act_has_an_anchor_to_be_written_until_it_is_noted(ledger: Ledger) -> None:
    assert unwritten(ledger) is None
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    anchor = unwritten(ledger)
    assert anchor is not None
    ledger.record_anchor(anchor)
    ledger.record_anchor(anchor)
    assert unwritten(ledger) is None
    assert [(it.act, it.name, it.anchored_at) for it in ledger.anchored()] == [(1, anchor.name, NOON)]
    ledger.record_slot(birth_of(slot_of(2), {}))
    newer = unwritten(ledger)
    assert newer is not None
    assert newer.act == 2
    # To note an anchor is no act: it would be a newest act without one.
    assert [act.kind for act in ledger.acts()] == ["issue-slot", "skip-slot"]
