"""One request and its answer, as everything behind the front sees them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

LARGEST_DOCUMENT = 4 * 1024 * 1024
"""No JSON or form that Graph takes is longer."""


class DocumentError(ValueError):
    """The body is not the document that was expected."""


@dataclass(slots=True)
class Request:
    """What was asked. `path` is percent-decoded, exactly once; `raw_path` is as it came."""

    method: str
    path: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    peer: tuple[str, int]
    stream: Callable[[], AsyncIterator[bytes]]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    received: int = 0
    """Bytes of the body that came in."""
    app_id: str = ""
    resource_units: int = 0
    storage_fault: Mapping[str, Any] = field(default_factory=dict)
    """What a fault on request wants to happen to the bytes of this request."""

    @property
    def client_request_id(self) -> str:
        """The client's own name for this request, or ours."""
        return self.headers.get("client-request-id", self.id)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, decoded; the last of a name counts."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))

    @property
    def at_entra(self) -> bool:
        """Whether this is Entra's to answer, not Graph's or the file storage's."""
        return not self.path.startswith(("/v1.0/", "/upload/", "/download/"))

    async def chunks(self) -> AsyncIterator[bytes]:
        """Yield the body as it comes in."""
        async for chunk in self.stream():
            self.received += len(chunk)
            yield chunk

    async def body(self, limit: int = LARGEST_DOCUMENT) -> bytes:
        """Return the whole body. Raises `DocumentError` where it is longer than `limit`."""
        gathered = bytearray()
        async for chunk in self.chunks():
            if len(gathered) <= limit:
                gathered += chunk
        if len(gathered) > limit:
            raise DocumentError("the document is too long")
        return bytes(gathered)

    async def document(self) -> dict[str, Any]:
        """Return the JSON object in the body, `{}` for none. Raises `DocumentError`."""
        body = await self.body()
        if not body.strip():
            return {}
        try:
            document = json.loads(body)
        except ValueError as error:
            raise DocumentError(f"not JSON: {error}") from error
        if not isinstance(document, dict):
            raise DocumentError("not a JSON object")
        return document

    async def form(self) -> dict[str, str]:
        """Return the form's fields. Raises `DocumentError`."""
        try:
            return dict(parse_qsl((await self.body()).decode("utf-8"), keep_blank_values=True))
        except UnicodeDecodeError as error:
            raise DocumentError("not UTF-8") from error


@dataclass(slots=True)
class Answer:
    """What is sent back: a document, or a span of a file on disk, or nothing."""

    status: int
    document: Mapping[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    file: Path | None = None
    span: tuple[int, int] = (0, 0)
    """First byte and one past the last, where `file` is sent."""


def decoded(raw_path: str) -> str:
    """Return a path percent-decoded once. Raises `DocumentError` where that is not UTF-8."""
    try:
        return unquote(raw_path, errors="strict")
    except UnicodeDecodeError as error:
        raise DocumentError("the path is not UTF-8") from error
