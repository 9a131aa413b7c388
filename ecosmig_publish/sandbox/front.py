"""The front: every request comes in here, meets its faults, is answered, logged and sent off."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import stamp
from ecosmig_publish.sandbox.connections import ConnectionCut, Connections
from ecosmig_publish.sandbox.exchange import Answer, DocumentError, Request, decoded
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request, not_found
from ecosmig_publish.sandbox.refusing import refusal_by_entra, refusal_by_graph
from ecosmig_publish.sandbox.request_log import LoggedRequest, RequestLog, without_secrets
from ecosmig_publish.sandbox.sending import outgoing
from ecosmig_publish.sandbox.throttling import Throttle, cost_of
from ecosmig_publish.sandbox.waits import Arrival, Waits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping

    from ecosmig_publish.sandbox.admin import Admin
    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.faults import Faults, Happening
    from ecosmig_publish.sandbox.graph.api import Graph
    from ecosmig_publish.sandbox.sign_in.endpoint import SignIn
    from ecosmig_publish.sandbox.sign_in.managed import ManagedIdentity

    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]

_LOGGER = logging.getLogger("ecosmig_sandbox")


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
        self.waits = Waits()
        self.stopping = asyncio.Event()
        self.latency = 0.0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = _request(scope, receive)
        if request.raw_path.startswith("/_sandbox"):
            await outgoing(await self._admin.answer(request), request, self._clock.now()).send(send)
            return
        arrival = Arrival(self._log.next_number(), time.monotonic(), stamp(self._clock.now()))
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
        prepared = outgoing(answer, request, self._clock.now(), share=0.5 if happening.has("cut_body") else 1.0)
        # Noted before it goes out: whoever has the answer finds it in the log.
        self._note(request, arrival, happening, status=answer.status, sent=prepared.length)
        if "Retry-After" in answer.headers:
            self.waits.remember(request, answer.headers["Retry-After"], self._clock.now())
        await prepared.send(send)
        if happening.has("cut_body"):
            self._connections.drop(request.peer)
            await _until_gone(receive)

    def _note(self, request: Request, arrival: Arrival, happening: Happening, *, status: int, sent: int) -> None:
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
                too_early=self.waits.too_early(request, arrival),
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
        try:
            request.path = decoded(request.raw_path)
            request.resource_units = cost_of(request)
            if request.at_entra:
                return await self._answer_as_entra(request, happening)
            return await self._answer_as_graph(request, happening)
        except Refusal as refused:
            return refused.answer(request, self._clock.now())
        except DocumentError as error:
            return bad_request(str(error)).answer(request, self._clock.now())
        except ConnectionCut:
            raise
        except Exception:
            _LOGGER.exception("a fault of the stand-in at %s %s", request.method, request.raw_path)
            return Refusal(500, "standInFault", "This is a fault of the stand-in.").answer(request, self._clock.now())

    async def _answer_as_graph(self, request: Request, happening: Happening) -> Answer:
        is_graph = request.path.startswith("/v1.0/")
        caller = self._graph.caller_of(request) if is_graph else None
        if caller is not None:
            request.app_id = caller.client_id
        refusal = refusal_by_graph(happening)
        if refusal is not None:
            raise refusal
        if caller is None:
            return await self._graph.answer_storage(request)
        told = self._throttle.charge(request.app_id, request.resource_units, self._clock.now())
        try:
            answer = await self._graph.answer(request, caller, happening)
        except Refusal as refused:
            answer = refused.answer(request, self._clock.now())
        answer.headers |= told
        return answer

    async def _answer_as_entra(self, request: Request, happening: Happening) -> Answer:
        refused = await refusal_by_entra(request, happening)
        if refused is not None:
            refusal, retry_after = refused
            answer = refusal.answer(request.client_request_id, self._sign_in.origin, self._clock.now())
            answer.headers |= {"Retry-After": retry_after} if retry_after else {}
            return answer
        found = self._managed.answer(request) or await self._sign_in.answer(request)
        if found is None:
            raise not_found(f"This is a stand-in for SharePoint and Entra; nothing is at {request.path}.")
        return found

    def _meet_after(self, happening: Happening, answer: Answer) -> Answer:
        for fault in happening.faults:
            if fault.kind == "reset" and fault.after:
                raise ConnectionCut("the reply is lost, on request")
            if fault.kind == "error" and fault.after:
                return Answer(fault.status, {"error": {"code": "generalException", "message": "An error occurred."}})
        return answer


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
