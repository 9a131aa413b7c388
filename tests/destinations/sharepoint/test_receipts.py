"""Who read a file, as far as Graph's analytics say; what they don't say is unknown, never no."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.destinations.receipts import GivesReceipts, Receipt, Seen
from ecosmig_publish.destinations.sharepoint import Readers, open_publisher
from ecosmig_publish.destinations.sharepoint.receipts import read_stats
from ecosmig_publish.sandbox import Analytics, Fault
from tests.destinations.conformance.bench import NAME, sample
from tests.destinations.sharepoint.stand import mail_of
from tests.destinations.sharepoint.test_faults_at_each_request import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.destinations.sharepoint import SharePointDestination
    from tests.destinations.sharepoint.stand import Stand

ANA, OPS = frozenset({"ana@able.test"}), frozenset({"ops@owner.test", "the-app"})
EARLY, LATE = "2026-03-02T07:00:00Z", "2026-03-03T08:30:00Z"


def _by(actor: dict[str, dict[str, str]] | None = None, at: str = EARLY) -> dict[str, Any]:
    if actor is None:
        return {"access": {}, "activityDateTime": at}
    return {"access": {}, "activityDateTime": at, "actor": actor}


def _stats(opened: int, people: int, *activities: dict[str, Any], **incomplete: bool) -> dict[str, Any]:
    access = {"actionCount": opened, "actorCount": people}
    return {"access": access, "activities": list(activities), "incompleteData": incomplete}


_ANA = {"user": {"email": "Ana@Able.test", "id": "1"}}
_EVE = {"user": {"email": "eve@able.test"}}
_OURS = {"application": {"id": "the-app"}, "user": {"displayName": "SharePoint App"}}


@pytest.mark.parametrize(
    ("document", "seen"),
    [
        (_stats(3, 2, _by(_ANA), _by(_OURS)), Seen.YES),
        (_stats(1, 1, _by(_EVE)), Seen.OPENED),
        (_stats(2, 2, _by(_OURS), _by()), Seen.OPENED),
        # More readers than it names: who the others are isn't known.
        (_stats(9, 2, _by(_OURS)), Seen.OPENED),
        (_stats(1, 1), Seen.OPENED),
        ({"access": {"actionCount": 3}}, Seen.OPENED),
        (_stats(4, 1, _by(_OURS)), Seen.NOT_YET),
        (_stats(2, 2, _by(_OURS), _by({"user": {"email": "OPS@owner.test"}})), Seen.NOT_YET),
        (_stats(0, 0), Seen.NOT_YET),
        # An edit is no reading.
        (_stats(0, 0, {"edit": {}, "actor": _ANA}), Seen.NOT_YET),
        (_stats(0, 0, resultsPending=True), Seen.UNKNOWN),
        (_stats(0, 0, notSupported=True), Seen.UNKNOWN),
        ({"access": None, "allTime": None}, Seen.UNKNOWN),
        ({}, Seen.UNKNOWN),
        # Half counted, and somebody is named all the same.
        (_stats(0, 0, _by(_ANA), wasThrottled=True), Seen.YES),
        (_stats(1 << 40, True, resultsPending=False), Seen.UNKNOWN),
        ({"access": {"actionCount": "3"}, "activities": "no list"}, Seen.UNKNOWN),
    ],
)
def test_counts_and_names_say_whether_the_recipient_read_it(document: dict[str, Any], seen: Seen) -> None:
    assert read_stats(document, lambda: ANA, OPS).seen is seen


def test_the_latest_reading_by_the_recipient_is_its_instant() -> None:
    document = _stats(3, 2, _by(_ANA, LATE), _by(_ANA, EARLY), _by(_EVE, "2027-01-01T00:00:00Z"))
    receipt = read_stats(document, lambda: ANA, OPS)

    assert receipt == Receipt(Seen.YES, datetime(2026, 3, 3, 8, 30, tzinfo=UTC), 3, 2)


@pytest.fixture
def file(stand: Stand, tmp_path: Path) -> Iterator[tuple[Folder, str]]:
    """A file in a recipient's folder, of a stand-in whose site shows its viewers."""
    folder = stand.recipient()
    placed = place(stand.publisher(), folder, sample(tmp_path, b"00,1\r\n"))
    stand.sandbox.analytics = Analytics.NAMES
    yield folder, placed.item_id
    stand.sandbox.analytics = Analytics.COUNTS


def _asked(publisher: SharePointDestination, file: tuple[Folder, str]) -> Receipt:
    folder, item_id = file
    assert isinstance(publisher, GivesReceipts)
    return publisher.receipt(folder, NAME, item_id)


def test_a_recipient_that_opens_its_file_is_seen_and_our_own_reading_is_not(
    stand: Stand, file: tuple[Folder, str]
) -> None:
    publisher, folder = stand.publisher(), file[0]
    before = _asked(publisher, file)
    b"".join(publisher.read(folder, NAME))
    ours = _asked(publisher, file)
    stand.library.open_as(f"{stand.path(folder)}/{NAME}", mail_of("PXX001"))
    opened = _asked(publisher, file)

    assert (before.seen, before.opened) == (Seen.NOT_YET, 0)
    assert (ours.seen, ours.opened, ours.people) == (Seen.NOT_YET, 1, 1)
    assert (opened.seen, opened.opened, opened.people) == (Seen.YES, 2, 2)
    assert opened.seen_at is not None


def test_each_file_costs_one_request(stand: Stand, file: tuple[Folder, str]) -> None:
    publisher = stand.publisher()
    _asked(publisher, file)
    stand.sandbox.clear_requests()

    _asked(publisher, file)

    (request,) = stand.sandbox.requests()
    assert request.resource_units == 2


@pytest.mark.parametrize(
    ("tells", "seen", "refused"),
    [
        (Analytics.COUNTS, Seen.OPENED, False),
        (Analytics.PENDING, Seen.UNKNOWN, False),
        (Analytics.REFUSED, Seen.UNKNOWN, True),
        (Analytics.ABSENT, Seen.UNKNOWN, False),
    ],
)
def test_a_site_that_tells_less_leaves_it_open(
    stand: Stand, file: tuple[Folder, str], tells: Analytics, seen: Seen, *, refused: bool
) -> None:
    stand.library.open_as(f"{stand.path(file[0])}/{NAME}", mail_of("PXX001"))
    stand.sandbox.analytics = tells

    receipt = _asked(stand.publisher(), file)

    assert (receipt.seen, receipt.seen_at, receipt.refused) == (seen, None, refused)
    assert receipt.why


def test_a_service_that_knows_no_such_call_is_taken_for_a_refusal(stand: Stand, file: tuple[Folder, str]) -> None:
    with stand.fault(Fault("error", status=501, times=0, path="/analytics/")):
        receipt = _asked(stand.publisher(), file)

    assert (receipt.seen, receipt.refused) == (Seen.UNKNOWN, True)


@pytest.mark.parametrize(("may_ask", "seen"), [(True, Seen.YES), (False, Seen.OPENED)])
def test_members_of_the_recipients_group_are_known_where_the_directory_may_be_asked(
    stand: Stand, file: tuple[Folder, str], *, may_ask: bool, seen: Seen
) -> None:
    group = stand.sandbox.people.add_team("PXX001 readers", members=(mail_of("PXX001"),))
    roles = ("Sites.Selected", "GroupMember.Read.All") if may_ask else ("Sites.Selected",)
    watcher = stand.sandbox.register(f"asks {may_ask}", roles=roles, site_role="read")
    identity = replace(stand.connection.identity, client_id=watcher.client_id, certificate=watcher.pem)
    publisher = open_publisher(
        replace(stand.connection, identity=identity),
        {file[0].signifier: Readers(frozenset({group.mail}), is_group=True)},
        timing=stand.driven.timing(),
    )
    stand.library.open_as(f"{stand.path(file[0])}/{NAME}", mail_of("PXX001"))

    assert _asked(publisher, file).seen is seen
