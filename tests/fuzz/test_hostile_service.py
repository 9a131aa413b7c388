"""A service, or something on the way to it, that means harm: how far it gets."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zlib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.session import LONGEST_ANSWER
from ecosmig_publish.destinations.sharepoint.library.paging import MOST_PAGES, collection
from ecosmig_publish.destinations.sharepoint.library.reading import read_bytes
from ecosmig_publish.destinations.sharepoint.placing.placing import Placing
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.errors import DestinationBusyError, DestinationError, NameTakenError
from tests.destinations.conformance.bench import sample
from tests.fuzz.graph_answers import DOWNLOAD, item, right_answer
from tests.fuzz.service import BASE, Raw, Service

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = Folder(Signifier("PXX001"), "F", "PXX001 Alpha")
LISTING = Call(Kind.LIST, "/drives/D/items/F/children")
LARGE = (4 << 20) + 1


def bomb(size: int) -> bytes:
    """Return gzip that unpacks to `size` bytes of blanks, made without holding them."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    blanks = b" " * (1 << 20)
    return b"".join(packer.compress(blanks) for _ in range(size >> 20)) + packer.flush()


class Counted(io.BytesIO):
    """Bytes that know how many of them were read."""

    given = 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        self.given += len(data)
        return data


class Endless:
    """A Graph whose every page leads to another."""

    def __init__(self) -> None:
        self.given = 0

    def send(self, _call: Call) -> Answer:
        self.given += 1
        return Answer(200, {"value": [], "@odata.nextLink": f"/children?$skiptoken={self.given}"})

    def path_of(self, link: str) -> str:
        return link


def test_an_answer_that_unpacks_to_a_quarter_of_a_gigabyte_is_given_up_in_bounded_memory() -> None:
    body = bomb(1 << 28)
    service = Service(lambda _method, _url: Raw(200, body, (("Content-Encoding", "gzip"),)))
    tracemalloc.start()
    with pytest.raises(DestinationBusyError):
        service.graph().send(LISTING)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * LONGEST_ANSWER


def test_a_redirection_is_given_up_in_bounded_memory_too() -> None:
    body = bomb(1 << 28)
    headers = (("Content-Encoding", "gzip"), ("Location", f"{BASE}/x"))
    service = Service(lambda _method, _url: Raw(302, body, headers))
    tracemalloc.start()
    with pytest.raises(DestinationError):
        service.graph().send(LISTING)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * LONGEST_ANSWER


def test_an_answer_packed_as_usual_is_read() -> None:
    body = gzip.compress(b'{"value": [{"id": "a"}]}')
    service = Service(lambda _method, _url: Raw(200, body, (("Content-Encoding", "gzip"),)))
    assert [one["id"] for one in collection(service.graph(), LISTING)] == ["a"]


def test_pages_that_never_end_are_given_up() -> None:
    graph = Endless()
    with pytest.raises(RefusedError, match="no end"):
        list(collection(graph, LISTING))  # type: ignore[arg-type]
    assert graph.given == MOST_PAGES


def test_entries_without_an_id_are_not_taken_for_each_other() -> None:
    service = Service(lambda _method, _url: Raw(200, b'{"value": [{"name": "a"}, {"name": "b"}]}'))
    assert [one["name"] for one in collection(service.graph(), LISTING)] == ["a", "b"]


def test_a_page_with_something_that_is_no_object_is_refused_rather_than_shortened() -> None:
    service = Service(lambda _method, _url: Raw(200, b'{"value": [{"id": "a"}, "b"]}'))
    with pytest.raises(RefusedError):
        list(collection(service.graph(), LISTING))


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.test/x",
        "https://graph.example.test@evil.example.test/x",
        "https://user:word@evil.example.test/x",
        "https://graph.example.test.evil.example.test/x",
        "https://graph.example.test:8443/x",
        "https://graph.example.test\\@evil.example.test/x",
        "//evil.example.test/x",
    ],
)
def test_an_address_of_bytes_anywhere_gets_none_of_our_token(address: str) -> None:
    def answering(_method: str, url: str) -> Raw:
        return Raw(302, b"", (("Location", address),)) if url.endswith("/content") else Raw(200, b"abc", ())

    service = Service(answering)
    assert b"".join(read_bytes(service.graph(), "/drives/D/items/I", "a.csv")) == b"abc"
    service.wire.check_token_stayed()
    assert len(service.wire.asked) == 2


@pytest.mark.parametrize(
    "address", ["http://evil.example.test/x", "ftp://evil.example.test/x", "file:///etc/passwd", "https://["]
)
def test_an_address_of_bytes_that_is_not_https_is_not_followed(address: str) -> None:
    service = Service(lambda _method, _url: Raw(302, b"", (("Location", address),)))
    with pytest.raises(RefusedError):
        b"".join(read_bytes(service.graph(), "/drives/D/items/I", "a.csv"))
    assert len(service.wire.asked) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example.test/x",
        "http://evil.example.test/x",
        "https://user:word@evil.example.test/x",
        "https://[",
        "x",
        "",
        "https://",
    ],
)
def test_an_upload_address_anywhere_gets_none_of_our_token(tmp_path: Path, address: str) -> None:
    file = sample(tmp_path, b"a" * LARGE)

    def answering(method: str, url: str) -> Raw:
        if "createUploadSession" in url:
            return Raw(200, json.dumps({"uploadUrl": address}).encode())
        if "evil" in url:
            return Raw(404, b"{}")
        return Raw(404, b"{}") if method == "GET" and "/items/" in url else right_answer(method, url, file)

    service = Service(answering)
    with pytest.raises(DestinationError):
        Placing(service.library(), "0123456789ab").place(FOLDER, "a.csv", file.path, file.fingerprint)
    service.wire.check_token_stayed()
    sent = [url for method, url, _ in service.wire.asked if method == "PUT"]
    assert {urlsplit(url).hostname for url in sent} <= {"evil.example.test"}


def test_a_cookie_is_neither_kept_nor_sent() -> None:
    service = Service(lambda _method, _url: Raw(200, b'{"id": "x"}', (("Set-Cookie", "a=b; Path=/"),)))
    session = service.session()
    session.get(f"{BASE}/x")
    assert not session.cookies


def test_bytes_that_never_end_are_no_file_of_ours(tmp_path: Path) -> None:
    file = sample(tmp_path, b"abc")
    taken = Raw(409, b'{"error": {"code": "nameAlreadyExists"}}')
    body = Counted(b"abc" * (LONGEST_ANSWER // 2))

    def answering(method: str, url: str) -> Raw:
        if method == "PATCH":
            return taken
        if "/items/F:/" in url:
            return Raw(200, json.dumps(item(id="Z", size=3, file={})).encode())
        if url.startswith(DOWNLOAD):
            return Raw(200, headers=(), stream=body)
        return right_answer(method, url, file)

    service = Service(answering)
    with pytest.raises(NameTakenError):
        Placing(service.library(), "0123456789ab").place(FOLDER, "a.csv", file.path, file.fingerprint)
    assert body.given < LONGEST_ANSWER
