"""The bytes of a file: from address to address, none of which is shown our token."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import responses

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.library.reading import HOPS, read_bytes
from tests.destinations.sharepoint.answering import BASE, graph

if TYPE_CHECKING:
    from tests.destinations.sharepoint.driven import DrivenTime

ITEM = "/drives/D/items/I"
ELSEWHERE = "https://contoso.sharepoint.example.test"


def away(address: str, location: str) -> None:
    responses.get(address, status=302, headers={"Location": location})


def read(driven: DrivenTime) -> bytes:
    return b"".join(read_bytes(graph(driven), ITEM, "a.csv"))


def shown_a_token() -> list[bool]:
    return ["Authorization" in call.request.headers for call in responses.calls]


@responses.activate
def test_an_address_that_leads_on_is_followed_and_none_gets_our_token(driven: DrivenTime) -> None:
    away(f"{BASE}{ITEM}/content", f"{ELSEWHERE}/one")
    away(f"{ELSEWHERE}/one", f"{BASE}/two")
    away(f"{BASE}/two", "/three")
    responses.get(f"{BASE.removesuffix('/v1.0')}/three", body=b"a,b")
    assert read(driven) == b"a,b"
    assert shown_a_token() == [True, False, False, False]


@responses.activate
def test_addresses_that_go_in_circles_end(driven: DrivenTime) -> None:
    away(f"{BASE}{ITEM}/content", f"{ELSEWHERE}/one")
    away(f"{ELSEWHERE}/one", f"{ELSEWHERE}/one")
    with pytest.raises(RefusedError, match=r"a\.csv"):
        read(driven)
    assert len(responses.calls) == 1 + HOPS


@responses.activate
def test_an_address_without_tls_is_not_followed(driven: DrivenTime) -> None:
    away(f"{BASE}{ITEM}/content", "http://contoso.sharepoint.example.test/one")
    with pytest.raises(RefusedError, match="TLS"):
        read(driven)
    assert len(responses.calls) == 1
