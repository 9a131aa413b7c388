"""The stand-in without sockets: the product's own sessions, and below them a call instead of a connection.

Everything above `requests`' adapter is the product as it is; the stand-in's front is asked as its server would ask it.
"""

from __future__ import annotations

import mmap
from contextlib import contextmanager
from io import BytesIO
from threading import RLock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, MutableMapping

    from ecosmig_publish.sandbox import Sandbox

_PEER = ("127.0.0.1", 1)


class DirectLine:
    """Answers requests that are meant for one stand-in, one at a time as its own loop would.

    `on_request` is told the number of each request since `begin`, before it is answered and after.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._front = sandbox._front
        # Its storage, where upload and download addresses lead, goes by another name than its Graph.
        self._hosts = {f"localhost:{sandbox.port}", f"127.0.0.1:{sandbox.port}"}
        self._lock = RLock()
        self._number = 0
        # Shared with children, which may be killed.
        self._count = mmap.mmap(-1, 8)
        self.on_request: Callable[[int, str], None] | None = None

    @property
    def seen(self) -> int:
        """Requests so far, those of children included."""
        return int.from_bytes(self._count[:8], "little")

    def begin(self, on_request: Callable[[int, str], None] | None = None) -> None:
        """Count from 1 again."""
        self._number = 0
        self.on_request = on_request

    @contextmanager
    def laid(self) -> Iterator[None]:
        """Let every request of this process come here."""
        real = HTTPAdapter.send

        def send(adapter: HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
            return self._send(adapter, request)

        HTTPAdapter.send = send  # type: ignore[method-assign,assignment]
        try:
            yield
        finally:
            HTTPAdapter.send = real  # type: ignore[method-assign]

    def _send(self, adapter: HTTPAdapter, request: requests.PreparedRequest) -> requests.Response:
        address = urlsplit(str(request.url))
        if address.netloc not in self._hosts:
            raise requests.exceptions.ConnectionError(f"{address.netloc}: nothing is there")
        with self._lock:
            self._number += 1
            number = self._number
            self._count[:8] = (self.seen + 1).to_bytes(8, "little")
        if self.on_request is not None:
            self.on_request(number, "before")
        body = _body(request)
        with self._lock:
            sent = _Sent()
            _drive(self._front(_scope(request, address.path, address.query), _Received(body).receive, sent.send))
        if self.on_request is not None:
            self.on_request(number, "after")
        if sent.status is None:
            reset = urllib3.exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "reset"))
            raise requests.exceptions.ConnectionError(reset, request=request)
        answer = urllib3.HTTPResponse(
            body=BytesIO(bytes(sent.body)),
            headers=urllib3.HTTPHeaderDict(sent.headers),
            status=sent.status,
            preload_content=False,
            request_method=request.method,
        )
        return adapter.build_response(request, answer)


class _Received:
    """A request's body as the front reads it; then the client is gone."""

    def __init__(self, body: bytes) -> None:
        self._messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive(self) -> dict[str, Any]:
        return self._messages.pop() if self._messages else {"type": "http.disconnect"}


class _Sent:
    """What the front sends."""

    def __init__(self) -> None:
        self.status: int | None = None
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        else:
            self.body += message.get("body", b"")


def _scope(request: requests.PreparedRequest, path: str, query: str) -> dict[str, Any]:
    headers = [(_bytes(name), _bytes(value)) for name, value in request.headers.items()]
    return {
        "type": "http",
        "method": request.method,
        "raw_path": path.encode("latin-1"),
        "query_string": query.encode("latin-1"),
        "headers": headers,
        "client": _PEER,
    }


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


def _body(request: requests.PreparedRequest) -> bytes:
    body: Any = request.body
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    return bytes(body.read()) if hasattr(body, "read") else b"".join(body)


def _drive(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what waits for nothing but its turn."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration:
        return
