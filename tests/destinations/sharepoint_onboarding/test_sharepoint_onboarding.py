"""A recipient's folder is made, and it alone with the owner's own can read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.sharepoint.faults import LibraryError, RightsError
from ecosmig_publish.destinations.sharepoint.onboarding import Recipients
from ecosmig_publish.destinations.sharepoint.onboarding.faults import NoReadersError, UnknownPeopleError
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import DestinationBusyError, DestinationError
from ecosmig_publish.sandbox import Fault
from tests.destinations.sharepoint_onboarding.place import A, B

if TYPE_CHECKING:
    from tests.destinations.sharepoint_onboarding.place import Place

ABLE = "PXX001 Able Energy"


def test_a_new_recipient_gets_a_folder_that_its_users_alone_can_read(place: Place) -> None:
    done = place.administrator().onboard(A, "Able Energy", None)
    assert (done.made, done.folder.name) == (True, ABLE)
    assert done.folder.id == place.library.item(f"{place.root}/{ABLE}").id  # type: ignore[union-attr]
    assert place.can_read(ABLE) == {("user", place.ana.id)}
    assert place.has_own_grants(ABLE)
    assert done.access is not None
    assert (done.access.is_exact, done.access.readers) == (True, (place.ana.id,))


def test_a_group_by_object_id_is_granted_as_a_group(place: Place) -> None:
    folder = place.onboarded(B, "Baker")
    assert place.can_read(folder) == {("group", place.team.id)}


def test_a_group_by_mail_is_granted_as_a_group(place: Place) -> None:
    place.configure(B, Recipients(group=place.team.mail))
    folder = place.onboarded(B, "Baker")
    assert place.can_read(folder) == {("group", place.team.id)}


def test_the_owner_s_own_people_and_groups_keep_what_they_inherit(place: Place) -> None:
    staff = place.sandbox.people.add_team("EMRR staff")
    place.owners = ("EMRR Owners", staff.mail)
    place.library.make_folder(place.root)
    place.library.grant(place.root, "group", staff.id, "write")
    folder = place.onboarded()
    grants, _ = place.library.grants(place.path(folder))
    assert {(grant.principal, grant.role) for grant in grants} == {(place.ana.id, "read"), (staff.id, "write")}


def test_several_users_are_all_granted(place: Place) -> None:
    place.configure(A, Recipients(users=(place.ana.mail, place.ben.mail)))
    assert place.can_read(place.onboarded()) == {("user", place.ana.id), ("user", place.ben.id)}


def test_recipients_read_and_do_nothing_else(place: Place) -> None:
    grants, _ = place.library.grants(place.path(place.onboarded()))
    assert [grant.role for grant in grants] == ["read"]


def test_the_places_for_folders_and_for_staging_are_made_where_they_lack(place: Place) -> None:
    assert place.library.item(place.name) is None
    place.onboarded()
    assert place.library.item(place.root) is not None
    assert place.library.item(place.staging) is not None


def test_repeated_it_changes_nothing(place: Place) -> None:
    folder = place.onboarded()
    place.sandbox.clear_requests()
    for pinned in (folder, None):
        again = place.administrator().onboard(A, "Able Energy", pinned)
        assert (again.folder, again.made) == (folder, False)
    assert place.changes_asked() == []


def test_a_plan_says_what_would_be_done_and_does_nothing(place: Place) -> None:
    plan = place.administrator(invite_guests=True).plan(A, "Able Energy", None)
    assert (plan.act, plan.folder_id, plan.name, plan.grants) == ("make", None, ABLE, ("ana@able-energy.test",))
    assert place.changes_asked() == []
    assert place.library.item(place.name) is None


def test_a_plan_for_a_folder_that_stands_names_whom_to_grant_and_whom_to_withdraw(place: Place) -> None:
    place.library.make_folder(place.path(ABLE))
    plan = place.administrator().plan(A, "Able Energy", None)
    assert (plan.act, plan.name, plan.grants) == ("take over", ABLE, ("ana@able-energy.test",))
    assert [who.rpartition(" (")[0] for who in plan.withdrawals] == [
        "site group EMRR Members",
        "site group EMRR Visitors",
    ]
    assert place.changes_asked() == []


def test_a_folder_that_stands_already_is_taken_over_and_made_the_recipient_s_alone(place: Place) -> None:
    standing = place.library.make_folder(place.path("PXX001 Something else"))
    place.library.put(place.path("PXX001 Something else/old.csv"), b"old")
    done = place.administrator().onboard(A, "Able Energy", None)
    assert (done.folder.id, done.made) == (standing.id, False)
    assert place.can_read("PXX001 Something else") == {("user", place.ana.id)}
    assert place.library.read(place.path("PXX001 Something else/old.csv")) == b"old"


def test_two_parties_of_one_name_have_a_folder_each(place: Place) -> None:
    assert place.onboarded(A, "Twin Energy").id != place.onboarded(B, "Twin Energy").id
    assert place.folders() == ["PXX001 Twin Energy", "PXX002 Twin Energy"]


@pytest.mark.parametrize(
    ("party_name", "name"),
    [
        pytest.param("Smith & Sons #1 100% / Power: Ltd", "PXX001 Smith & Sons #1 100% Power Ltd", id="marks"),
        pytest.param("%20 + 'Quoted' (GB)", "PXX001 %20 + 'Quoted' (GB)", id="escapes"),
        pytest.param("Long Name " * 40, ("PXX001 " + "Long Name " * 40)[:128].rstrip(), id="400-characters"),
        pytest.param("Énergie 株式会社", "PXX001 Énergie 株式会社", id="not-ascii"),
        pytest.param("", "PXX001", id="nothing"),
    ],
)
def test_whatever_a_party_is_called_its_folder_is_found_again(place: Place, party_name: str, name: str) -> None:
    done = place.administrator().onboard(A, party_name, None)
    assert done.folder.name == name
    again = place.administrator().onboard(A, party_name, None)
    assert (again.folder, again.made, place.folders()) == (done.folder, False, [name])
    assert place.can_read(name) == {("user", place.ana.id)}


def test_a_party_that_changed_its_name_keeps_its_folder(place: Place) -> None:
    folder = place.onboarded()
    again = place.administrator().onboard(A, "Able and Sons", folder)
    assert (again.folder, again.made, place.folders()) == (folder, False, [ABLE])


def test_without_users_or_group_nobody_is_onboarded(place: Place) -> None:
    stranger = Signifier("PXX009")
    assert not place.administrator().knows_readers(stranger)
    with pytest.raises(NoReadersError, match="PXX009: neither users nor a group") as refused:
        place.administrator().onboard(stranger, "Nobody's", None)
    assert "[[suppliers]]" in refused.value.hint
    assert place.changes_asked() == []


class TestPeopleWhoAreNotInTheDirectory:
    MAIL = "new.person@able-energy.test"

    def test_without_inviting_they_are_named_and_nothing_is_made(self, place: Place) -> None:
        place.configure(A, Recipients(users=(place.ana.mail, "nobody@able-energy.test")))
        with pytest.raises(UnknownPeopleError, match="not in the directory: nobody@able-energy") as refused:
            place.administrator().onboard(A, "Able Energy", None)
        assert refused.value.hint.endswith("ecosmig supplier onboard PXX001 --invite")
        assert place.changes_asked() == []

    def test_a_plan_names_them_as_unknown_or_as_guests_to_invite(self, place: Place) -> None:
        place.configure(A, Recipients(users=(place.ana.mail, "nobody@able-energy.test")))
        plan = place.administrator().plan(A, "Able Energy", None)
        assert (plan.unknown, plan.guests) == (("nobody@able-energy.test",), ())
        plan = place.administrator(invite_guests=True).plan(A, "Able Energy", None)
        assert (plan.unknown, plan.guests) == ((), ("nobody@able-energy.test",))

    def test_invited_they_are_guests_and_can_read(self, place: Place) -> None:
        place.configure(A, Recipients(users=(self.MAIL,)))
        place.administrator(invite_guests=True).onboard(A, "Able Energy", None)
        guest = place.sandbox.people.person(self.MAIL)
        assert guest is not None
        assert guest.guest
        assert place.can_read(ABLE) == {("user", guest.id)}

    def test_those_who_are_there_are_not_invited_again(self, place: Place) -> None:
        place.administrator(invite_guests=True).onboard(A, "Able Energy", None)
        assert not [asked for asked in place.changes_asked() if "invitations" in asked]

    def test_a_group_can_t_be_invited(self, place: Place) -> None:
        place.configure(B, Recipients(group="no-such-group@contoso.test"))
        with pytest.raises(UnknownPeopleError, match="no-such-group@contoso") as refused:
            place.administrator(invite_guests=True).onboard(B, "Baker", None)
        assert "Groups" in refused.value.hint

    def test_a_group_s_object_id_that_nothing_has_is_named(self, place: Place) -> None:
        place.configure(B, Recipients(group="00000000-0000-4000-8000-000000000000"))
        with pytest.raises(UnknownPeopleError, match="00000000-0000-4000-8000-000000000000"):
            place.administrator().onboard(B, "Baker", None)

    def test_an_app_that_may_not_look_people_up_grants_by_mail(self, place: Place) -> None:
        blind = place.sandbox.register("blind", roles=("Sites.Selected",), site_role="fullcontrol")
        place.administrator(application=blind).onboard(A, "Able Energy", None)
        assert place.can_read(ABLE) == {("user", place.ana.id)}

    def test_an_app_that_may_not_invite_says_so(self, place: Place) -> None:
        roles = ("Sites.Selected", "User.Read.All")
        shy = place.sandbox.register("shy", roles=roles, site_role="fullcontrol")
        place.configure(A, Recipients(users=("other.person@able-energy.test",)))
        with pytest.raises(DestinationError, match="may not invite guests") as refused:
            place.administrator(invite_guests=True, application=shy).onboard(A, "Able Energy", None)
        assert "User.Invite.All" in refused.value.hint


class TestRights:
    def test_a_publisher_can_t_onboard_and_is_told_which_right_lacks(self, place: Place) -> None:
        writer = place.sandbox.register(
            "writer", roles=("Sites.Selected", "User.Read.All", "GroupMember.Read.All"), site_role="write"
        )
        with pytest.raises(RightsError, match=ABLE) as refused:
            place.administrator(application=writer).onboard(A, "Able Energy", None)
        assert "fullcontrol" in refused.value.hint

    def test_a_library_that_is_not_there_is_named(self, place: Place) -> None:
        place.library_name = "No such library"
        with pytest.raises(LibraryError, match="No such library"):
            place.administrator().onboard(A, "Able Energy", None)


class TestStoppedAndResumed:
    def test_a_folder_that_was_made_before_a_stop_is_taken_over(self, place: Place) -> None:
        place.sandbox.faults.add(Fault("reset", path="/invite$", times=0))
        with pytest.raises(DestinationBusyError):
            place.administrator().onboard(A, "Able Energy", None)
        assert place.folders() == [ABLE]
        place.sandbox.faults.clear()
        done = place.administrator().onboard(A, "Able Energy", None)
        assert (done.made, place.folders()) == (False, [ABLE])
        assert place.can_read(ABLE) == {("user", place.ana.id)}

    @pytest.mark.parametrize(
        "fault",
        [
            pytest.param(Fault("reset", after=True), id="reply-lost"),
            pytest.param(Fault("error", after=True), id="done-and-503"),
            pytest.param(Fault("cut_body"), id="reply-cut"),
            pytest.param(Fault("reset"), id="reset"),
            pytest.param(Fault("throttle", retry_after="2"), id="throttled"),
            pytest.param(Fault("expired_token"), id="token-expired"),
        ],
    )
    def test_a_fault_at_any_request_ends_in_one_folder_with_the_right_readers(self, place: Place, fault: Fault) -> None:
        for at in range(1, 14):
            mail = f"{fault.kind}.{fault.after}.{at}@able-energy.test".lower()
            place.configure(A, Recipients(users=(place.ana.mail, mail)))
            place.sandbox.faults.clear()
            # Sign-in has tests of its own; here every request of Graph is disturbed once.
            place.sandbox.faults.add(replace(fault, path="^/v1.0/", at=at))
            name = f"Disturbed {at}"
            done = place.administrator(invite_guests=True).onboard(A, name, None)
            guest = place.sandbox.people.person(mail)
            assert guest is not None
            assert place.folders() == [f"PXX001 {name}"], at
            assert place.can_read(done.folder) == {("user", place.ana.id), ("user", guest.id)}, at
            place.library.remove(place.path(done.folder))

    def test_a_throttled_administrator_waits_as_long_as_it_is_told(self, place: Place) -> None:
        place.sandbox.faults.add(Fault("throttle", retry_after="7", method="POST", path="/invite$"))
        place.onboarded()
        assert max(place.driven.slept) >= 7
        assert place.can_read(ABLE) == {("user", place.ana.id)}
