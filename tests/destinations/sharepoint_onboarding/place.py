"""A place of a test's own in the stand-in: recipients' folders in it, and the administrator who makes them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint import Connection, Identity, LibraryAddress
from ecosmig_publish.destinations.sharepoint.onboarding import Recipients, SharePointOnboarding, open_onboarding
from ecosmig_publish.emrr.terms import Signifier

if TYPE_CHECKING:
    from ecosmig_publish.destinations import Folder
    from ecosmig_publish.sandbox import RegisteredApplication, Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

A, B = Signifier("PXX001"), Signifier("PXX002")
OWNERS = "EMRR Owners"
_numbers = count(1)


class Place:
    """`users` are configured for PXX001 unless a test says otherwise; the directory has them."""

    def __init__(self, sandbox: Sandbox, driven: DrivenTime) -> None:
        self.sandbox = sandbox
        self.driven = driven
        self.library = sandbox.library()
        self.library_name = "Documents"
        self.owners: tuple[str, ...] = (OWNERS,)
        self.name = f"place {next(_numbers)}"
        self.root, self.staging = f"{self.name}/ECoS Migration Reports", f"{self.name}/_staging"
        self.ana = sandbox.people.add_person("ana@able-energy.test", "Ana", guest=True)
        self.ben = sandbox.people.add_person("ben@able-energy.test", "Ben", guest=True)
        self.eve = sandbox.people.add_person("eve@elsewhere.test", "Eve", guest=True)
        self.team = sandbox.people.add_team("PXX002 readers", members=("ben@able-energy.test",))
        self.recipients = {A: Recipients(users=("ana@able-energy.test",)), B: Recipients(group=self.team.id)}
        sandbox.faults.clear()
        sandbox.clear_requests()

    def connection(self, application: RegisteredApplication | None = None) -> Connection:
        sandbox, who = self.sandbox, application or self.sandbox.administrator
        return Connection(
            Identity("certificate", sandbox.tenant_id, who.client_id, who.pem, sandbox.authority, sandbox.url),
            LibraryAddress(sandbox.site_url, self.library_name, self.root, self.staging),
            str(sandbox.ca_bundle),
        )

    def administrator(
        self, *, invite_guests: bool = False, application: RegisteredApplication | None = None
    ) -> SharePointOnboarding:
        """Return an administrator who shares no memory with any other."""
        return open_onboarding(
            self.connection(application),
            self.recipients,
            owners=self.owners,
            invite_guests=invite_guests,
            timing=self.driven.timing(),
        )

    def configure(self, signifier: Signifier, recipients: Recipients) -> None:
        """Let another set of people read a recipient's folder from now on."""
        self.recipients = {**self.recipients, signifier: recipients}

    def onboarded(self, signifier: Signifier = A, party_name: str = "Able Energy") -> Folder:
        """Return the folder of a recipient, made for it."""
        return self.administrator().onboard(signifier, party_name, None).folder

    def path(self, folder: Folder | str) -> str:
        return f"{self.root}/{folder if isinstance(folder, str) else folder.name}"

    def can_read(self, folder: Folder | str) -> set[tuple[str, str]]:
        """Return (kind, principal) of every grant that holds for a folder, whether its own or inherited."""
        grants, _ = self.library.grants(self.path(folder))
        return {(grant.kind, grant.principal) for grant in grants}

    def has_own_grants(self, folder: Folder | str) -> bool:
        return not self.library.grants(self.path(folder))[1]

    def folders(self) -> list[str]:
        top = self.library.item(self.root)
        items = self.sandbox._tenant.items
        return [] if top is None else [item.name for item in items.children(top.id, limit=1000)]

    def changes_asked(self) -> list[str]:
        """Return the requests that could change something, without those for a token."""
        return [
            f"{request.method} {request.path}"
            for request in self.sandbox.requests()
            if request.method != "GET" and request.path.startswith("/v1.0/")
        ]
