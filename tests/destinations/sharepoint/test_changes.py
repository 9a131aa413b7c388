"""What changed since a token: complete, in one request where nothing did."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ChangesLostError, DestinationError
from ecosmig_publish.sandbox import Fault
from tests.destinations.conformance.bench import sample
from tests.destinations.sharepoint.test_faults_at_each_request import place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.destinations.sharepoint.stand import Stand


def test_when_nobody_changed_anything_one_request_says_so(stand: Stand) -> None:
    publisher = stand.publisher()
    token = publisher.delta_token()
    stand.sandbox.clear_requests()
    changes = publisher.changes_since(token)
    assert dict(changes.items) == {}
    assert len(stand.sandbox.requests()) == 1
    assert sum(request.resource_units for request in stand.sandbox.requests()) == 1


def test_what_was_placed_is_among_the_changes_with_its_place_size_and_hash(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    token = publisher.delta_token()
    file = sample(tmp_path, b"00,1\r\n")
    placed = place(publisher, folder, file)
    item = publisher.changes_since(token).items[placed.item_id]
    assert (item.name, item.parent_id, item.size, item.hash) == (
        file.name, folder.id, 6, file.fingerprint.quick_xor_hash,
    )  # fmt: skip
    assert not item.deleted


def test_what_others_did_is_among_them_with_who_did_it(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    placed = place(publisher, folder, sample(tmp_path, b"00,1\r\n"))
    token = publisher.delta_token()
    stand.sandbox.people.add_person("eve@else.test", "Eve")
    stand.library.put(f"{stand.path(folder)}/{next(iter(stand.standing(folder)))}", b"00,2\r\n", by="eve@else.test")
    stranger = stand.library.put(f"{stand.path(folder)}/notes.txt", b"x", by="eve@else.test")
    changes = publisher.changes_since(token)
    assert changes.items[placed.item_id].modified_by == "eve@else.test"
    assert changes.items[stranger.id].name == "notes.txt"
    # The next token goes on from there.
    stand.library.remove(f"{stand.path(folder)}/notes.txt")
    assert publisher.changes_since(changes.token).items[stranger.id].deleted


def test_changes_of_many_pages_come_whole(stand: Stand) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    token = publisher.delta_token()
    made = {stand.library.put(f"{stand.path(folder)}/{number}.csv", b"x").id for number in range(450)}
    with stand.fault(Fault("empty_page", path="delta"), Fault("repeated_item", path="delta", at=2)):
        changes = publisher.changes_since(token)
    assert made <= changes.items.keys()


def test_a_token_serves_another_publisher_later(stand: Stand) -> None:
    token = stand.publisher().delta_token()
    made = stand.library.put(f"{stand.root}/x.csv", b"x")
    assert made.id in stand.publisher().changes_since(token).items


def test_a_token_that_the_service_forgot_is_lost(stand: Stand) -> None:
    publisher = stand.publisher()
    token = publisher.delta_token()
    stand.library.expire_delta_tokens()
    with pytest.raises(ChangesLostError) as lost:
        publisher.changes_since(token)
    assert isinstance(lost.value, DestinationError)


@pytest.mark.parametrize("token", ["/drives/other/root/delta?token=abc", "{drive}/root/delta?token=nonsense"])
def test_a_token_of_a_library_that_is_gone_or_of_no_sense_is_lost(stand: Stand, token: str) -> None:
    publisher = stand.publisher()
    drive = publisher.delta_token().partition("/root/")[0]
    with pytest.raises(ChangesLostError):
        publisher.changes_since(token.format(drive=drive))


def test_a_late_hash_is_asked_for_by_id(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    file = sample(tmp_path, b"00,1\r\n")
    item = stand.library.put(f"{stand.path(folder)}/late.csv", file.data)
    stand.sandbox._tenant.database.update("item", item.id, {"hash_reads": 2})
    found = publisher.item(item.id)
    assert found is not None
    assert found.hash == file.fingerprint.quick_xor_hash


def test_folders_that_only_lead_to_a_change_are_not_among_the_changes(stand: Stand) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    token = publisher.delta_token()
    made = stand.library.put(f"{stand.path(folder)}/a.csv", b"x")
    assert set(publisher.changes_since(token).items) == {made.id}


def test_everything_is_told_page_by_page_with_a_token_that_goes_on_from_there(stand: Stand, tmp_path: Path) -> None:
    publisher, folder = stand.publisher(), stand.recipient()
    placed = place(publisher, folder, sample(tmp_path, b"1", "1.csv"))
    all_there = publisher.everything()
    assert all_there.items[placed.item_id].parent_id == folder.id
    assert publisher.changes_since(all_there.token).items == {}
