"""The stand-in's analytics: counts by default, names where the site shows its viewers, refusals on request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.sandbox import Analytics

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

ANA = "ana@able.test"


@pytest.fixture
def item(sandbox: Sandbox) -> str:
    """The path of a file that Ana opened twice."""
    sandbox.people.add_person(ANA, "Ana", guest=True)
    library = sandbox.library()
    held = library.put("folder/a.csv", b"00,1\r\n")
    for _ in range(2):
        library.open_as("folder/a.csv", ANA)
    return f"/drives/{library.drive.id}/items/{held.id}"


def stats(client: Client, item: str) -> dict[str, Any]:
    answer = client.get(f"{item}/analytics/allTime?$expand=activities($filter=access ne null)")
    assert answer.status_code == 200
    document: dict[str, Any] = answer.json()
    return document


def test_readings_and_readers_are_counted_the_applications_own_download_among_them(
    publisher: Client, item: str
) -> None:
    publisher.get(f"{item}/content")
    document = stats(publisher, item)
    assert (document["access"]["actionCount"], document["access"]["actorCount"]) == (3, 2)
    assert all("actor" not in activity for activity in document["activities"])


def test_where_viewers_are_shown_each_is_named_once_with_the_latest_time(
    sandbox: Sandbox, publisher: Client, item: str
) -> None:
    sandbox.analytics = Analytics.NAMES
    (activity,) = stats(publisher, item)["activities"]
    assert activity["actor"]["user"]["email"] == ANA


@pytest.mark.parametrize(("tells", "status"), [(Analytics.REFUSED, 403), (Analytics.ABSENT, 404)])
def test_a_tenant_that_offers_none_says_so(
    sandbox: Sandbox, publisher: Client, item: str, tells: Analytics, status: int
) -> None:
    sandbox.analytics = tells
    assert publisher.get(f"{item}/analytics/allTime").status_code == status
