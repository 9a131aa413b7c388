"""Entra's endpoints: what a client discovers, and the token it gets for a proof of who it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.sign_in.assertions import (
    check_certificate_assertion,
    check_federated_assertion,
    parse_assertion,
    refuse_replay,
)
from ecosmig_publish.sandbox.sign_in.device import GRANT_TYPES, DeviceSignIns
from ecosmig_publish.sandbox.sign_in.refusals import (
    SignInRefusal,
    bad_assertion,
    bad_request,
    no_consent,
    unknown_application,
    unknown_tenant,
)
from ecosmig_publish.sandbox.sign_in.tokens import AUDIENCE, issue_access_token

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.state.applications import Application
    from ecosmig_publish.sandbox.state.directory import Person
    from ecosmig_publish.sandbox.state.tenant import Tenant

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SignIn:
    """Answers below `/{tenant}/`; `origin` is this server's own, `lifetime` that of a token in seconds."""

    def __init__(
        self, tenant: Tenant, clock: Clock, origin: str, issuer_key: Callable[[], bytes], lifetime: int = 3599
    ) -> None:
        self._tenant = tenant
        self._clock = clock
        self.origin = origin
        self._issuer_key = issuer_key
        self.lifetime = lifetime
        self.devices = DeviceSignIns()

    async def answer(self, request: Request) -> Answer | None:
        """Answer a request to Entra; None where the path isn't one of Entra's."""
        tenant, _, rest = request.path.lstrip("/").partition("/")
        try:
            return await self._answer(request, tenant, rest)
        except SignInRefusal as refusal:
            return refusal.answer(request.client_request_id, self.origin, self._clock.now())

    async def _answer(self, request: Request, tenant: str, rest: str) -> Answer | None:
        match rest.removesuffix("/"):
            case "discovery/instance":
                return Answer(200, self._instances())
            case "v2.0/.well-known/openid-configuration" | ".well-known/openid-configuration":
                self._check_tenant(tenant)
                return Answer(200, self._discovery(tenant))
            case "discovery/v2.0/keys":
                return Answer(200, {"keys": []})
            case "oauth2/v2.0/devicecode":
                self._check_tenant(tenant)
                return await self._begin_device(request)
            case "oauth2/v2.0/token" | "oauth2/token":
                self._check_tenant(tenant)
                return await self._token(request)
        return None

    def token_for(self, application: Application, person: Person | None = None) -> dict[str, Any]:
        """Return the document that carries a new access token, for an application or a person who uses one."""
        token = issue_access_token(
            self._tenant.secret,
            application,
            person,
            tenant=self._tenant.id,
            issuer=self.origin,
            now=self._clock.now(),
            lifetime=self.lifetime,
        )
        return {
            "token_type": "Bearer",
            "expires_in": self.lifetime,
            "ext_expires_in": self.lifetime,
            "access_token": token,
        }

    async def _token(self, request: Request) -> Answer:
        if request.method != "POST":
            raise bad_request(900561, "The endpoint only accepts POST requests.")
        form = await request.form()
        client_id = form.get("client_id", "")
        request.app_id = client_id
        grant = form.get("grant_type", "")
        if grant in GRANT_TYPES:
            return self._finish_device(form, client_id)
        if grant != "client_credentials":
            raise bad_request(
                70003, f"The app requested an unsupported grant type '{grant}'.", "unsupported_grant_type"
            )
        application = self._tenant.applications.get(client_id)
        if application is None:
            raise unknown_application(client_id, self._tenant.id)
        self._check_proof(form, application)
        self._check_scope(form.get("scope", ""))
        if not application.consented:
            raise no_consent(client_id, application.name)
        return Answer(200, self.token_for(application))

    async def _begin_device(self, request: Request) -> Answer:
        form = await request.form()
        application = self._public(form.get("client_id", ""))
        request.app_id = application.client_id
        now = self._clock.now()
        return Answer(200, self.devices.begin(application.client_id, form.get("scope", ""), self.origin, now))

    def _finish_device(self, form: dict[str, str], client_id: str) -> Answer:
        application = self._public(client_id)
        person, scope = self.devices.finish(form.get("device_code", ""), client_id, self._clock.now())
        if not application.consented:
            raise no_consent(client_id, application.name)
        return Answer(200, self.token_for(application, person) | {"scope": scope})

    def _public(self, client_id: str) -> Application:
        application = self._tenant.applications.get(client_id)
        if application is None:
            raise unknown_application(client_id, self._tenant.id)
        if application.certificate:
            raise bad_assertion(
                7000218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            )
        return application

    def _check_proof(self, form: dict[str, str], application: Application) -> None:
        if "client_secret" in form:
            raise bad_assertion(
                7000215, f"Invalid client secret provided: '{application.client_id}' has none, certificates only."
            )
        if "client_assertion" not in form:
            raise bad_assertion(
                7000218,
                "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            )
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise bad_request(900144, "The request body must contain the following parameter: 'client_assertion_type'.")
        token, now = parse_assertion(form["client_assertion"]), self._clock.now()
        if token.claims.get("iss") != application.client_id and (
            application.issuer or not {"x5t", "x5t#S256", "x5c"} & token.header.keys()
        ):
            check_federated_assertion(token, application, self._issuer_key(), now)
            return
        check_certificate_assertion(token, application, self._audiences(), now)
        refuse_replay(token, self._tenant.database, now)

    def _audiences(self) -> set[str]:
        bases = [f"{self.origin}/{tenant}" for tenant in (self._tenant.id, self._tenant.domain)]
        return {base + end for base in bases for end in ("/oauth2/v2.0/token", "/oauth2/token", "/v2.0", "/")}

    def _check_tenant(self, tenant: str) -> None:
        if tenant.lower() not in {self._tenant.id, self._tenant.domain}:
            raise unknown_tenant(tenant)

    def _check_scope(self, scope: str) -> None:
        if not scope.endswith("/.default"):
            raise bad_request(
                1002012,
                f"The provided value for scope {scope} is not valid. Client credential flows must have a scope value "
                "with /.default suffixed to the resource identifier (application ID URI).",
                "invalid_scope",
            )
        if scope.removesuffix("/.default").rstrip("/") not in {AUDIENCE, self.origin}:
            raise bad_request(
                500011,
                f"The resource principal named {scope.removesuffix('/.default')} was not found in the tenant.",
                "invalid_resource",
            )

    def _discovery(self, tenant: str) -> dict[str, Any]:
        base = f"{self.origin}/{tenant}"
        return {
            "token_endpoint": f"{base}/oauth2/v2.0/token",
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "jwks_uri": f"{base}/discovery/v2.0/keys",
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "issuer": f"{self.origin}/{self._tenant.id}/v2.0",
            "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
            "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            "tenant_region_scope": "EU",
            "cloud_instance_name": "localhost",
            "msgraph_host": self.origin.removeprefix("https://"),
        }

    def _instances(self) -> dict[str, Any]:
        host = self.origin.removeprefix("https://")
        return {
            "tenant_discovery_endpoint": f"{self.origin}/{self._tenant.id}/v2.0/.well-known/openid-configuration",
            "api-version": "1.1",
            "metadata": [{"preferred_network": host, "preferred_cache": host, "aliases": [host]}],
        }
