"""The doctor at SharePoint: proved by doing, and nothing of it stays behind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.cli.views.doctor import examine
from ecosmig_publish.destinations.sharepoint import open_library
from ecosmig_publish.destinations.sharepoint.probing import StagingTrial
from ecosmig_publish.sandbox import Fault
from ecosmig_publish.workflows.doctor import Level
from tests.workflows.tenant import A, B
from tests.workflows.test_onboarding_sharepoint import onboard

if TYPE_CHECKING:
    from ecosmig_publish.workflows.doctor import Check
    from tests.workflows.tenant import Tenant

ABLE = "PXX001 Able Energy"
TRIAL = ["staging write", "staging read", "staging hash", "staging move", "taken name", "excess rights", "removal"]


def examined(tenant: Tenant) -> dict[str, Check]:
    """Return what the doctor finds at SharePoint, by the check's name; each name comes once."""
    checks = list(examine(tenant.wiring()))
    assert len({check.name for check in checks}) == len(checks)
    return {check.name: check for check in checks if check.name not in {"data", "ledger", "outbox"}}


def found(tenant: Tenant) -> dict[str, str]:
    """Return what is not good and no mere warning."""
    return {name: check.says for name, check in examined(tenant).items() if check.level is Level.FINDING}


def staged(tenant: Tenant) -> list[str]:
    library = tenant.sandbox.library()
    staging = library.item("_staging")
    assert staging is not None
    return [item.name for item in tenant.sandbox._tenant.items.below(staging) if item.name != "anchors"]


@pytest.fixture
def onboarded(tenant: Tenant) -> Tenant:
    onboard(tenant)
    tenant.sandbox.clear_requests()
    return tenant


def test_where_all_is_well_everything_is_good_but_what_is_worth_knowing(onboarded: Tenant) -> None:
    checks = examined(onboarded)
    assert {name for name, check in checks.items() if check.level is not Level.GOOD} == {"staging readers"}
    assert set(checks) >= {
        "configuration",
        "certificate",
        "sign-in",
        "administrator's sign-in",
        "site and library",
        "library's folders",
        "clock",
        *TRIAL,
        f"folder {A}",
        f"folder {B}",
    }


def test_its_own_files_are_gone_and_recipients_folders_were_not_touched(onboarded: Tenant) -> None:
    library, tree = onboarded.sandbox.library(), onboarded.sandbox._tenant.items
    changed = tree.get(onboarded.folders()[ABLE])
    examined(onboarded)
    assert staged(onboarded) == []
    assert tree.get(onboarded.folders()[ABLE]) == changed
    assert library.ever_visible(onboarded.path(ABLE)) == {}


@pytest.mark.parametrize(
    ("method", "at"), [("PUT", 1), ("PUT", 2), ("POST", 1), ("PATCH", 1), ("PATCH", 2), ("DELETE", 1), ("DELETE", 2)]
)
def test_a_lost_reply_leaves_nothing_behind(onboarded: Tenant, method: str, at: int) -> None:
    onboarded.sandbox.faults.add(Fault("reset", method=method, path="^/v1.0/", at=at, after=True))
    assert found(onboarded) == {}
    assert onboarded.sandbox.faults.waiting() == []
    assert staged(onboarded) == []


def test_interrupted_it_takes_away_what_it_wrote(onboarded: Tenant) -> None:
    wiring = onboarded.wiring()
    sharepoint = wiring.settings.destination.sharepoint
    assert sharepoint is not None
    library = open_library(wiring.connection(sharepoint), wiring.sharepoint_timing)

    def interrupted() -> None:
        with StagingTrial(library) as trial:
            trial.write()
            trial.move()
            assert len(staged(onboarded)) == 3
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert staged(onboarded) == []


def test_a_trial_that_fails_half_way_is_a_finding_and_leaves_nothing_behind(onboarded: Tenant) -> None:
    onboarded.sandbox.faults.add(Fault("flip", method="PUT", path=":/content$"))
    checks = examined(onboarded)
    assert "other bytes came back" in checks["staging read"].says
    assert "staging move" not in checks
    assert staged(onboarded) == []


def test_a_site_without_room_is_a_finding(onboarded: Tenant) -> None:
    onboarded.sandbox.faults.add(Fault("quota", method="PUT", path=":/content$", times=0))
    assert "no room" in found(onboarded)["staging write"]
    assert staged(onboarded) == []


def test_what_can_t_be_removed_is_named(onboarded: Tenant) -> None:
    onboarded.sandbox.faults.add(Fault("error", status=404, method="DELETE", path="^/v1.0/", times=0))
    check = examined(onboarded)["removal"]
    assert check.level is Level.FINDING
    items, staging = onboarded.sandbox._tenant.items, onboarded.sandbox.library().item("_staging")
    assert staging is not None
    left = {item.name for item in items.children(staging.id, limit=10)} - {"anchors"}
    assert len(left) == 2
    assert set(check.says.rpartition(": ")[2].split(", ")) == left


def test_what_a_killed_doctor_left_is_taken_away_after_an_hour(onboarded: Tenant) -> None:
    onboarded.sandbox.library().put("_staging/ecosmig-doctor-0123456789ab-1.part", b"left")
    onboarded.sandbox.library().put("_staging/PXX001-0123456789ab-0123456789abcdef.part", b"a publisher's")
    examined(onboarded)
    assert "ecosmig-doctor-0123456789ab-1.part" in staged(onboarded)
    onboarded.later = timedelta(hours=1, seconds=1)
    examined(onboarded)
    assert staged(onboarded) == ["PXX001-0123456789ab-0123456789abcdef.part"]


def test_a_publisher_that_may_grant_access_is_a_finding(onboarded: Tenant) -> None:
    onboarded.sandbox._tenant.applications.grant(onboarded.sandbox.publisher.client_id, "fullcontrol")
    assert found(onboarded) == {"excess rights": "the publisher may grant others access to folders"}


def test_a_publisher_whose_token_opens_other_sites_is_a_finding(onboarded: Tenant) -> None:
    applications = onboarded.sandbox._tenant.applications
    known = applications.get(onboarded.sandbox.publisher.client_id)
    assert known is not None
    applications.keep(replace(known, roles=frozenset({"Sites.Selected", "Sites.ReadWrite.All"})))
    assert found(onboarded)["excess permissions"].endswith("this one site: Sites.ReadWrite.All")


def test_a_publisher_that_may_only_read_is_a_finding(onboarded: Tenant) -> None:
    onboarded.sandbox._tenant.applications.grant(onboarded.sandbox.publisher.client_id, "read")
    assert "may not do that" in found(onboarded)["staging write"]
    assert "staging move" not in examined(onboarded)


def test_a_certificate_that_entra_does_not_know_is_a_finding_with_its_cause(onboarded: Tenant) -> None:
    other = onboarded.sandbox.register("other")
    onboarded.sandbox.publisher.pem.write_bytes(other.pem.read_bytes())
    assert "the certificate is not registered with the app" in found(onboarded)["sign-in"]


def test_a_site_that_is_not_there_is_a_finding(onboarded: Tenant) -> None:
    onboarded.configuration = onboarded.sandbox.configuration().replace("/sites/emrr", "/sites/nowhere")
    assert "no such site" in found(onboarded)["site and library"]


def test_a_library_that_is_not_there_is_named_among_those_that_are(onboarded: Tenant) -> None:
    onboarded.configuration = onboarded.sandbox.configuration().replace('"Documents"', '"Papers"')
    assert "no library 'Papers'; it has Documents" in found(onboarded)["site and library"]


def test_a_staging_folder_that_is_not_there_is_a_finding(onboarded: Tenant) -> None:
    onboarded.sandbox.library().remove("_staging")
    assert "has no folder '_staging'" in found(onboarded)["library's folders"]


class TestStagingReaders:
    def test_a_recipient_who_can_read_it_is_a_finding(self, onboarded: Tenant) -> None:
        ana = onboarded.sandbox.people.person("ana@able-energy.test")
        assert ana is not None
        onboarded.sandbox.library().grant("_staging", "user", ana.id)
        assert "user Ana (ana@able-energy.test" in found(onboarded)["staging readers"]

    def test_an_open_link_to_it_is_a_finding(self, onboarded: Tenant) -> None:
        onboarded.sandbox.library().grant("_staging", "link", "token", "read", "anonymous")
        assert "anybody who has the link" in found(onboarded)["staging readers"]

    def test_everybody_is_a_finding(self, onboarded: Tenant) -> None:
        everybody = "c:0-.f|rolemanager|spo-grid-all-users/contoso"
        onboarded.sandbox.library().grant("_staging", "siteGroup", everybody)
        assert "everybody (" in found(onboarded)["staging readers"]

    def test_others_of_the_site_are_a_warning_that_names_them(self, onboarded: Tenant) -> None:
        check = examined(onboarded)["staging readers"]
        assert check.says == ("beside the owner's own: site group EMRR Members (5); site group EMRR Visitors (4)")

    def test_the_owner_s_own_alone_are_good(self, onboarded: Tenant) -> None:
        onboarded.configuration = onboarded.sandbox.configuration().replace(
            'owners = ["EMRR Owners"]', 'owners = ["EMRR Owners", "EMRR Members", "EMRR Visitors"]'
        )
        assert examined(onboarded)["staging readers"].level is Level.GOOD


class TestRecipientsFolders:
    def test_a_folder_that_somebody_else_can_read_is_a_finding(self, onboarded: Tenant) -> None:
        onboarded.sandbox.owners_only_see_grants = False
        eve = onboarded.sandbox.people.person("eve@elsewhere.test")
        assert eve is not None
        onboarded.sandbox.library().grant(onboarded.path(ABLE), "user", eve.id)
        assert set(found(onboarded)) == {f"folder {A}"}
        assert "Eve" in found(onboarded)[f"folder {A}"]

    def test_a_folder_that_is_gone_is_a_finding(self, onboarded: Tenant) -> None:
        onboarded.sandbox.library().remove(onboarded.path(ABLE))
        assert found(onboarded)[f"folder {A}"].endswith("the folder of PXX001 is gone")

    def test_a_folder_that_lost_its_recipient_s_name_is_a_finding(self, onboarded: Tenant) -> None:
        onboarded.sandbox.library().move(onboarded.path(ABLE), onboarded.path("Old stuff"))
        assert "'Old stuff'" in found(onboarded)[f"folder {A}"]

    def test_a_proof_that_is_too_old_is_a_finding_where_the_publisher_is_not_shown_the_grants(
        self, onboarded: Tenant
    ) -> None:
        assert "isn't shown" in examined(onboarded)["who proves access"].says
        onboarded.later = timedelta(hours=25)
        assert {f"folder {A}", f"folder {B}"} <= set(found(onboarded))

    def test_where_the_publisher_sees_the_grants_no_proof_is_needed(self, onboarded: Tenant) -> None:
        onboarded.sandbox.owners_only_see_grants = False
        onboarded.later = timedelta(hours=25)
        checks = examined(onboarded)
        assert checks["who proves access"].says == "the publisher sees by itself who can read the folders"
        assert checks[f"folder {A}"].level is Level.GOOD

    def test_who_is_configured_and_not_onboarded_is_a_warning(self, onboarded: Tenant) -> None:
        onboarded.suppliers += '[[suppliers]]\nsignifier = "PXX003"\nusers = ["x@y.test"]\n'
        check = examined(onboarded)["folder PXX003"]
        assert (check.level, check.next) == (Level.WARNING, "ecosmig supplier onboard PXX003")

    def test_who_is_onboarded_and_no_longer_configured_is_a_warning(self, onboarded: Tenant) -> None:
        onboarded.suppliers = onboarded.suppliers.partition('[[suppliers]]\nsignifier = "PXX002"')[0]
        assert examined(onboarded)[f"folder {B}"].level is Level.WARNING


class TestClock:
    @pytest.mark.parametrize(
        ("seconds", "level"), [(0, Level.GOOD), (30, Level.WARNING), (-30, Level.WARNING), (90, Level.FINDING)]
    )
    def test_a_clock_that_is_off_is_said(self, onboarded: Tenant, seconds: int, level: Level) -> None:
        onboarded.later = timedelta(seconds=seconds)
        check = examined(onboarded)["clock"]
        assert check.level is level
        assert abs(int(check.says.split()[-3]) - abs(seconds)) <= 2
