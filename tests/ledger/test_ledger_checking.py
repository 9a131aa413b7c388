"""A sound ledger passes its check; whatever is changed behind its back is found, and the row named."""

from __future__ import annotations

import shutil
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.ledger.chain import Act, Deed, link
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.entries import Actor

from .made import NOON, opened
from .whole import faults_of, meddle, whole_ledger

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.ledger.checking import LedgerFault

A1, A2, A3 = (f"ECOSMIG-001_PAA001_{number}_2024020{number}060500.csv" for number in (1, 2, 3))
B1, B2, B3 = (f"ECOSMIG-001_PBB002_{number}_2024020{slot}060500.csv" for number, slot in ((1, 1), (2, 3), (3, 3)))


@pytest.fixture(scope="session")
def made_whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole ledger, to be copied: making one takes longer than checking it."""
    base = tmp_path_factory.mktemp("whole")
    whole_ledger(base).close()
    return base / "state"


def newest_act(ledger: Ledger) -> Act:
    (act,) = ledger.acts(limit=1)
    return act


def said(faults: list[LedgerFault]) -> str:
    return "\n".join(f"{fault.kind} | {fault.where} | {fault.what}" for fault in faults)


def test_a_sound_ledger_says_nothing(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        head = newest_act(ledger).hash
        assert faults_of(ledger, head) == []


def test_a_new_ledger_says_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        assert faults_of(ledger) == []


NAMES = {"A1": A1, "A2": A2, "A3": A3, "B1": B1, "B2": B2, "B3": B3}
MEDDLINGS = tomllib.loads((Path(__file__).parent / "meddlings.toml").read_text(encoding="utf-8"))


def filled(text: str) -> str:
    for short, name in NAMES.items():
        text = text.replace(f"{{id of {short}}}", f"(SELECT id FROM files WHERE name = '{name}')")  # noqa: S608 - ours
        text = text.replace(f"{{{short}}}", name)
    return text


@pytest.mark.parametrize("case", MEDDLINGS)
def test_what_is_changed_is_found_and_named(case: str, made_whole: Path, tmp_path: Path) -> None:
    shutil.copytree(made_whole, tmp_path / "state")
    meddling = MEDDLINGS[case]
    where, what = filled(meddling["where"]), filled(meddling["what"])
    meddle(tmp_path, *map(filled, meddling["sql"]))
    with opened(tmp_path) as ledger:
        faults = faults_of(ledger)
    matching = [
        it for it in faults if it.kind == meddling["kind"] and where in f"{it.where} {it.what}" and what in it.what
    ]
    assert matching, said(faults)


def test_a_chain_that_was_cut_short_is_found_by_the_head_that_was_noted(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        head = newest_act(ledger).hash
        # The newest act kept a token's library only: nothing in the tables tells that it is gone.
        last = newest_act(ledger).id
    meddle(tmp_path, f"DELETE FROM acts WHERE id = {last}")  # noqa: S608 - a number
    with opened(tmp_path) as ledger:
        assert any(
            fault.kind == "chain" and "not the newest act that was noted" in fault.what
            for fault in faults_of(ledger, head)
        )


def test_a_forged_act_of_nonsense_is_said_and_not_stumbled_over(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        newest = newest_act(ledger)
    forged = link(
        Deed("issue-slot", "x", {"report": "ECOSMIG-001", "due_at": "2024-02-01T06:00:00.000000Z", "files": "y"}),
        Actor("a", "b", "c"),
        NOON,
        newest,
    )
    insert_act(tmp_path, forged)
    with opened(tmp_path) as ledger:
        assert "what one of them says is not what such an act can say" in said(faults_of(ledger))


def test_an_act_of_a_kind_that_is_not_known_is_no_fault(tmp_path: Path) -> None:
    with whole_ledger(tmp_path) as ledger:
        newest = newest_act(ledger)
    insert_act(tmp_path, link(Deed("think", "of something", {"more": [1]}), Actor("a", "b", "c"), NOON, newest))
    with opened(tmp_path) as ledger:
        assert faults_of(ledger) == []


def insert_act(base: Path, act: Act) -> None:
    fields = [str(getattr(act, name)) for name in Act.__slots__]
    fields[1] = instant_text(act.at)
    quoted = ", ".join("'{}'".format(field.replace("'", "''")) for field in fields)
    meddle(base, f"INSERT INTO acts VALUES ({quoted})")  # noqa: S608 - the act is the test's own
