"""The stand-in as a test or a command starts it."""

from __future__ import annotations

import secrets
import tempfile
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from ecosmig_publish.sandbox.admin import Admin
from ecosmig_publish.sandbox.certificates import application_key, certificate_authority, write_secret
from ecosmig_publish.sandbox.clock import Clock
from ecosmig_publish.sandbox.configuring import destination_blocks
from ecosmig_publish.sandbox.connections import Connections
from ecosmig_publish.sandbox.faults import Faults
from ecosmig_publish.sandbox.front import Front
from ecosmig_publish.sandbox.graph.api import Graph
from ecosmig_publish.sandbox.graph.service import Service
from ecosmig_publish.sandbox.held import Library
from ecosmig_publish.sandbox.request_log import RequestLog
from ecosmig_publish.sandbox.server import LOOPBACK, ServerThread, listen
from ecosmig_publish.sandbox.sign_in.endpoint import SignIn
from ecosmig_publish.sandbox.sign_in.managed import APP_SERVICE_PATH, ManagedIdentity
from ecosmig_publish.sandbox.sign_in.workload import ISSUER, WorkloadIssuer
from ecosmig_publish.sandbox.state.applications import Application
from ecosmig_publish.sandbox.state.tenant import Tenant
from ecosmig_publish.sandbox.throttling import Throttle

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
    from types import TracebackType

    from ecosmig_publish.sandbox.graph.analytics_calls import Analytics
    from ecosmig_publish.sandbox.request_log import LoggedRequest
    from ecosmig_publish.sandbox.state.directory import Directory

DEFAULT_SITE = "https://contoso.sharepoint.com/sites/emrr"
ADMINISTRATOR_ROLES = ("Sites.Selected", "User.Read.All", "GroupMember.Read.All", "User.Invite.All")


@dataclass(frozen=True, slots=True)
class RegisteredApplication:
    """An application and what signs it in: `pem` holds private key and certificate, both PEM, mode 0600."""

    client_id: str
    name: str
    pem: Path


class Sandbox:
    """The stand-in in one state folder. Use it as a context, or call `start` and `stop`.

    `resource_units_per_minute` 0 throttles nobody. `token_lifetime` is in seconds. Without a folder the state is
    temporary. Entra goes by `sign_in_clock`, where one is given: a client signs by its machine's own.
    """

    def __init__(
        self,
        directory: Path | None = None,
        *,
        port: int = 0,
        clock: Clock | None = None,
        sign_in_clock: Clock | None = None,
        site_url: str = DEFAULT_SITE,
        libraries: Sequence[str] = ("Documents",),
        resource_units_per_minute: int = 0,
        token_lifetime: int = 3599,
    ) -> None:
        self._listener = listen(port)
        self.port: int = self._listener.getsockname()[1]
        self._temporary = None if directory else tempfile.TemporaryDirectory(prefix="ecosmig-sandbox-")
        self.directory = directory or Path(self._temporary.name if self._temporary else "")
        self.clock = clock or Clock()
        at_entra = sign_in_clock or self.clock
        self.faults = Faults()
        self._tenant = Tenant(self.directory, self.clock, site_url=site_url, libraries=libraries)
        self._certificates = certificate_authority(self.directory / "certificates")
        self._log = RequestLog(self.directory / "requests.jsonl")
        self._throttle = Throttle(resource_units_per_minute)
        self._connections = Connections()
        self._service = Service(self._tenant, self.clock, self.url, f"https://{LOOPBACK}:{self.port}")
        self._issuer = WorkloadIssuer(self.directory / "certificates" / "cluster.pem", at_entra)
        self._sign_in = SignIn(self._tenant, at_entra, self.url, self._issuer.public_key, token_lifetime)
        self._managed = ManagedIdentity(self._tenant, at_entra, self._sign_in)
        self._front = Front(
            Graph(self._service),
            self._sign_in,
            self._managed,
            Admin(self._tenant, self.clock, self.faults, self._log),
            clock=self.clock,
            faults=self.faults,
            log=self._log,
            throttle=self._throttle,
            connections=self._connections,
        )
        self._server = ServerThread(self._front, self._listener, self._certificates.server_context(), self._connections)
        self.publisher = self.register("publisher", roles=("Sites.Selected",), site_role="write")
        self.administrator = self.register("administrator", roles=ADMINISTRATOR_ROLES, site_role="fullcontrol")

    def start(self) -> Self:
        """Answer requests from now on, in a thread."""
        self._server.start()
        return self

    def stop(self) -> None:
        """Stop answering and close everything; the state stays, unless it is temporary."""
        self._server.stop(self._end_conversations)
        self._log.close()
        self._tenant.database.close()
        if self._temporary is not None:
            self._temporary.cleanup()

    def _end_conversations(self) -> None:
        self._front.stopping.set()
        self._connections.abort_all()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where Graph answers: `graph_url` of the configuration."""
        return f"https://localhost:{self.port}"

    @property
    def authority(self) -> str:
        """Where tokens are given: `authority` of the configuration."""
        return self.url

    @property
    def ca_bundle(self) -> Path:
        """The certificate of the stand-in's own authority, PEM."""
        return self._certificates.ca_bundle

    @property
    def tenant_id(self) -> str:
        """The tenant's id."""
        return self._tenant.id

    @property
    def site_url(self) -> str:
        """The site's address at SharePoint: `site_url` of the configuration."""
        return self._tenant.site.url

    @property
    def site_id(self) -> str:
        """What Graph calls the site."""
        return self._tenant.site.id

    @property
    def people(self) -> Directory:
        """The tenant's users, guests and groups."""
        return self._tenant.directory

    def register(
        self,
        name: str,
        *,
        roles: Iterable[str] = ("Sites.Selected",),
        site_role: str = "",
        consented: bool = True,
        federated_subject: str = "",
        certificate_from: datetime | None = None,
        certificate_for: timedelta | None = None,
    ) -> RegisteredApplication:
        """Register an application with a new certificate; one that has this name already is returned as it is.

        With `federated_subject` the application also signs in with what `workload_token` gives.
        """
        known = next((found for found in self._tenant.applications.all() if found.name == name), None)
        pem = self.directory / "applications" / f"{name}.pem"
        if known is not None and pem.exists():
            return RegisteredApplication(known.client_id, name, pem)
        pair = application_key(name, valid_from=certificate_from, valid_for=certificate_for)
        client_id = known.client_id if known else str(uuid.uuid4())
        self._tenant.applications.keep(
            Application(
                client_id,
                name,
                pair.certificate.decode("ascii"),
                frozenset(roles),
                consented,
                ISSUER if federated_subject else "",
                federated_subject,
            )
        )
        if site_role:
            self._tenant.applications.grant(client_id, site_role)
        write_secret(pem, pair.key + pair.certificate)
        return RegisteredApplication(client_id, name, pem)

    def workload_token(self, subject: str, *, lifetime: int = 3600) -> str:
        """Return what a cluster would hand to the workload `subject`: the assertion of its federated sign-in."""
        return self._issuer.token(subject, lifetime=lifetime)

    def serve_managed_identity(self, application: RegisteredApplication) -> dict[str, str]:
        """Give this application's tokens to the machine itself; returns the environment that App Service would set."""
        self._managed.client_id, self._managed.header = application.client_id, secrets.token_hex(16)
        return {"IDENTITY_ENDPOINT": f"{self.url}{APP_SERVICE_PATH}", "IDENTITY_HEADER": self._managed.header}

    def register_public(self, name: str, *, scopes: Iterable[str], site_role: str = "") -> str:
        """Register an application that people use by device code, and return its client id."""
        known = next((found for found in self._tenant.applications.all() if found.name == name), None)
        client_id = known.client_id if known else str(uuid.uuid4())
        self._tenant.applications.keep(Application(client_id, name, "", frozenset(scopes)))
        if site_role:
            self._tenant.applications.grant(client_id, site_role)
        return client_id

    def give_site_role(self, mail: str, role: str) -> None:
        """Give a person a role at the site: `read`, `write`, `owner`. Raises `LookupError` for nobody known."""
        person = self.people.person(mail)
        if person is None:
            raise LookupError(f"{mail}: nobody of the tenant")
        self._tenant.applications.grant(person.id, role)

    def enter_code(self, user_code: str, mail: str) -> None:
        """Let a person enter the code that a device shows, `""` declines. Raises `LookupError` for an unknown code."""
        self._sign_in.devices.decide(user_code, self.people.person(mail) if mail else None)

    def withdraw_site_role(self, application: RegisteredApplication) -> None:
        """Take from an application what the site granted it."""
        for grant in self._tenant.applications.grants():
            if grant.client_id == application.client_id:
                self._tenant.applications.withdraw(grant.id)

    def set_quota(self, size: int) -> None:
        """Let the site hold so many bytes and no more."""
        self._tenant.set_quota(size)

    @property
    def latency(self) -> float:
        """Seconds that are added to every answer."""
        return self._front.latency

    @latency.setter
    def latency(self, seconds: float) -> None:
        self._front.latency = seconds

    @property
    def resource_units_per_minute(self) -> int:
        """What an application may use in a minute; 0 throttles nobody."""
        return self._throttle.limit

    @resource_units_per_minute.setter
    def resource_units_per_minute(self, limit: int) -> None:
        self._throttle.limit = limit

    @property
    def keeps_truncated(self) -> bool:
        """Whether a PUT whose connection breaks leaves what had come in."""
        return self._service.keeps_truncated

    @keeps_truncated.setter
    def keeps_truncated(self, keeps: bool) -> None:
        self._service.keeps_truncated = keeps

    @property
    def shows_application_grants(self) -> bool:
        """Whether what the site grants to applications stands among the permissions of its items."""
        return self._service.shows_application_grants

    @shows_application_grants.setter
    def shows_application_grants(self, shows: bool) -> None:
        self._service.shows_application_grants = shows

    @property
    def owners_only_see_grants(self) -> bool:
        """Whether a caller that doesn't own the site sees only grants to itself, as documented."""
        return self._service.owners_only_see_all

    @owners_only_see_grants.setter
    def owners_only_see_grants(self, only: bool) -> None:
        self._service.owners_only_see_all = only

    @property
    def analytics(self) -> Analytics:
        """How much is told of who read a file."""
        return self._service.analytics

    @analytics.setter
    def analytics(self, tells: Analytics) -> None:
        self._service.analytics = tells

    def library(self, name: str = "Documents") -> Library:
        """Return a library to look into, and to do things to as somebody else. Raises `LookupError`."""
        drive = self._tenant.library(name)
        if drive is None:
            raise LookupError(f"{name}: no such library")
        return Library(self._tenant, drive)

    def requests(self) -> list[LoggedRequest]:
        """Return the requests so far, in the order in which they came in."""
        return self._log.all()

    def clear_requests(self) -> None:
        """Forget the requests so far; the file of them stays."""
        self._log.clear()

    def forget_waits(self) -> None:
        """Forget who was told to wait: for a test that begins where another one ended."""
        self._front.waits.forget()

    def configuration(self) -> str:
        """Return the `[destination]` blocks, TOML, that lead here: the publisher's, and for onboarding the other's."""
        return destination_blocks(
            site_url=self.site_url,
            library=self._tenant.items.drives()[0].name,
            owners=self._tenant.site.group_name("3"),
            tenant_id=self.tenant_id,
            publisher=(self.publisher.client_id, self.publisher.pem),
            administrator=(self.administrator.client_id, self.administrator.pem),
            url=self.url,
            ca_bundle=self.ca_bundle,
        )
