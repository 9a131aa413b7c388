"""The chain of acts: what was tampered with is found and named."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosmig_publish.ledger import Act, BrokenLink, PublishedEntry, check
from ecosmig_publish.ledger.chain import START, Deed, canonical, hash_of, link

from .made import ACTOR, NOON, A, birth_of, slot_of

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger


def chain_of(length: int) -> list[Act]:
    acts: list[Act] = []
    for number in range(length):
        deed = Deed("publish-file", f"file {number}", {"item_id": f"item-{number}"})
        acts.append(link(deed, ACTOR, NOON + timedelta(seconds=number), acts[-1] if acts else None))
    return acts


def broken(acts: list[Act]) -> list[int]:
    return [found.id for found in check(acts)]


def test_a_whole_chain_is_whole() -> None:
    assert list(check(chain_of(5))) == []
    assert list(check([])) == []


def test_the_hash_is_that_of_the_canonical_fields() -> None:
    (act,) = chain_of(1)
    fields = (
        '{"at":"2024-03-01T12:00:00.000000+00:00","content":"{\\"item_id\\":\\"item-0\\"}","host":"host-1","id":1,'
        '"identity":"publisher","kind":"publish-file","previous_hash":"' + "0" * 64 + '","subject":"file 0",'
        '"version":"0.1.0"}'
    )
    assert act.hash == hashlib.sha256(fields.encode()).hexdigest()


@pytest.mark.parametrize(
    "edit",
    [
        {"at": NOON},
        {"identity": "somebody"},
        {"host": "elsewhere"},
        {"version": "9"},
        {"kind": "adopt-file"},
        {"subject": "file 9"},
        {"content": "{}"},
    ],
)
def test_an_edited_act_is_found(edit: dict[str, Any]) -> None:
    acts = chain_of(5)
    acts[2] = replace(acts[2], **edit)
    assert list(check(acts)) == [BrokenLink(3, "act 3 was edited: its hash is not that of its fields")]


def test_an_edited_act_with_a_fresh_hash_is_found_at_its_successor() -> None:
    acts = chain_of(5)
    edited = replace(acts[2], subject="file 9")
    acts[2] = replace(edited, hash=hash_of(edited))
    assert broken(acts) == [4]


def test_a_dropped_act_is_named() -> None:
    acts = chain_of(5)
    del acts[2]
    assert list(check(acts)) == [BrokenLink(3, "act 3 is missing")]


def test_dropped_first_acts_are_named() -> None:
    assert list(check(chain_of(5)[2:])) == [BrokenLink(1, "acts 1 to 2 are missing")]


def test_an_inserted_act_is_found() -> None:
    acts = chain_of(5)
    acts.insert(3, link(Deed("publish-file", "slipped in", {}), ACTOR, NOON, acts[2]))
    assert broken(acts) == [4]


def test_an_act_inserted_under_a_number_of_its_own_is_found() -> None:
    acts = chain_of(3)
    acts.append(replace(link(Deed("x", "y", {}), ACTOR, NOON, acts[2]), previous_hash=START))
    assert set(broken(acts)) == {4}


def test_reordered_acts_are_found() -> None:
    acts = chain_of(5)
    acts[1], acts[2] = acts[2], acts[1]
    assert {2, 3} <= set(broken(acts))


def test_a_chain_cut_short_is_found_by_a_head_noted_elsewhere() -> None:
    acts = chain_of(5)
    assert list(check(acts, head=acts[-1].hash)) == []
    assert [found.id for found in check(acts[:-1], head=acts[-1].hash)] == [4]


@given(
    st.integers(2, 6).flatmap(lambda length: st.tuples(st.just(length), st.permutations(range(length)))),
    st.integers(0, 5),
)
def test_no_choice_or_order_of_the_acts_but_the_whole_one_passes(chosen: tuple[int, list[int]], kept: int) -> None:
    length, order = chosen
    acts = chain_of(length)
    some = [acts[place] for place in order][: max(1, length - kept)]
    assert bool(list(check(some, head=acts[-1].hash))) == (some != acts)


def test_canonical_text_knows_no_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "£"}) == canonical({"a": "£", "b": 1}) == '{"a":"£","b":1}'


def test_every_recorded_change_is_a_link_of_a_whole_chain(ledger: Ledger) -> None:
    ledger.record_slot(birth_of(slot_of(1), {A: [1]}))
    ledger.record_slot(birth_of(slot_of(2), {}))
    (file,) = ledger.waiting()
    ledger.record_all_published([PublishedEntry(file.file_id, "item", adopted=False, published_at=NOON)])
    ledger.record_proved([(file.file_id, file.size, file.quick_xor_hash)], NOON)
    acts = list(ledger.acts())
    assert [act.kind for act in acts] == ["issue-slot", "skip-slot", "publish-file", "prove-files"]
    assert {(act.identity, act.host, act.version, act.at) for act in acts} == {("publisher", "host-1", "0.1.0", NOON)}
    assert list(check(acts)) == []


def test_the_newest_acts_come_oldest_first(ledger: Ledger) -> None:
    for day in range(1, 5):
        ledger.record_slot(birth_of(slot_of(day), {}))
    assert [act.id for act in ledger.acts(limit=2)] == [3, 4]
