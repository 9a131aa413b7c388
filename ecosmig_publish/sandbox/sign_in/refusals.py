"""How Entra says no."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.exchange import Answer

if TYPE_CHECKING:
    from datetime import datetime


class SignInRefusal(Exception):  # noqa: N818 - it is an answer, not a fault of the stand-in
    """Entra answers with one of its AADSTS numbers."""

    def __init__(self, status: int, error: str, number: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.error = error
        self.number = number
        self.message = message

    def answer(self, correlation: str, authority: str, now: datetime) -> Answer:
        """Return the error's body in Entra's form."""
        trace = str(uuid.uuid4())
        at = now.strftime("%Y-%m-%d %H:%M:%SZ")
        document = {
            "error": self.error,
            "error_description": f"AADSTS{self.number}: {self.message} Trace ID: {trace} "
            f"Correlation ID: {correlation} Timestamp: {at}",
            "error_codes": [self.number],
            "timestamp": at,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"{authority}/error?code={self.number}",
        }
        return Answer(self.status, document)


def unknown_tenant(tenant: str) -> SignInRefusal:
    """Say that there is no such tenant."""
    return SignInRefusal(
        400,
        "invalid_request",
        90002,
        f"Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the "
        "correct cloud. Check with your subscription administrator, this may happen if there are no active "
        "subscriptions for the tenant.",
    )


def unknown_application(client_id: str, tenant: str) -> SignInRefusal:
    """Say that the tenant has no such application."""
    return SignInRefusal(
        400,
        "unauthorized_client",
        700016,
        f"Application with identifier '{client_id}' was not found in the directory '{tenant}'. This can happen if the "
        "application has not been installed by the administrator of the tenant or consented to by any user in the "
        "tenant. You may have sent your authentication request to the wrong tenant.",
    )


def no_consent(client_id: str, name: str) -> SignInRefusal:
    """Say that nobody consented."""
    return SignInRefusal(
        400,
        "invalid_grant",
        65001,
        f"The user or administrator has not consented to use the application with ID '{client_id}' named '{name}'. "
        "Send an interactive authorization request for this user and resource.",
    )


def bad_signature(reason: str, thumbprint: str, client_id: str) -> SignInRefusal:
    """Say that the assertion isn't signed by a registered certificate that holds."""
    return SignInRefusal(
        401,
        "invalid_client",
        700027,
        "The certificate with identifier used to sign the client assertion is not registered on application. "
        f"[Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph "
        f"Explorer or directly use MS Graph to see configured keys for app Id '{client_id}'].",
    )


def bad_assertion(number: int, message: str) -> SignInRefusal:
    """Say that the assertion says something that Entra doesn't take."""
    return SignInRefusal(401, "invalid_client", number, message)


def bad_request(number: int, message: str, error: str = "invalid_request") -> SignInRefusal:
    """Say that the request lacks something or asks for something that isn't there."""
    return SignInRefusal(400, error, number, message)
