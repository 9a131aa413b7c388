"""Onboarding ends in a proof: the folder pinned by its id, its readers read back and recorded."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import DestinationBusyError, FolderAccessError
from ecosmig_publish.sandbox import Fault
from ecosmig_publish.workflows.offboarding import offboard_supplier
from ecosmig_publish.workflows.onboarding import onboard_suppliers, plan_onboarding
from tests.workflows.tenant import PARTIES, A, B, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.errors import EcosmigError
    from tests.workflows.tenant import Tenant


def onboard(tenant: Tenant, parties: Mapping[Signifier, str] = PARTIES) -> dict[str, str]:
    """Onboard as one command does; return what was done for each."""
    with tenant.open() as (ledger, administrator):
        done = onboard_suppliers(parties, ledger=ledger, destination=administrator, now=tenant.now)
        return {supplier.signifier: supplier.act for supplier in done}


def errors_of(tenant: Tenant, parties: Mapping[Signifier, str] = PARTIES) -> dict[Signifier, EcosmigError]:
    errors: dict[Signifier, EcosmigError] = {}
    with tenant.open() as (ledger, administrator):
        list(
            onboard_suppliers(
                parties,
                ledger=ledger,
                destination=administrator,
                now=tenant.now,
                on_error=errors.__setitem__,
            )
        )
    return errors


def test_each_folder_is_pinned_by_its_id_and_its_readers_are_recorded(tenant: Tenant) -> None:
    assert onboard(tenant) == {A: "made", B: "made"}
    with tenant.open() as (ledger, _):
        pins, proofs = ledger.folders(), ledger.access_proofs()
    standing = tenant.folders()
    assert {pins[A].name: pins[A].folder_id, pins[B].name: pins[B].folder_id} == standing
    ana = tenant.sandbox.people.person("ana@able-energy.test")
    assert ana is not None
    assert (proofs[A].folder_id, proofs[A].readers, proofs[A].is_exact) == (pins[A].folder_id, (ana.id,), True)
    assert proofs[B].is_exact


def test_who_was_let_in_and_who_was_shut_out_is_on_the_record(tenant: Tenant) -> None:
    onboard(tenant, {A: PARTIES[A]})
    stranger = tenant.sandbox.people.add_person("stranger@elsewhere.test", guest=True)
    tenant.sandbox.library().grant(tenant.path("PXX001 Able Energy"), "user", stranger.id, "read")
    onboard(tenant, {A: PARTIES[A]})
    onboard(tenant, {A: PARTIES[A]})
    ana = tenant.sandbox.people.person("ana@able-energy.test")
    assert ana is not None
    with tenant.open() as (ledger, administrator):
        gone = offboard_supplier(A, ledger=ledger, destination=administrator, now=tenant.now).withdrawn
        acts = [act for kind in ("grant", "offboard") for act in ledger.acts(kind=kind)]
    # The third time there was nothing to change.
    assert [(act.kind, act.subject) for act in acts] == [("grant", A), ("grant", A), ("offboard", A)]
    told = [json.loads(act.content) for act in acts]
    assert [(it["granted"], it["withdrawn"]) for it in told] == [([ana.id], []), ([], [stranger.id]), ([], [ana.id])]
    assert len(gone) == 1


def test_repeated_it_pins_nothing_anew_and_proves_again(tenant: Tenant) -> None:
    onboard(tenant)
    with tenant.open() as (ledger, _):
        first = ledger.access_proofs()[A].looked_at
    tenant.time.sleep(60)
    assert onboard(tenant) == {A: "already pinned", B: "already pinned"}
    with tenant.open() as (ledger, _):
        assert ledger.access_proofs()[A].looked_at > first
        assert [act.subject for act in ledger.acts(kind="onboard")] == [A, B]


def test_a_folder_is_pinned_only_after_its_readers_are_right(tenant: Tenant) -> None:
    tenant.sandbox.faults.add(Fault("reset", path="/invite$", times=0))
    with pytest.raises(DestinationBusyError):
        onboard(tenant)
    with tenant.open() as (ledger, _):
        assert ledger.folders() == {}
    tenant.sandbox.faults.clear()
    assert onboard(tenant) == {A: "taken over", B: "made"}


def test_one_that_can_t_be_onboarded_holds_up_no_other(tenant: Tenant) -> None:
    tenant.sandbox.library().make_folder(tenant.path("PXX001 One"))
    tenant.sandbox.library().make_folder(tenant.path("PXX001 Two"))
    errors = errors_of(tenant)
    assert set(errors) == {A}
    with tenant.open() as (ledger, _):
        assert set(ledger.folders()) == {B}


def test_a_party_that_changed_its_name_keeps_its_pin_and_the_plan_says_so(tenant: Tenant) -> None:
    onboard(tenant)
    renamed = {A: "Able and Sons", B: PARTIES[B]}
    with tenant.open() as (ledger, administrator):
        planned = list(plan_onboarding(renamed, folders=ledger.folders(), destination=administrator))
    assert planned[0].remarks == ("the party is called 'Able and Sons' now; its folder keeps its name",)
    assert planned[1].remarks == ()
    assert onboard(tenant, renamed) == {A: "already pinned", B: "already pinned"}
    assert sorted(tenant.folders()) == ["PXX001 Able Energy", "PXX002 Baker & Co"]


def test_a_folder_that_is_pinned_for_one_recipient_is_never_taken_for_another(tenant: Tenant) -> None:
    onboard(tenant, {A: PARTIES[A]})
    library = tenant.sandbox.library()
    library.move(tenant.path("PXX001 Able Energy"), tenant.path("PXX002 Baker & Co"))
    before, _ = library.grants(tenant.path("PXX002 Baker & Co"))
    error = errors_of(tenant, {B: PARTIES[B]})[B]
    assert isinstance(error, FolderAccessError)
    assert "this folder is pinned as that of PXX001 (PXX001 Able Energy), so it can't be PXX002's" in str(error)
    assert error.hint.startswith("Rename it back to 'PXX001 Able Energy'")
    assert library.grants(tenant.path("PXX002 Baker & Co"))[0] == before
    with tenant.open() as (ledger, _):
        assert set(ledger.folders()) == {A}


def test_who_has_neither_users_nor_a_group_is_left(tenant: Tenant) -> None:
    tenant.suppliers = named("PXX001", users="ana@able-energy.test")
    assert onboard(tenant) == {A: "made", B: "left: no users or group"}
    assert sorted(tenant.folders()) == ["PXX001 Able Energy"]


def test_planning_changes_nothing(tenant: Tenant) -> None:
    with tenant.open() as (_, administrator):
        planned = list(plan_onboarding(PARTIES, folders={}, destination=administrator))
    assert [(one.plan.act, one.plan.name) for one in planned if one.plan] == [
        ("make", "PXX001 Able Energy"),
        ("make", "PXX002 Baker & Co"),
    ]
    assert tenant.folders() == {}
