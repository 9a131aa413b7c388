"""How Graph says no: a status, a code, and inside it a more precise one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ecosmig_publish.sandbox.exchange import Request

GRAPH_APPLICATION = "00000003-0000-0000-c000-000000000000"


class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault of the stand-in
    """Graph answers this request with an error."""

    def __init__(
        self, status: int, code: str, message: str, *, inner: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.inner = inner
        self.headers = dict(headers or {})

    def answer(self, request: Request, now: datetime) -> Answer:
        """Return the error's body, as Graph v1.0 has it."""
        inner: dict[str, Any] = {"code": self.inner} if self.inner else {}
        inner |= {
            "date": now.strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": request.id,
            "client-request-id": request.client_request_id,
        }
        error = {"code": self.code, "message": self.message, "innerError": inner}
        return Answer(self.status, {"error": error}, dict(self.headers))


def bad_request(message: str, *, inner: str = "") -> Refusal:
    """Say that the request makes no sense."""
    return Refusal(400, "invalidRequest", message, inner=inner)


def unknown_segment(segment: str) -> Refusal:
    """Say that the address names no resource of Graph, or none that the stand-in has."""
    return Refusal(400, "BadRequest", f"Resource not found for the segment '{segment}'.")


def not_found(message: str = "The resource could not be found.") -> Refusal:
    """Say that nothing is there."""
    return Refusal(404, "itemNotFound", message)


def access_denied(message: str = "Access denied") -> Refusal:
    """Say that the caller may not do this."""
    return Refusal(403, "accessDenied", message)


def name_taken(message: str = "The specified item name already exists.") -> Refusal:
    """Say that another item has that name."""
    return Refusal(409, "nameAlreadyExists", message)


def changed_meanwhile() -> Refusal:
    """Say that the precondition of an `If-Match` or `If-None-Match` doesn't hold."""
    return Refusal(412, "resourceModified", "ETag does not match current item's value.", inner="entityTagDoesNotMatch")


def over_quota() -> Refusal:
    """Say that there is no room."""
    return Refusal(507, "quotaLimitReached", "Insufficient space available.")


def locked() -> Refusal:
    """Say that somebody has the file open or checked out."""
    return Refusal(423, "resourceLocked", "The resource you are attempting to access is locked.", inner="lockMismatch")


def not_allowed_by_directory() -> Refusal:
    """Say that the application has no consent for this part of Entra."""
    return Refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def no_such_object(identifier: str) -> Refusal:
    """Say that Entra knows no such object."""
    message = (
        f"Resource '{identifier}' does not exist or one of its queried reference-property objects are not present."
    )
    return Refusal(404, "Request_ResourceNotFound", message)


def bad_token(message: str) -> Refusal:
    """Say that the access token is missing, spoilt or out of date."""
    challenge = f'Bearer realm="", client_id="{GRAPH_APPLICATION}", error="invalid_token"'
    return Refusal(401, "InvalidAuthenticationToken", message, headers={"WWW-Authenticate": challenge})
