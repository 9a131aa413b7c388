"""What other people do to a recipient's folder: each is seen, has its own words, and is put right or refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.sharepoint.onboarding import Recipients
from ecosmig_publish.errors import FolderAccessError, FolderMissingError
from ecosmig_publish.sandbox import Fault
from tests.destinations.sharepoint_onboarding.place import A, B

if TYPE_CHECKING:
    from ecosmig_publish.destinations import Folder, FolderAccess
    from tests.destinations.sharepoint_onboarding.place import Place

ABLE = "PXX001 Able Energy"


def access(place: Place, folder: Folder) -> FolderAccess:
    return place.administrator().access(folder)


def put_right(place: Place, folder: Folder) -> None:
    """Onboard again, and see that nothing is left to find."""
    place.administrator().onboard(A, "Able Energy", folder)
    assert place.can_read(folder) == {("user", place.ana.id)}
    assert access(place, folder).is_exact


def test_a_folder_as_it_was_onboarded_is_exact(place: Place) -> None:
    seen = access(place, place.onboarded())
    assert (seen.is_exact, seen.findings, seen.remarks) == (True, (), ())
    assert seen.readers == (place.ana.id,)
    assert seen.expected == ("ana@able-energy.test",)


def test_the_owner_s_own_may_read_too(place: Place) -> None:
    folder = place.onboarded()
    place.library.grant(place.path(folder), "siteGroup", "3", "owner")
    assert access(place, folder).is_exact
    place.administrator().onboard(A, "Able Energy", folder)
    assert place.can_read(folder) == {("user", place.ana.id), ("siteGroup", "3")}


class TestReaders:
    def test_a_reader_whom_somebody_added_is_named_and_loses_access(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "user", place.eve.id)
        seen = access(place, folder)
        assert not seen.is_exact
        assert seen.findings == (f"user Eve (eve@elsewhere.test, {place.eve.id}) can read it and should not",)
        put_right(place, folder)

    def test_another_recipient_s_group_is_a_stranger(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "group", place.team.id)
        assert "PXX002 readers" in access(place, folder).findings[0]
        put_right(place, folder)

    def test_an_anonymous_link_is_named_and_withdrawn(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "link", "token", "read", "anonymous")
        assert access(place, folder).findings == (
            "a sharing link for anybody who has the link: works for others than the recipient",
        )
        put_right(place, folder)

    def test_a_link_for_the_organisation_is_named_and_withdrawn(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "link", "token", "read", "organization")
        assert access(place, folder).findings == (
            "a sharing link for everybody in the organisation: works for others than the recipient",
        )
        put_right(place, folder)

    def test_the_recipient_s_own_grant_that_is_missing_is_named_and_given_again(self, place: Place) -> None:
        folder = place.onboarded()
        (grant,) = place.library.grants(place.path(folder))[0]
        place.library.withdraw(place.path(folder), grant.id)
        assert access(place, folder).findings[0] == "ana@able-energy.test has no grant of its own"
        put_right(place, folder)

    def test_one_user_of_several_who_has_no_grant_is_named(self, place: Place) -> None:
        folder = place.onboarded()
        place.configure(A, Recipients(users=(place.ana.mail, place.ben.mail)))
        seen = access(place, folder)
        assert (seen.is_exact, seen.findings) == (False, ("ben@able-energy.test has no grant of its own",))
        place.administrator().onboard(A, "Able Energy", folder)
        assert place.can_read(folder) == {("user", place.ana.id), ("user", place.ben.id)}

    def test_a_user_who_is_no_longer_configured_loses_access(self, place: Place) -> None:
        folder = place.onboarded()
        place.configure(A, Recipients(users=(place.ben.mail,)))
        place.administrator().onboard(A, "Able Energy", folder)
        assert place.can_read(folder) == {("user", place.ben.id)}

    def test_a_recipient_who_may_write_is_named_and_may_only_read_again(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "user", place.ana.id, "write")
        (found,) = access(place, folder).findings
        assert found.endswith("may do more than read: write")
        put_right(place, folder)
        (grant,) = place.library.grants(place.path(folder))[0]
        assert grant.role == "read"

    def test_a_folder_that_inherits_again_is_named_and_gets_its_own_readers_back(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.restore_inheritance(place.path(folder))
        seen = access(place, folder)
        assert "it inherits its permissions from the folder above" in seen.findings
        assert not seen.is_exact
        put_right(place, folder)
        assert place.has_own_grants(folder)

    def test_somebody_who_left_the_directory_is_named(self, place: Place) -> None:
        carl = place.sandbox.people.add_person("carl@able-energy.test", guest=True)
        place.configure(A, Recipients(users=(place.ana.mail, carl.mail)))
        folder = place.onboarded()
        place.sandbox.people.remove_person(carl)
        assert "carl@able-energy.test is not in the directory" in access(place, folder).findings

    def test_who_can_still_read_where_nothing_can_be_withdrawn_stops_onboarding(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.grant(place.path(folder), "user", place.eve.id)
        # The service says that it is done, and does nothing: a 404 for a grant that stands.
        place.sandbox.faults.add(Fault("error", status=404, method="DELETE", path="/permissions/", times=0))
        with pytest.raises(FolderAccessError, match="eve@elsewhere") as refused:
            place.administrator().onboard(A, "Able Energy", folder)
        assert "Manage access" in refused.value.hint


class TestFolders:
    def test_a_folder_that_was_renamed_and_still_carries_the_signifier_is_the_same_one(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.move(place.path(folder), place.path("PXX001 Renamed by hand"))
        seen = access(place, folder)
        assert seen.is_exact
        assert seen.remarks == ("was renamed to 'PXX001 Renamed by hand'; it is known by its id",)
        again = place.administrator().onboard(A, "Able Energy", folder)
        assert (again.folder, place.folders()) == (folder, ["PXX001 Renamed by hand"])

    def test_a_folder_that_was_renamed_away_from_its_recipient_is_refused(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.move(place.path(folder), place.path("Old stuff"))
        for act in (place.administrator().access, lambda it: place.administrator().onboard(A, "Able Energy", it)):
            with pytest.raises(FolderAccessError, match="is called 'Old stuff' now") as refused:
                act(folder)
            assert refused.value.hint.startswith("Rename it as it was onboarded")
        assert place.folders() == ["Old stuff"]

    def test_a_folder_that_was_deleted_is_missing_and_not_made_again(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.remove(place.path(folder))
        with pytest.raises(FolderMissingError, match="the folder of PXX001 is gone") as refused:
            place.administrator().onboard(A, "Able Energy", folder)
        assert "recycle bin" in refused.value.hint
        assert place.folders() == []

    def test_a_folder_that_was_made_again_under_its_name_is_told_apart(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.remove(place.path(folder))
        place.library.make_folder(place.path(folder))
        with pytest.raises(FolderMissingError, match="was deleted, and 'PXX001 Able Energy' there now is another one"):
            place.administrator().access(folder)
        with pytest.raises(FolderMissingError, match="another one"):
            place.administrator().onboard(A, "Able Energy", folder)

    def test_a_folder_that_was_moved_elsewhere_is_refused(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.move(place.path(folder), f"{place.name}/{folder.name}")
        with pytest.raises(FolderAccessError, match="was moved out of") as refused:
            place.administrator().access(folder)
        assert refused.value.hint.startswith("Move it back")

    def test_of_two_folders_of_a_signifier_none_is_chosen(self, place: Place) -> None:
        place.library.make_folder(place.path(ABLE))
        place.library.make_folder(place.path("PXX001 Able Energy Ltd"))
        with pytest.raises(FolderAccessError, match="several folders are PXX001's: PXX001 Able Energy, PXX001 Able E"):
            place.administrator().onboard(A, "Able Energy", None)
        assert place.changes_asked() == []

    def test_a_second_folder_of_the_signifier_beside_the_pinned_one_is_remarked(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.make_folder(place.path("PXX001 Able Energy 1"))
        seen = access(place, folder)
        assert seen.is_exact
        assert seen.remarks == ("another folder carries the signifier too, and gets nothing: PXX001 Able Energy 1",)

    def test_a_folder_of_nearly_that_name_is_not_taken_for_the_recipient_s(self, place: Place) -> None:
        place.library.make_folder(place.path("pxx001 able energy"))
        with pytest.raises(FolderAccessError, match="'pxx001 able energy' stands there"):
            place.administrator().onboard(A, "Able Energy", None)
        assert ("user", place.ana.id) not in place.can_read("pxx001 able energy")

    def test_a_signifier_that_begins_another_name_is_not_it(self, place: Place) -> None:
        place.library.make_folder(place.path("PXX0012 Another"))
        assert place.onboarded().name == ABLE
        assert place.folders() == [ABLE, "PXX0012 Another"]


class TestOffboarding:
    def test_the_recipient_and_strangers_lose_access_and_files_stay(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.put(f"{place.path(folder)}/1.csv", b"00\r\n")
        place.library.grant(place.path(folder), "siteGroup", "3", "owner")
        place.library.grant(place.path(folder), "user", place.eve.id)
        done = place.administrator().offboard(folder)
        assert sorted(who.split()[1] for who in done.withdrawn) == ["Ana", "Eve"]
        assert place.can_read(folder) == {("siteGroup", "3")}
        assert place.library.read(f"{place.path(folder)}/1.csv") == b"00\r\n"
        assert not done.access.is_exact

    def test_it_may_be_repeated(self, place: Place) -> None:
        folder = place.onboarded()
        place.administrator().offboard(folder)
        assert place.administrator().offboard(folder).withdrawn == ()

    def test_onboarding_again_gives_access_back_to_the_same_folder(self, place: Place) -> None:
        folder = place.onboarded()
        place.administrator().offboard(folder)
        put_right(place, folder)

    def test_what_is_inherited_can_t_be_withdrawn_and_is_said(self, place: Place) -> None:
        folder = place.onboarded()
        place.library.restore_inheritance(place.path(folder))
        with pytest.raises(FolderAccessError, match="can still be read by site group EMRR Members") as refused:
            place.administrator().offboard(folder)
        assert "stop inheriting" in refused.value.hint

    def test_another_recipient_s_folder_is_not_touched(self, place: Place) -> None:
        folder, other = place.onboarded(), place.onboarded(B, "Baker")
        place.administrator().offboard(folder)
        assert place.can_read(other) == {("group", place.team.id)}
