"""Graph and Entra below the product's code, one answer at a time, each as bytes; nothing goes over a network."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import InvalidHeader

from ecosmig_publish.destinations.sharepoint.graph.client import Graph, GraphParts
from ecosmig_publish.destinations.sharepoint.graph.session import HttpsSession
from ecosmig_publish.destinations.sharepoint.library import Library, LibraryAddress
from ecosmig_publish.destinations.sharepoint.sign_in import Identity, Tokens
from ecosmig_publish.destinations.sharepoint.waiting import Pace, Patience, Waiting
from tests.destinations.sharepoint.driven import DrivenTime

TOKEN = "opaque-token-of-ours"  # noqa: S105 - of nobody
ROOT = "https://graph.example.test"
BASE = f"{ROOT}/v1.0"
MOST_REQUESTS = 1_500
"""More than that for one call of the product is a circle."""


@dataclass(frozen=True, slots=True)
class Raw:
    """An answer as it comes over the wire."""

    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    stream: io.BytesIO | None = None
    """In place of the body."""


Answering = Callable[[str, str], Raw]
"""From method and address to the answer."""


@dataclass(slots=True)
class Wire(HTTPAdapter):
    """Answers every request and keeps where it went and with which headers."""

    answering: Answering
    most: int = MOST_REQUESTS
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list, repr=False)

    def __post_init__(self) -> None:
        HTTPAdapter.__init__(self)

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        url = str(request.url)
        self.asked.append((str(request.method), url, {str(name): str(text) for name, text in request.headers.items()}))
        if len(self.asked) > self.most:
            raise AssertionError(f"{self.most} requests, and no end: {url}")
        raw = self.answering(str(request.method), url)
        try:
            body = HTTPResponse(
                body=raw.stream or io.BytesIO(raw.body),
                headers=HTTPHeaderDict(raw.headers),
                status=raw.status,
                preload_content=False,
                decode_content=False,
                request_url=url,
            )
        except InvalidHeader as error:
            # As requests' own adapter has it.
            raise requests.exceptions.InvalidHeader(error, request=request) from error
        return self.build_response(request, body)

    def check_token_stayed(self) -> None:
        """Make sure that our token went to Graph alone, and nothing without TLS."""
        for method, url, headers in self.asked:
            address = urlsplit(url)
            assert address.scheme == "https", f"{method} {url}"
            place = (address.hostname, address.port or 443)
            ours = place == ("graph.example.test", 443)
            assert ours or TOKEN not in repr(headers), f"{method} {url}"
            assert ours or "Authorization" not in headers, f"{method} {url}"


@dataclass(slots=True)
class Service:
    """A client of the product's own on a `Wire`; time is driven, so that waiting takes none."""

    answering: Answering
    driven: DrivenTime = field(default_factory=DrivenTime)
    patience: Patience = field(default_factory=lambda: Patience(attempts=3, seconds=60.0))
    most_requests: int = MOST_REQUESTS
    wire: Wire = field(init=False)

    def __post_init__(self) -> None:
        self.wire = Wire(self.answering, self.most_requests)

    def session(self, *, machine_local: bool = False) -> HttpsSession:
        session = HttpsSession(machine_local=machine_local)
        session.mount("https://", self.wire)
        session.mount("http://", self.wire)
        return session

    def graph(self, tokens: Tokens | None = None) -> Graph:
        pace = Pace(0, clock=self.driven.clock, sleep=self.driven.sleep)
        ours = Tokens(lambda: lambda: {"access_token": TOKEN}, Identity("certificate", "tenant", "client"))
        return Graph(
            GraphParts(
                root=ROOT,
                tokens=tokens or ours,
                pace=pace,
                waiting=Waiting(pace, patience=self.patience, clock=self.driven.clock, sleep=self.driven.sleep),
                make_session=self.session,
                now=self.driven.now,
            )
        )

    def library(self) -> Library:
        address = LibraryAddress("https://contoso.sharepoint.com/sites/emrr", "Documents", "Reports", "_staging")
        return Library(self.graph(), address, clock=self.driven.clock)
