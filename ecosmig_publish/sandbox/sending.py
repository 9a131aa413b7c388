"""Sending an answer, whole or broken off."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, MutableMapping
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.sandbox.exchange import Answer, Request

    Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

STAND_IN = "ecosmig sandbox: not Microsoft"
_CHUNK = 256 * 1024
_WITHOUT_BODY = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer as it goes out; `length` bytes of its body do, and it breaks off there where it is not `whole`."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes
    file: Path | None
    start: int
    length: int
    whole: bool

    async def send(self, send: Send) -> None:
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        if self.file is None and self.whole:
            await send({"type": "http.response.body", "body": self.body[: self.length], "more_body": False})
            return
        for chunk in self._chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if self.whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _chunks(self) -> Iterator[bytes]:
        if self.file is None:
            yield self.body[: self.length]
            return
        with self.file.open("rb") as file:
            file.seek(self.start)
            left = self.length
            while left and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


def outgoing(answer: Answer, request: Request, now: datetime, *, share: float = 1.0) -> Outgoing:
    """Return what is sent for an answer; of its body only the first `share`."""
    body = b"" if answer.document is None else json.dumps(answer.document).encode("utf-8")
    length = answer.span[1] - answer.span[0] if answer.file is not None else len(body)
    headers = {
        "Date": format_datetime(now, usegmt=True),
        "X-Stand-In": STAND_IN,
        "request-id": request.id,
        "client-request-id": request.client_request_id,
        "Cache-Control": "no-store",
    }
    if answer.document is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if answer.status not in _WITHOUT_BODY:
        headers["Content-Length"] = str(length)
    encoded = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in (headers | answer.headers).items()
    ]
    allowed = 0 if request.method == "HEAD" else int(length * share)
    return Outgoing(answer.status, encoded, body, answer.file, answer.span[0], allowed, whole=share >= 1)
