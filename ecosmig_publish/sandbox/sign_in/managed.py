"""Managed identity: the endpoints that Azure puts beside a machine, for one application that has no key."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.sign_in.tokens import AUDIENCE

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.sign_in.endpoint import SignIn
    from ecosmig_publish.sandbox.state.tenant import Tenant

IMDS_PATH = "/metadata/identity/oauth2/token"
"""Of a virtual machine: reached with `AZURE_POD_IDENTITY_AUTHORITY_HOST`, asks for the header `Metadata: true`."""
APP_SERVICE_PATH = "/msi/token"
"""Of an App Service: `IDENTITY_ENDPOINT`, asks for the secret `IDENTITY_HEADER` in `X-IDENTITY-HEADER`."""


class ManagedIdentity:
    """Gives tokens of one application to whoever reaches it from beside the machine."""

    def __init__(self, tenant: Tenant, clock: Clock, sign_in: SignIn) -> None:
        self._tenant = tenant
        self._clock = clock
        self._sign_in = sign_in
        self.client_id = ""
        self.header = ""

    def answer(self, request: Request) -> Answer | None:
        """Answer a request for a token; None where the path is neither of the two."""
        if request.path == IMDS_PATH:
            if request.headers.get("metadata", "").lower() != "true":
                return _refused(400, "invalid_request", "Required metadata header not specified")
        elif request.path == APP_SERVICE_PATH:
            given = request.headers.get("x-identity-header", "")
            if not self.header or not hmac.compare_digest(given.encode(), self.header.encode()):
                return _refused(401, "unauthorized", "The X-IDENTITY-HEADER is not the one of this machine.")
        else:
            return None
        return self._token(request)

    def _token(self, request: Request) -> Answer:
        application = self._tenant.applications.get(self.client_id) if self.client_id else None
        wanted = request.query.get("client_id", self.client_id)
        if application is None or wanted != application.client_id:
            return _refused(400, "invalid_request", "Identity not found")
        if request.query.get("resource", "").rstrip("/") not in {AUDIENCE, self._sign_in.origin}:
            return _refused(400, "invalid_resource", "AADSTS500011: The resource principal was not found.")
        request.app_id = application.client_id
        token: dict[str, Any] = self._sign_in.token_for(application)
        expires_on = int(self._clock.now().timestamp()) + self._sign_in.lifetime
        document = {
            "access_token": token["access_token"],
            "client_id": application.client_id,
            "expires_in": str(self._sign_in.lifetime),
            "expires_on": str(expires_on),
            "resource": request.query["resource"],
            "token_type": "Bearer",
        }
        return Answer(200, document)


def _refused(status: int, error: str, description: str) -> Answer:
    return Answer(status, {"error": error, "error_description": description})
