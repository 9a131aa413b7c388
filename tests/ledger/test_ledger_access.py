from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import AccessProof, FolderEntry

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
