"""Who can read each folder is looked at and recorded, and what was recorded is what lets a publisher publish."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations import Folder
from ecosmig_publish.errors import FolderAccessError, UsageError
from ecosmig_publish.sandbox import Fault
from ecosmig_publish.workflows.access import look_at_access
from ecosmig_publish.workflows.offboarding import offboard_supplier
from tests.workflows.tenant import PARTIES, A, B
from tests.workflows.test_onboarding_sharepoint import onboard

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.workflows.access import SupplierAccess
    from tests.workflows.tenant import Tenant

ABLE = "PXX001 Able Energy"


def look(tenant: Tenant, signifiers: Collection[Signifier] = ()) -> dict[Signifier, SupplierAccess]:
    with tenant.open() as (ledger, administrator):
        looks = look_at_access(signifiers, ledger=ledger, destination=administrator, now=tenant.now)
        return {one.folder.signifier: one for one in looks}


def is_proved(tenant: Tenant, signifier: Signifier) -> bool:
    with tenant.open() as (ledger, _):
        return ledger.access_proofs()[signifier].is_exact


def publisher_refuses(tenant: Tenant, signifier: Signifier) -> str:
    """Return why the publisher, who isn't shown the grants, puts nothing into a folder; `""` where it would."""
    wiring = tenant.wiring()
    with wiring.ledger() as ledger:
        entry = ledger.folders()[signifier]
        try:
            wiring.publishing(ledger).check_folder(Folder(signifier, entry.folder_id, entry.name))
        except FolderAccessError as error:
            return str(error)
    return ""


def test_every_pinned_folder_is_looked_at_and_recorded(tenant: Tenant) -> None:
    onboard(tenant)
    seen = look(tenant)
    assert {signifier: one.findings for signifier, one in seen.items()} == {A: (), B: ()}
    with tenant.open() as (ledger, _):
        assert len(list(ledger.acts(kind="prove-access"))) == 4


def test_only_the_named_ones_are_looked_at(tenant: Tenant) -> None:
    onboard(tenant)
    assert set(look(tenant, [B])) == {B}


def test_a_stranger_is_recorded_as_not_proved(tenant: Tenant) -> None:
    onboard(tenant)
    eve = tenant.sandbox.people.person("eve@elsewhere.test")
    assert eve is not None
    tenant.sandbox.library().grant(tenant.path(ABLE), "user", eve.id)
    assert "Eve" in look(tenant)[A].findings[0]
    assert not is_proved(tenant, A)
    assert is_proved(tenant, B)


def test_a_folder_that_is_gone_is_recorded_as_not_proved(tenant: Tenant) -> None:
    onboard(tenant)
    tenant.sandbox.library().remove(tenant.path(ABLE))
    assert "the folder of PXX001 is gone" in look(tenant)[A].findings[0]
    assert not is_proved(tenant, A)


def test_a_service_without_an_answer_leaves_the_last_proof(tenant: Tenant) -> None:
    onboard(tenant)
    tenant.sandbox.faults.add(Fault("error", status=503, path="/permissions$", times=0))
    seen = look(tenant)
    assert (seen[A].access, seen[A].findings) == (None, ())
    assert seen[A].error is not None
    assert is_proved(tenant, A)


def test_a_proof_lets_the_publisher_publish_until_it_is_too_old(tenant: Tenant) -> None:
    onboard(tenant)
    assert publisher_refuses(tenant, A) == ""
    tenant.later = timedelta(hours=24, seconds=1)
    assert "no administrator has proved it" in publisher_refuses(tenant, A)
    look(tenant)
    assert publisher_refuses(tenant, A) == ""


class TestOffboarding:
    def test_from_then_on_nothing_is_published_there(self, tenant: Tenant) -> None:
        onboard(tenant)
        with tenant.open() as (ledger, administrator):
            done = offboard_supplier(A, ledger=ledger, destination=administrator, now=tenant.now)
        assert [who.split()[1] for who in done.withdrawn] == ["Ana"]
        assert "no administrator has proved it" in publisher_refuses(tenant, A)
        assert publisher_refuses(tenant, B) == ""

    def test_the_pin_stays_and_onboarding_gives_access_back(self, tenant: Tenant) -> None:
        onboard(tenant)
        before = tenant.folders()
        with tenant.open() as (ledger, administrator):
            offboard_supplier(A, ledger=ledger, destination=administrator, now=tenant.now)
        assert onboard(tenant, PARTIES) == {A: "already pinned", B: "already pinned"}
        assert tenant.folders() == before
        assert publisher_refuses(tenant, A) == ""

    def test_who_has_no_folder_can_t_be_offboarded(self, tenant: Tenant) -> None:
        with tenant.open() as (ledger, administrator), pytest.raises(UsageError, match="PXX001 has no folder here"):
            offboard_supplier(A, ledger=ledger, destination=administrator, now=tenant.now)
