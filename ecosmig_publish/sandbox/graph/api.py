"""Graph v1.0: from a request to the call that answers it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.exchange import Answer, DocumentError, Request
from ecosmig_publish.sandbox.graph import (
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
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Drive


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
        return Caller(str(claims["appid"]), str(claims["app_displayname"]), frozenset(claims["roles"]))

    async def answer_storage(self, request: Request) -> Answer:
        """Answer at an upload or download address."""
        if request.path.startswith("/upload/"):
            return await upload_calls.answer_session(self._service, request)
        if request.method not in {"GET", "HEAD"}:
            raise Refusal(405, "invalidRequest", "The method is not allowed.")
        return content_calls.download(self._service, request)

    async def answer(self, request: Request, caller: Caller, lag: float = 0) -> Answer:
        """Answer a call of Graph; `lag` is how many seconds behind listings are."""
        area, _, rest = request.path.removeprefix("/v1.0/").partition("/")
        rest = rest.rstrip("/")
        try:
            if area == "sites":
                return await self._answer_site(request, caller, site_calls.split_site(self._service, rest), lag)
            if area == "drives":
                return await self._answer_drives(request, caller, rest, lag)
            if area == "users" and request.method == "GET":
                return directory_calls.users(self._service, request, caller, rest)
            if area == "groups" and request.method == "GET":
                return directory_calls.groups(self._service, request, caller, rest)
            if area == "invitations" and request.method == "POST":
                return directory_calls.invite_guest(self._service, caller, await request.document())
        except DocumentError as error:
            raise bad_request(f"The body can't be read: {error}.") from error
        raise unknown_segment(area)

    async def _answer_site(self, request: Request, caller: Caller, call: str, lag: float) -> Answer:
        if not call:
            return site_calls.get_site(self._service, request, caller)
        first, _, rest = call.partition("/")
        if first == "drives":
            if not rest:
                return site_calls.list_drives(self._service, request, caller)
            return await self._answer_drives(request, caller, rest, lag)
        if first == "drive":
            drive = self._service.tenant.items.drives()[0]
            return await self._answer_drive(request, caller, drive, rest, lag)
        if first == "permissions":
            body = await request.document()
            return site_calls.site_permissions(self._service, request, caller, rest, body)
        raise unknown_segment(first)

    async def _answer_drives(self, request: Request, caller: Caller, rest: str, lag: float) -> Answer:
        drive_id, _, call = rest.partition("/")
        drive = self._service.tenant.items.drive(drive_id)
        if drive is None:
            raise not_found("The resource could not be found.")
        return await self._answer_drive(request, caller, drive, call, lag)

    async def _answer_drive(self, request: Request, caller: Caller, drive: Drive, call: str, lag: float) -> Answer:
        if not call:
            caller.require(self._service.tenant.applications, READ)
            document = self._service.shapes.drive(drive)
            return Answer(200, selected(document, request.query.get("$select", "")))
        # An item that isn't there and one that may not be seen are told apart only by those who may look.
        caller.require(self._service.tenant.applications, READ)
        address = parse_address(self._service.tenant.items, drive, call)
        return await self._answer_item(request, caller, address, lag)

    async def _answer_item(  # noqa: C901, PLR0911, PLR0912 - one line for each call that Graph has
        self, request: Request, caller: Caller, address: Address, lag: float
    ) -> Answer:
        service, method = self._service, request.method
        call, _, rest = address.call.removeprefix("microsoft.graph.").partition("/")
        if method == "PUT" and call == "content":
            return await content_calls.put_content(service, request, caller, address)
        body = {} if method in {"GET", "DELETE"} else await request.document()
        match method, call:
            case "GET", "":
                return item_calls.get_item(service, request, caller, address)
            case "GET", "children":
                return item_calls.list_children(service, request, caller, address, lag)
            case "GET", "content":
                return content_calls.get_content(service, request, caller, address)
            case "GET", "permissions" if rest:
                return permission_calls.get_grant(service, caller, address, rest)
            case "GET", "permissions":
                return permission_calls.list_grants(service, request, caller, address)
            case "GET", _ if delta_calls.is_delta(address.call):
                return delta_calls.list_changes(service, request, caller, address, lag)
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
