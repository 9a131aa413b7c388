"""Delta: what changed since a token."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from ecosmig_publish.sandbox import Fault
from tests.sandbox.client import error_of

if TYPE_CHECKING:
    from ecosmig_publish.sandbox import Sandbox
    from tests.sandbox.client import Client

pytestmark = pytest.mark.enable_socket

ALONE = {"deltaExcludeParent": "true"}


def followed(client: Client, url: str, **options: Any) -> tuple[list[dict[str, Any]], str]:
    """Return everything that a delta gives, page by page, and the link to go on from."""
    items: list[dict[str, Any]] = []
    while True:
        document = client.get(url, **options).json()
        items += document["value"]
        if "@odata.deltaLink" in document:
            return items, document["@odata.deltaLink"]
        url = document["@odata.nextLink"]


def latest(client: Client) -> str:
    """Return a link that begins now."""
    items, link = followed(client, f"{client.drive}/root/delta?token=latest")
    assert items == []
    return link


def test_without_a_token_everything_is_listed_the_root_too(publisher: Client) -> None:
    publisher.upload("f/a.csv")
    items, _ = followed(publisher, f"{publisher.drive}/root/delta?$top=1")
    assert {item["name"] for item in items} == {"root", "f", "a.csv"}


def test_nothing_changed_is_one_empty_answer(publisher: Client) -> None:
    publisher.upload("f/a.csv")
    assert followed(publisher, latest(publisher))[0] == []


def test_an_item_comes_once_with_its_latest_state(publisher: Client) -> None:
    link = latest(publisher)
    item = publisher.upload("a.csv", b"1")
    publisher.upload("a.csv", b"22")
    publisher.patch(f"{publisher.drive}/items/{item['id']}", {"name": "b.csv"})
    items, _ = followed(publisher, link, headers=ALONE)
    assert [(found["id"], found["name"], found["size"]) for found in items] == [(item["id"], "b.csv", 2)]
    assert "quickXorHash" in items[0]["file"]["hashes"]


def test_the_folders_above_come_along_unless_they_are_not_wanted(publisher: Client) -> None:
    publisher.upload("f/g/other.csv")
    link = latest(publisher)
    publisher.upload("f/g/a.csv")
    assert [item["name"] for item in followed(publisher, link)[0]] == ["root", "f", "g", "a.csv"]
    assert [item["name"] for item in followed(publisher, link, headers=ALONE)[0]] == ["a.csv"]


def test_what_a_library_leaves_out_is_left_out(publisher: Client) -> None:
    link = latest(publisher)
    publisher.upload("a.csv")
    item = followed(publisher, link, headers=ALONE)[0][0]
    assert "cTag" not in item
    assert "path" not in item["parentReference"]


def test_a_deleted_item_comes_without_its_name(sandbox: Sandbox, publisher: Client) -> None:
    item = publisher.upload("a.csv")
    link = latest(publisher)
    sandbox.library().remove("a.csv")
    gone = followed(publisher, link)[0][0]
    assert (gone["id"], gone["deleted"], "name" in gone) == (item["id"], {"state": "deleted"}, False)


def test_changes_of_others_say_who_made_them(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.people.add_person("ana@contoso.test", "Ana")
    publisher.upload("a.csv")
    link = latest(publisher)
    sandbox.library().put("a.csv", b"changed", by="ana@contoso.test")
    item = followed(publisher, link, headers=ALONE)[0][0]
    assert item["lastModifiedBy"]["user"]["displayName"] == "Ana"
    assert item["createdBy"]["application"]["displayName"] == "publisher"


def test_pages_of_changes_lead_to_each_other(publisher: Client) -> None:
    link = latest(publisher)
    for number in range(5):
        publisher.upload(f"{number}.csv")
    items, end = followed(publisher, f"{link}&$top=2", headers=ALONE)
    assert [item["name"] for item in items] == [f"{number}.csv" for number in range(5)]
    assert followed(publisher, end, headers=ALONE)[0] == []


def test_a_token_that_is_too_old_is_410_with_the_way_to_begin_again(sandbox: Sandbox, publisher: Client) -> None:
    link = latest(publisher)
    sandbox.library().expire_delta_tokens()
    answer = publisher.get(link)
    assert error_of(answer) == (410, "resyncRequired", "resyncChangesApplyDifferences")
    assert publisher.get(answer.headers["Location"]).status_code == 200


def test_an_instant_may_stand_for_a_token(sandbox: Sandbox, publisher: Client) -> None:
    publisher.upload("before.csv")
    sandbox.clock.advance(60)
    since = quote(sandbox.clock.now().isoformat())
    sandbox.clock.advance(60)
    publisher.upload("after.csv")
    items, _ = followed(publisher, f"{publisher.drive}/root/delta?token={since}", headers=ALONE)
    assert [item["name"] for item in items] == ["after.csv"]


def test_the_token_may_stand_in_the_call_itself(publisher: Client) -> None:
    link = latest(publisher)
    token = link.partition("token=")[2].partition("&")[0]
    publisher.upload("a.csv")
    answer = publisher.get(f"{publisher.drive}/root/delta(token='{token}')", headers=ALONE)
    assert [item["name"] for item in answer.json()["value"]] == ["a.csv"]


def test_changes_below_a_folder_alone_are_not_supported(publisher: Client) -> None:
    publisher.upload("f/a.csv")
    assert error_of(publisher.get(f"{publisher.drive}/root:/f:/delta"))[:2] == (501, "notSupported")


def test_a_stale_delta_tells_what_was_true_then_and_goes_on_from_there(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.clock.hold(datetime.now(UTC))
    link = latest(publisher)
    publisher.upload("a.csv")
    sandbox.clock.advance(5)
    publisher.upload("b.csv")
    sandbox.faults.add(Fault("stale", path="delta", seconds=3))
    items, link = followed(publisher, link, headers=ALONE)
    assert [item["name"] for item in items] == ["a.csv"]
    assert [item["name"] for item in followed(publisher, link, headers=ALONE)[0]] == ["b.csv"]


def test_a_stale_listing_shows_what_was_there_then(sandbox: Sandbox, publisher: Client) -> None:
    sandbox.clock.hold(datetime.now(UTC))
    publisher.upload("f/a.csv")
    sandbox.clock.advance(5)
    sandbox.library().move("f/a.csv", "f/renamed.csv")
    publisher.upload("f/b.csv")
    url = f"{publisher.drive}/root:/f:/children"
    sandbox.faults.add(Fault("stale", path="/children$", seconds=3))
    assert [item["name"] for item in publisher.get(url).json()["value"]] == ["a.csv"]
    assert [item["name"] for item in publisher.get(url).json()["value"]] == ["b.csv", "renamed.csv"]


@pytest.mark.parametrize("path", ["root/delta", "root/children"])
def test_an_empty_page_leads_on_to_all_items(sandbox: Sandbox, publisher: Client, path: str) -> None:
    publisher.upload("a.csv")
    sandbox.faults.add(Fault("empty_page", path=path))
    page = publisher.get(f"{publisher.drive}/{path}").json()
    assert page["value"] == []
    assert "a.csv" in {item["name"] for item in publisher.get(page["@odata.nextLink"]).json()["value"]}


def test_a_page_may_give_an_item_twice(sandbox: Sandbox, publisher: Client) -> None:
    publisher.upload("f/a.csv")
    sandbox.faults.add(Fault("repeated_item", path="/children$"))
    page = publisher.get(f"{publisher.drive}/root:/f:/children").json()
    assert [item["name"] for item in page["value"]] == ["a.csv", "a.csv"]
