"""Before the first file: the folder is where it was pinned, still the recipient's, and theirs alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.sharepoint import Readers, open_publisher
from ecosmig_publish.errors import ExitStatus, FolderAccessError, FolderMissingError
from tests.destinations.sharepoint.stand import OWNERS, mail_of

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.destinations.sharepoint import SharePointDestination
    from tests.destinations.sharepoint.stand import Stand


def refused(stand: Stand, folder: Folder) -> FolderAccessError:
    with pytest.raises(FolderAccessError) as error:
        stand.publisher().check_folder(folder)
    assert error.value.exit_status is ExitStatus.FOLDER_ACCESS
    assert error.value.hint
    return error.value


def with_proof(stand: Stand, proved_at: datetime | None) -> SharePointDestination:
    return open_publisher(
        stand.connection,
        {"PXX001": Readers(frozenset({mail_of("PXX001")}), frozenset({OWNERS}))},  # type: ignore[dict-item]
        proved_at=lambda _folder: proved_at,
        proof_max_age=timedelta(hours=24),
        timing=stand.driven.timing(),
    )


def test_a_folder_of_the_recipient_and_the_owners_passes(stand: Stand) -> None:
    folder = stand.recipient()
    stand.publisher().check_folder(folder)
    verdict = stand.publisher().access(folder)
    assert (len(verdict.recipients), len(verdict.owners)) == (1, 1)


def test_a_stranger_who_can_read_is_named(stand: Stand) -> None:
    folder = stand.recipient()
    eve = stand.sandbox.people.add_person("eve@else.test", "Eve")
    stand.library.grant(stand.path(folder), "user", eve.id)
    assert "eve@else.test" in str(refused(stand, folder))


def test_another_recipient_who_can_read_is_a_stranger_here(stand: Stand) -> None:
    folder = stand.recipient()
    stand.recipient("PXX002", "Beta Power")
    beta = stand.sandbox.people.add_person(mail_of("PXX002"))
    stand.library.grant(stand.path(folder), "user", beta.id)
    assert mail_of("PXX002") in str(refused(stand, folder))


@pytest.mark.parametrize("scope", ["anonymous", "organization"])
def test_a_link_that_opens_the_folder_is_a_finding(stand: Stand, scope: str) -> None:
    folder = stand.recipient()
    stand.library.grant(stand.path(folder), "link", "token", scope=scope)
    assert "sharing link" in str(refused(stand, folder))


def test_a_folder_that_inherits_the_sites_members_is_a_finding(stand: Stand) -> None:
    folder = stand.recipient()
    stand.library.restore_inheritance(stand.path(folder))
    assert "Members" in str(refused(stand, folder))


def test_a_folder_moved_elsewhere_is_refused_even_with_its_name(stand: Stand) -> None:
    folder = stand.recipient()
    elsewhere = f"{stand.staging}/elsewhere"
    stand.library.make_folder(elsewhere)
    stand.library.move(stand.path(folder), f"{elsewhere}/{folder.name}")
    assert "moved" in str(refused(stand, folder))


def test_a_folder_renamed_after_another_recipient_is_refused(stand: Stand) -> None:
    folder = stand.recipient()
    stand.library.move(stand.path(folder), f"{stand.root}/PXX002 Beta Power")
    assert "PXX002 Beta Power" in str(refused(stand, folder))


def test_a_changed_party_name_behind_the_signifier_passes(stand: Stand) -> None:
    folder = stand.recipient()
    stand.library.move(stand.path(folder), f"{stand.root}/PXX001 Omega plc")
    stand.publisher().check_folder(folder)
    assert stand.library.item(f"{stand.root}/PXX001 Omega plc") is not None


def test_a_folder_made_anew_under_the_same_name_is_not_the_pinned_one(stand: Stand) -> None:
    folder = stand.recipient()
    stand.library.remove(stand.path(folder))
    stand.recipient()
    with pytest.raises(FolderMissingError):
        stand.publisher().check_folder(folder)


def test_a_file_in_place_of_the_folder_is_no_folder(stand: Stand) -> None:
    item = stand.library.put(f"{stand.root}/PXX001 Alpha", b"x")
    folder = replace(stand.recipient("PXX002", "Beta"), id=item.id)
    with pytest.raises(FolderMissingError):
        stand.publisher().check_folder(folder)


class TestHiddenGrants:
    """A publisher that doesn't own the site sees only what applies to itself."""

    @pytest.fixture(autouse=True)
    def hidden(self, stand: Stand) -> None:
        stand.sandbox.owners_only_see_grants = True

    def test_without_an_administrators_proof_nothing_is_proved(self, stand: Stand) -> None:
        assert "PXX001" in refused(stand, stand.recipient()).hint

    def test_a_proof_of_not_long_ago_stands_in(self, stand: Stand) -> None:
        folder = stand.recipient()
        with_proof(stand, stand.driven.now() - timedelta(hours=23)).check_folder(folder)
        assert not stand.publisher().access(folder).shows_recipient

    @pytest.mark.parametrize("age", [timedelta(hours=25), None])
    def test_a_proof_of_long_ago_or_none_does_not(self, stand: Stand, age: timedelta | None) -> None:
        folder = stand.recipient()
        proved_at = None if age is None else stand.driven.now() - age
        with pytest.raises(FolderAccessError):
            with_proof(stand, proved_at).check_folder(folder)


def test_what_can_be_seen_counts_more_than_a_proof(stand: Stand) -> None:
    folder = stand.recipient()
    eve = stand.sandbox.people.add_person("eve@else.test", "Eve")
    stand.library.grant(stand.path(folder), "user", eve.id)
    with pytest.raises(FolderAccessError):
        with_proof(stand, stand.driven.now()).check_folder(folder)


def test_checking_changes_nothing(stand: Stand) -> None:
    folder = stand.recipient()
    stand.publisher().check_folder(folder)
    assert {line.partition(" ")[0] for line in stand.asked()} == {"GET"}


@pytest.mark.parametrize("scope", ["anonymous", "organization"])
def test_nothing_is_put_anywhere_while_a_link_opens_the_staging_folder(stand: Stand, scope: str) -> None:
    folder = stand.recipient()
    stand.library.grant(stand.staging, "link", "token", scope=scope)
    assert "staging folder" in str(refused(stand, folder))


def test_a_recipient_that_can_read_the_staging_folder_stops_every_folder(stand: Stand) -> None:
    folder = stand.recipient()
    beta = stand.sandbox.people.add_person(mail_of("PXX002"))
    stand.library.grant(stand.staging, "user", beta.id)
    assert mail_of("PXX002") in str(refused(stand, folder))


def test_who_can_read_the_staging_folder_is_asked_once_in_a_run(stand: Stand) -> None:
    publisher, folders = stand.publisher(), [stand.recipient(), stand.recipient("PXX002", "Beta Power")]
    for folder in folders:
        publisher.check_folder(folder)
    asked = [line for line in stand.asked() if line.partition("?")[0].endswith("/permissions")]
    assert len(asked) == 1 + len(folders)
