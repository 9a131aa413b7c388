"""Graph v1.0: from a request to the call that answers it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer, DocumentError, Request
from ecosmig_publish.sandbox.graph import (
    analytics_calls,
    content_calls,
    delta_calls,
    directory_calls,
    item_calls,
    permission_calls,
    site_calls,
    upload_calls,
)
from ecosmig_publish.sandbox.graph.access import READ, Caller
from ecosmig_publish.sandbox.graph.address import Address, parse_address
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request, bad_token, not_found, unknown_segment
from ecosmig_publish.sandbox.graph.shapes import selected
from ecosmig_publish.sandbox.sign_in.tokens import TokenError, check_access_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.faults import Happening
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Drive


@dataclass(frozen=True, slots=True)
class _Call:
    request: Request
    caller: Caller
    body: Mapping[str, Any]
    happening: Happening
    received: content_calls.Received | None = None


class Graph:
    """Answers everything below `/v1.0/`, `/upload/` and `/download/`. Raises `Refusal`."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def caller_of(self, request: Request) -> Caller:
        """Return who asks, by the bearer token. Raises `Refusal`."""
        scheme, _, text = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not text:
            raise bad_token("Access token is empty.")
        try:
            claims = check_access_token(self._service.tenant.secret, text.strip(), self._service.clock.now())
        except TokenError as error:
            raise bad_token(str(error)) from error
        roles = frozenset(claims["roles"] if "roles" in claims else str(claims.get("scp", "")).split())
        caller = Caller(str(claims["appid"]), str(claims["app_displayname"]), roles)
        if claims.get("idtyp") == "user":
            return replace(caller, person=str(claims["oid"]), person_name=str(claims["name"]))
        return caller

    async def answer_storage(self, request: Request) -> Answer:
        """Answer at an upload or download address."""
        if request.path.startswith("/upload/"):
            return await upload_calls.answer_session(self._service, request)
        if request.method not in {"GET", "HEAD"}:
            raise Refusal(405, "invalidRequest", "The method is not allowed.")
        return content_calls.download(self._service, request)

    async def answer(self, request: Request, caller: Caller, happening: Happening) -> Answer:
        """Answer a call of Graph. The body is read first; from then on nothing else happens to the state meanwhile."""
        database = self._service.tenant.database
        if request.method == "GET":
            with database.lock:
                return self._answer(_Call(request, caller, {}, happening))
        if request.method == "PUT":
            received = await content_calls.receive(self._service, request)
            try:
                with database.transaction():
                    answer = self._answer(_Call(request, caller, {}, happening, received))
            except BaseException:
                self._service.tenant.contents.discard(received.stored.name)
                raise
            if received.cut is not None:
                raise received.cut
            return answer
        try:
            body = await request.document()
        except DocumentError as error:
            raise bad_request(f"The body can't be read: {error}.") from error
        with database.transaction():
            return self._answer(_Call(request, caller, body, happening))

    def _answer(self, call: _Call) -> Answer:
        request, service = call.request, self._service
        area, _, rest = request.path.removeprefix("/v1.0/").partition("/")
        rest = rest.rstrip("/")
        match request.method, area:
            case _, "sites":
                return self._answer_site(call, site_calls.split_site(service, rest))
            case _, "drives":
                return self._answer_drives(call, rest)
            case "GET", "users":
                return directory_calls.users(service, request, call.caller, rest)
            case "GET", "groups":
                return directory_calls.groups(service, request, call.caller, rest)
            case "POST", "invitations":
                return directory_calls.invite_guest(service, call.caller, call.body)
        raise unknown_segment(area)

    def _answer_site(self, call: _Call, rest: str) -> Answer:
        first, _, more = rest.partition("/")
        match first:
            case "":
                return site_calls.get_site(self._service, call.request, call.caller)
            case "drives" if not more:
                return site_calls.list_drives(self._service, call.request, call.caller)
            case "drives":
                return self._answer_drives(call, more)
            case "drive":
                return self._answer_drive(call, self._service.tenant.items.drives()[0], more)
            case "permissions":
                return site_calls.site_permissions(self._service, call.request, call.caller, more, call.body)
        raise unknown_segment(first)

    def _answer_drives(self, call: _Call, rest: str) -> Answer:
        drive_id, _, more = rest.partition("/")
        # What isn't there and what may not be seen are told apart only by those who may look.
        call.caller.require(self._service.tenant.applications, READ)
        drive = self._service.tenant.items.drive(drive_id)
        if drive is None:
            raise not_found("The resource could not be found.")
        return self._answer_drive(call, drive, more)

    def _answer_drive(self, call: _Call, drive: Drive, rest: str) -> Answer:
        call.caller.require(self._service.tenant.applications, READ)
        if not rest:
            document = self._service.shapes.drive(drive)
            return Answer(200, selected(document, call.request.query.get("$select", "")))
        return self._answer_item(call, parse_address(self._service.tenant.items, drive, rest))

    def _answer_item(  # noqa: C901, PLR0911, PLR0912 - one case for each call that Graph has
        self, call: _Call, address: Address
    ) -> Answer:
        service, request, caller, body = self._service, call.request, call.caller, call.body
        verb, _, rest = address.call.removeprefix("microsoft.graph.").partition("/")
        match request.method, verb:
            case "GET", "":
                return item_calls.get_item(service, request, caller, address)
            case "GET", "children":
                return item_calls.list_children(service, request, caller, address, call.happening)
            case "GET", "content":
                return content_calls.get_content(service, request, caller, address)
            case "GET", "analytics":
                return analytics_calls.get_stats(service, request, caller, address, rest)
            case "GET", "permissions" if rest:
                return permission_calls.get_grant(service, caller, address, rest)
            case "GET", "permissions":
                return permission_calls.list_grants(service, request, caller, address)
            case "GET", _ if delta_calls.is_delta(address.call):
                return delta_calls.list_changes(service, request, caller, address, call.happening)
            case "PUT", "content" if call.received is not None:
                return content_calls.put_content(service, request, caller, address, call.received.stored)
            case "POST", "children":
                return item_calls.make_folder(service, request, caller, address, body)
            case "POST", "createUploadSession":
                return upload_calls.create_session(service, request, caller, address, body)
            case "POST", "invite":
                return permission_calls.invite(service, caller, address, body)
            case "POST", "createLink":
                return permission_calls.create_link(service, caller, address, body)
            case "PATCH", "":
                return item_calls.change_item(service, request, caller, address, body)
            case "PATCH", "permissions" if rest:
                return permission_calls.change_grant(service, caller, address, rest, body)
            case "DELETE", "":
                return item_calls.delete_item(service, request, caller, address)
            case "DELETE", "permissions" if rest:
                return permission_calls.withdraw_grant(service, caller, address, rest)
        raise unknown_segment(address.call)
