"""Sends calls: admitted by the pace, judged by the status table, a write never repeated blindly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from threading import local
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urlsplit

import requests
from office365.graph_request import GraphRequest
from office365.runtime.http.http_method import HttpMethod
from office365.runtime.http.request_options import RequestOptions
from office365.runtime.transport.requests_transport import RequestsTransport

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.broken import decide_broken
from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
from ecosmig_publish.destinations.sharepoint.graph.status import Action, decide_answer
from ecosmig_publish.destinations.sharepoint.redaction import keep_logs_clean, lower_fault
from ecosmig_publish.destinations.sharepoint.waiting import Passing
from ecosmig_publish.destinations.sharepoint.waiting.server_words import read_headers
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from ecosmig_publish.destinations.sharepoint.graph.calls import Call
    from ecosmig_publish.destinations.sharepoint.graph.status import Decision
    from ecosmig_publish.destinations.sharepoint.sign_in.applications import MakeSession
    from ecosmig_publish.destinations.sharepoint.sign_in.tokens import Tokens
    from ecosmig_publish.destinations.sharepoint.waiting import Pace, Waiting


@dataclass(frozen=True, slots=True)
class GraphParts:
    """What all threads share. `root` is Graph's address without its version; `now` gives UTC."""

    root: str
    tokens: Tokens
    pace: Pace
    waiting: Waiting
    make_session: MakeSession
    now: Callable[[], datetime]


class Graph:
    """Graph v1.0 for any number of threads; each has a request object and connections of its own."""

    def __init__(self, parts: GraphParts) -> None:
        self._parts = parts
        self._own = local()
        keep_logs_clean()

    @property
    def waiting(self) -> Waiting:
        """What waits here, for callers that look again at what may only take a moment."""
        return self._parts.waiting

    @property
    def base(self) -> str:
        """Where paths start, without a slash at the end."""
        return f"{self._parts.root.rstrip('/')}/v1.0"

    def path_of(self, link: str) -> str:
        """Return a link that Graph gave out as a path; our token goes to no other place. Raises `RefusedError`."""
        ours = urlsplit(self.base)
        try:
            theirs = urlsplit(link)
            same = theirs.scheme == ours.scheme and _place(theirs) == _place(ours)
        except ValueError:
            theirs, same = ours, False
        if not same or not theirs.path.startswith(f"{ours.path}/"):
            raise RefusedError(
                f"Graph's answer leads to another place than {self.base}; not followed",
                hint="Check destination.sharepoint.graph_url, and what stands between here and Graph.",
            )
        return theirs.path.removeprefix(ours.path) + (f"?{theirs.query}" if theirs.query else "")

    def send(self, call: Call) -> Answer:
        """Send what may be repeated: reading, removing, and what leaves nothing behind when it is done twice.

        Raises `DestinationError` or one of its kinds.
        """
        return self.send_anew(lambda: call)

    def send_anew(self, make: Callable[[], Call]) -> Answer:
        """Send what may be repeated, made anew for each attempt. Raises as `send`."""
        return self._parts.waiting.run(lambda _unclear: self._once(make()))

    def write(self, call: Call, look: Callable[[Callable[[Call], Answer]], Answer | None]) -> Answer:
        """Send a call that changes something. After an unclear end `look` is asked first, with a way to send.

        What `look` returns is taken for the answer; None means that it was not done. Raises as `send`.
        """

        def attempt(unclear: bool) -> Answer:  # noqa: FBT001 - `Waiting.run` says it so
            if unclear:
                found = look(self._once)
                if found is not None:
                    return found
            return self._once(call)

        return self._parts.waiting.run(attempt)

    def _once(self, call: Call) -> Answer:
        """Send a call once; with a fresh token once more where the one at hand isn't taken."""
        answer, decision = self._exchange(call)
        if decision.action is Action.SIGN_IN and not call.address:
            self._parts.tokens.drop(self._own.token)
            answer, decision = self._exchange(call)
        if decision.action is Action.TAKE or (answer.status in call.expected and not decision.waits):
            return answer
        raise self._fault(call, decision, answer)

    def _exchange(self, call: Call) -> tuple[Answer, Decision]:
        """Return an answer and what it means. Raises where there is none."""
        if not call.address:
            # Before the pace: a new token takes time, and its faults aren't Graph's.
            self._own.token = self._parts.tokens.token()
        self._parts.pace.admit(call.kind.cost)
        try:
            answer = _read(self._execute(call), stream=call.stream)
        except (requests.RequestException, OSError) as error:
            # No variable keeps the library's error: it names whole addresses, and knows the request with its token.
            fault = self._fault(call, decide_broken(error, call.kind), Answer(0), lower_fault(error))
        else:
            decision = decide_answer(answer, call.kind)
            words = read_headers(answer.headers, self._parts.now())
            self._parts.pace.observe(words, throttled=decision.waits)
            return answer, decision
        self._request().transport.reset_connections()
        raise fault

    def _execute(self, call: Call) -> requests.Response:
        request = self._request()
        options = RequestOptions(
            call.address or f"{self.base}{call.path}",
            HttpMethod(call.method),
            call.json if call.data is None else call.data,
            {"Accept": "application/json", **call.headers},
            stream=call.stream,
        )
        if not call.address:
            request.beforeExecute(options)
        request.apply_client_request_id(options)
        response: requests.Response = request.transport.execute(options)
        return response

    def _fault(self, call: Call, decision: Decision, answer: Answer, cause: Exception | None = None) -> Exception:
        details = [str(answer.status or ""), answer.code, _request_id(answer)]
        shown = ", ".join(detail for detail in details if detail)
        hint = decision.hint
        if answer.status == HTTPStatus.FORBIDDEN and self._parts.tokens.roles() == frozenset():
            hint = "The token carries no permission: an administrator has to consent to Sites.Selected for this app."
        error = decision.error(f"{call.words}: {decision.says}" + (f" ({shown})" if shown else ""), hint=hint)
        error.__cause__ = cause
        if decision.waits and isinstance(error, DestinationBusyError):
            told = read_headers(answer.headers, self._parts.now()).wait_seconds is not None
            return Passing(error, unclear=decision.action is Action.LOOK, told=told)
        return error

    def _request(self) -> Any:
        """Return this thread's own request object: shared ones mix up the requests of several threads."""
        if not hasattr(self._own, "request"):
            self._own.request = _V1Request(self.base).with_access_token(self._present_token)
            self._own.request.transport = RequestsTransport(session=self._parts.make_session(machine_local=False))
        return self._own.request

    def _present_token(self) -> dict[str, str]:
        return {"access_token": self._own.token, "token_type": "Bearer"}


class _V1Request(GraphRequest):  # type: ignore[misc]
    """The library's request with Graph's address as a plain setting: national clouds, the stand-in."""

    def __init__(self, root: str) -> None:
        super().__init__()
        self._root = root

    @property
    def service_root_url(self) -> str:
        return self._root


def _place(address: SplitResult) -> tuple[str | None, int]:
    return address.hostname, address.port or 443


def _read(response: requests.Response, *, stream: bool) -> Answer:
    """Read an answer whole, unless it is a stream of bytes that somebody else reads."""
    if stream and HTTPStatus.OK <= response.status_code < HTTPStatus.MULTIPLE_CHOICES:
        return Answer(response.status_code, headers=response.headers, response=response)
    document: Any = None
    if response.content:
        try:
            document = json.loads(response.content)
        except (ValueError, RecursionError):
            document = None
        if b"\\ud" in response.content.lower():
            document = _as_text(document)
    return Answer(response.status_code, document if isinstance(document, dict) else {}, response.headers)


def _as_text(value: Any) -> Any:
    """Return a JSON value whose texts can be written everywhere: half a pair of surrogates is no character."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_as_text(one) for one in value]
    if isinstance(value, dict):
        return {_as_text(name): _as_text(one) for name, one in value.items()}
    return value


def _request_id(answer: Answer) -> str:
    identifier = answer.headers.get("request-id")
    return f"request {identifier}" if identifier else ""
