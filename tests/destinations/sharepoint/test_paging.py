"""Collections: every page of one origin, each item once, no circles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import responses

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.paging import collection
from tests.destinations.sharepoint.answering import BASE, graph

if TYPE_CHECKING:
    from tests.destinations.sharepoint.driven import DrivenTime

PATH = "/drives/d/items/f/children"


def page(number: int, *identifiers: str, link: str = "") -> None:
    following = {"@odata.nextLink": link} if link else {}
    query = {"$skiptoken": str(number)} if number else {}
    matcher = [responses.matchers.query_param_matcher(query)]
    responses.get(f"{BASE}{PATH}", json={"value": [{"id": one} for one in identifiers], **following}, match=matcher)


def listed(driven: DrivenTime) -> list[str]:
    return [item["id"] for item in collection(graph(driven), Call(Kind.LIST, PATH))]


@responses.activate
def test_each_item_of_all_pages_comes_once_though_pages_repeat_some_and_are_empty(driven: DrivenTime) -> None:
    page(0, "a", "b", link=f"{BASE}{PATH}?$skiptoken=1")
    page(1, link=f"{BASE}{PATH}?$skiptoken=2")
    page(2, "b", "c")
    assert listed(driven) == ["a", "b", "c"]


@responses.activate
def test_the_usual_port_may_be_written_out(driven: DrivenTime) -> None:
    page(0, "a", link=f"https://GRAPH.example.test:443/v1.0{PATH}?$skiptoken=1")
    page(1, "b")
    assert listed(driven) == ["a", "b"]


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example.test/v1.0/drives/d/items/f/children?$skiptoken=1",
        "http://graph.example.test/v1.0/drives/d/items/f/children?$skiptoken=1",
        "https://graph.example.test:444/v1.0/drives/d/items/f/children?$skiptoken=1",
        "https://graph.example.test@evil.example.test/v1.0/x",
        "https://graph.example.test.evil.test/v1.0/x",
        "https://graph.example.test/beta/x",
        "https://graph.example.test:port/v1.0/x",
        "https://[graph.example.test/v1.0/x",
        "/v1.0/x",
    ],
)
@responses.activate
def test_a_link_to_another_place_is_not_followed(driven: DrivenTime, link: str) -> None:
    page(0, "a", link=link)
    with pytest.raises(RefusedError):
        listed(driven)
    assert len(responses.calls) == 1


@responses.activate
def test_links_that_go_in_circles_end(driven: DrivenTime) -> None:
    page(0, "a", link=f"{BASE}{PATH}?$skiptoken=1")
    page(1, "b", link=f"{BASE}{PATH}?$skiptoken=1")
    with pytest.raises(RefusedError) as refused:
        listed(driven)
    assert "circles" in str(refused.value)


@responses.activate
def test_an_answer_that_is_no_collection_is_refused(driven: DrivenTime) -> None:
    responses.get(f"{BASE}{PATH}", json={"id": "x"})
    with pytest.raises(RefusedError):
        listed(driven)
    assert len(responses.calls) == 1
