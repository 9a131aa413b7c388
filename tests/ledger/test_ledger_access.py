from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import AccessChange, AccessProof, FolderEntry

from .made import NOON, A, B

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger

FOLDER = FolderEntry(signifier=A, folder_id="01A", name=f"{A} Able", party_name="Able", onboarded_at=NOON)
PROOF = AccessProof(A, "01A", ("group-a", "owner"), is_exact=True, looked_at=NOON)


def test_the_latest_look_at_a_folder_counts_and_each_is_an_act(ledger: Ledger) -> None:
    ledger.record_folder(FOLDER)
    ledger.record_access_proof(PROOF)
    later = replace(PROOF, readers=("owner", "stranger"), is_exact=False)
    ledger.record_access_proof(later)
    assert ledger.access_proofs() == {A: later}
    assert [act.subject for act in ledger.acts(kind="prove-access")] == [A, A]


def test_what_was_granted_and_withdrawn_is_an_act_before_the_look_that_followed(ledger: Ledger) -> None:
    ledger.record_folder(FOLDER)
    ledger.record_access_proof(
        PROOF, AccessChange("grant", granted=("group-a", "a-guest"), withdrawn=("stranger",), invited=1)
    )
    granting, proving = list(ledger.acts())[1:]
    assert (granting.kind, granting.subject, proving.kind) == ("grant", A, "prove-access")
    assert json.loads(granting.content) == {
        "folder_id": "01A",
        "granted": ["a-guest", "group-a"],
        "withdrawn": ["stranger"],
        "invited": 1,
    }


def test_a_grant_whose_look_is_refused_leaves_no_act(ledger: Ledger) -> None:
    with pytest.raises(LedgerError, match="not the one that is pinned"):
        ledger.record_access_proof(PROOF, AccessChange("offboard"))
    assert list(ledger.acts()) == []


@pytest.mark.parametrize("proof", [replace(PROOF, folder_id="01B"), replace(PROOF, signifier=B)])
def test_a_look_at_another_folder_than_the_pinned_one_is_refused(ledger: Ledger, proof: AccessProof) -> None:
    ledger.record_folder(FOLDER)
    with pytest.raises(LedgerError, match="not the one that is pinned"):
        ledger.record_access_proof(proof)
    assert ledger.access_proofs() == {}


def test_a_librarys_token_is_the_last_one_kept(ledger: Ledger) -> None:
    assert ledger.change_token("b!1") is None
    ledger.record_change_token("b!1", "first")
    ledger.record_change_token("b!1", "second")
    ledger.record_change_token("b!2", "other")
    assert (ledger.change_token("b!1"), ledger.change_token("b!2")) == ("second", "other")
