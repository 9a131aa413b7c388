"""The front: every request comes in here, meets its faults, is answered, logged and sent off."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import stamp
from ecosmig_publish.sandbox.connections import ConnectionCut, Connections
from ecosmig_publish.sandbox.exchange import Answer, DocumentError, Request, decoded
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request, bad_token, locked, not_found, over_quota
from ecosmig_publish.sandbox.request_log import LoggedRequest, RequestLog, without_secrets
from ecosmig_publish.sandbox.throttling import Throttle, cost_of, throttled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
    from pathlib import Path

    from ecosmig_publish.sandbox.admin import Admin
    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.faults import Faults, Happening
    from ecosmig_publish.sandbox.graph.api import Graph
    from ecosmig_publish.sandbox.sign_in.endpoint import SignIn
    from ecosmig_publish.sandbox.sign_in.managed import ManagedIdentity

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

STAND_IN = "ecosmig sandbox: not Microsoft"
_CHUNK = 256 * 1024
_ON_THE_WAY = 0.05
"""Seconds: what comes in so soon after a Retry-After went out was sent before it could be read."""


class Front:
    """The ASGI application. `latency` is added to every answer, in seconds."""

    def __init__(
        self,
        graph: Graph,
        sign_in: SignIn,
        managed: ManagedIdentity,
        admin: Admin,
        *,
        clock: Clock,
        faults: Faults,
        log: RequestLog,
        throttle: Throttle,
        connections: Connections,
    ) -> None:
        self._graph = graph
        self._sign_in = sign_in
        self._managed = managed
        self._admin = admin
        self._clock = clock
        self._faults = faults
        self._log = log
        self._throttle = throttle
        self._connections = connections
        self._told_to_wait: dict[str, tuple[float, str]] = {}
        self.stopping = asyncio.Event()
        self.latency = 0.0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = _request(scope, receive)
        if request.raw_path.startswith("/_sandbox"):
            await _prepared(await self._admin.answer(request), request, self._clock).send(send)
            return
        arrival = _Arrival(self._log.next_number(), time.monotonic(), stamp(self._clock.now()))
        happening = self._prepare(request)
        try:
            await self._meet_before(happening, receive)
            answer = await self._answer(request, happening)
            # A client that is still sending would take an early answer for a broken connection.
            await _drain(request)
            answer = self._meet_after(happening, answer)
            await self._hold_answer(happening, receive)
        except ConnectionCut:
            self._note(request, arrival, happening, status=0, sent=0)
            self._connections.reset(request.peer)
            await _until_gone(receive)
            return
        prepared = _prepared(answer, request, self._clock, share=0.5 if happening.has("cut_body") else 1.0)
        # Noted before it goes out: whoever has the answer finds it in the log.
        self._note(request, arrival, happening, status=answer.status, sent=prepared.length)
        if "Retry-After" in answer.headers:
            self._remember_wait(request, answer.headers["Retry-After"])
        await prepared.send(send)
        if happening.has("cut_body"):
            self._connections.drop(request.peer)
            await _until_gone(receive)

    def _note(self, request: Request, arrival: _Arrival, happening: Happening, *, status: int, sent: int) -> None:
        self._log.add(
            LoggedRequest(
                number=arrival.number,
                at=arrival.at,
                method=request.method,
                path=without_secrets(request.raw_path, request.raw_query),
                status=status,
                app_id=request.app_id,
                client_request_id=request.client_request_id,
                request_id=request.id,
                user_agent=request.headers.get("user-agent", ""),
                resource_units=request.resource_units,
                received=request.received,
                sent=sent,
                fault=happening.names,
                too_early=self._too_early(request, arrival),
            )
        )

    def _prepare(self, request: Request) -> Happening:
        with contextlib.suppress(DocumentError):
            request.path = decoded(request.raw_path)
        happening = self._faults.due(request)
        for fault in happening.faults:
            match fault.kind:
                case "hash_late":
                    request.storage_fault = {"hash_reads": fault.reads, "hash_seconds": fault.seconds}
                case "flip":
                    request.storage_fault = {"flip": fault.offset, "rehash": fault.rehash}
                case "truncated":
                    request.storage_fault = {"keep_bytes": fault.keep_bytes}
        return happening

    async def _meet_before(self, happening: Happening, receive: Receive) -> None:
        await asyncio.sleep(self.latency + happening.seconds("slow"))
        for fault in happening.faults:
            if fault.kind == "reset" and not fault.after:
                raise ConnectionCut("a fault on request")
            if fault.kind == "hang" and not fault.after:
                await self._hang(receive)

    async def _hold_answer(self, happening: Happening, receive: Receive) -> None:
        if any(fault.kind == "hang" and fault.after for fault in happening.faults):
            await self._hang(receive)

    async def _hang(self, receive: Receive) -> None:
        """Give no answer until the client goes or the stand-in stops."""
        gone, stopped = asyncio.ensure_future(_until_gone(receive)), asyncio.ensure_future(self.stopping.wait())
        _, pending = await asyncio.wait({gone, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        raise ConnectionCut("nobody waits any more")

    async def _answer(self, request: Request, happening: Happening) -> Answer:
        headers: dict[str, str] = {}
        try:
            request.path = decoded(request.raw_path)
            request.resource_units = cost_of(request)
            caller = None
            if request.path.startswith("/v1.0/"):
                caller = self._graph.caller_of(request)
                request.app_id = caller.client_id
            refusal = _refusal_of(happening)
            if refusal is not None:
                raise refusal
            if caller is not None:
                headers = self._throttle.charge(request.app_id, request.resource_units, self._clock.now())
                answer = await self._graph.answer(request, caller, happening)
            elif request.path.startswith(("/upload/", "/download/")):
                answer = await self._graph.answer_storage(request)
            else:
                found = self._managed.answer(request) or await self._sign_in.answer(request)
                if found is None:
                    raise not_found(f"This is a stand-in for SharePoint and Entra; nothing is at {request.path}.")
                answer = found
        except Refusal as refused:
            answer = refused.answer(request, self._clock.now())
        except DocumentError as error:
            answer = bad_request(str(error)).answer(request, self._clock.now())
        answer.headers |= headers
        return answer

    def _meet_after(self, happening: Happening, answer: Answer) -> Answer:
        for fault in happening.faults:
            if fault.kind == "reset" and fault.after:
                raise ConnectionCut("the reply is lost, on request")
            if fault.kind == "error" and fault.after:
                return Answer(fault.status, {"error": {"code": "generalException", "message": "An error occurred."}})
        return answer

    def _remember_wait(self, request: Request, retry_after: str) -> None:
        if retry_after.isdecimal():
            until = stamp(self._clock.now() + timedelta(seconds=int(retry_after)))
        else:
            until = stamp(parsedate_to_datetime(retry_after))
        self._told_to_wait[request.app_id] = (time.monotonic() + _ON_THE_WAY, until)

    def _too_early(self, request: Request, arrival: _Arrival) -> bool:
        told, until = self._told_to_wait.get(request.app_id, (0.0, ""))
        return bool(until) and arrival.monotonic > told and arrival.at < until


@dataclass(frozen=True, slots=True)
class _Arrival:
    number: int
    monotonic: float
    at: str


def _refusal_of(happening: Happening) -> Refusal | None:
    """Return the answer that a fault gives before anything is done."""
    for fault in happening.faults:
        match fault.kind:
            case "throttle":
                return throttled(fault.retry_after or "1")
            case "error" if not fault.after:
                code = "serviceNotAvailable" if fault.status == 503 else "generalException"  # noqa: PLR2004
                headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
                return Refusal(fault.status, code, "The service can't answer just now.", headers=headers)
            case "expired_token":
                return bad_token("Lifetime validation failed, the token is expired.")
            case "locked":
                return locked()
            case "quota":
                return over_quota()
    return None


def _request(scope: Message, receive: Receive) -> Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}

    more = True

    async def stream() -> AsyncIterator[bytes]:
        nonlocal more
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                more = False
                raise ConnectionCut("the client went away")
            more = message.get("more_body", False)
            if message.get("body"):
                yield message["body"]

    raw_path = scope["raw_path"].decode("latin-1")
    client = scope.get("client") or ("", 0)
    return Request(
        method=scope["method"],
        path=raw_path,
        raw_path=raw_path,
        raw_query=scope["query_string"].decode("latin-1"),
        headers=headers,
        peer=(client[0], client[1]),
        stream=stream,
    )


async def _drain(request: Request) -> None:
    async for _ in request.chunks():
        pass


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True, slots=True)
class _Prepared:
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
        async for chunk in self._chunks():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        if self.whole:
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _chunks(self) -> AsyncIterator[bytes]:
        if self.file is None:
            yield self.body[: self.length]
            return
        with self.file.open("rb") as file:
            file.seek(self.start)
            left = self.length
            while left and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


def _prepared(answer: Answer, request: Request, clock: Clock, *, share: float = 1.0) -> _Prepared:
    """Return what is sent for an answer; of its body only the first `share`."""
    body = b"" if answer.document is None else json.dumps(answer.document).encode("utf-8")
    length = answer.span[1] - answer.span[0] if answer.file is not None else len(body)
    headers = {
        "Date": format_datetime(clock.now(), usegmt=True),
        "X-Stand-In": STAND_IN,
        "request-id": request.id,
        "client-request-id": request.client_request_id,
        "Cache-Control": "no-store",
    }
    if answer.document is not None:
        headers["Content-Type"] = "application/json; charset=utf-8"
    if answer.status not in {204, 304}:
        headers["Content-Length"] = str(length)
    encoded = [
        (name.encode("latin-1"), value.encode("latin-1", "replace"))
        for name, value in (headers | answer.headers).items()
    ]
    allowed = 0 if request.method == "HEAD" else int(length * share)
    return _Prepared(answer.status, encoded, body, answer.file, answer.span[0], allowed, whole=share >= 1)
