"""A library of the stand-in, for one test: its recipients' folders, and the publisher that puts files there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.sharepoint import (
    Connection,
    Identity,
    LibraryAddress,
    Readers,
    SharePointDestination,
    open_publisher,
)
from ecosmig_publish.emrr.terms import Signifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint.waiting import Patience
    from ecosmig_publish.sandbox import Fault, Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

RECIPIENTS = tuple(Signifier(f"PXX00{number}") for number in range(1, 6))
OWNERS = "emrr Owners"
_numbers = count(1)


def mail_of(signifier: str) -> str:
    return f"reader@{signifier.lower()}.test"


class Stand:
    """Folders of this test's own in a stand-in that several tests share."""

    def __init__(self, sandbox: Sandbox, driven: DrivenTime) -> None:
        self.sandbox = sandbox
        self.driven = driven
        self.library = sandbox.library()
        place = f"test {next(_numbers)}"
        self.root, self.staging = f"{place}/ECoS Migration Reports", f"{place}/_staging"
        self.library.make_folder(self.root)
        self.library.make_folder(self.staging)
        sandbox.faults.clear()
        sandbox.clear_requests()
        sandbox.owners_only_see_grants = False
        sandbox.resource_units_per_minute = 0
        sandbox.keeps_truncated = False

    @property
    def connection(self) -> Connection:
        sandbox = self.sandbox
        publisher = sandbox.publisher
        return Connection(
            Identity(
                "certificate", sandbox.tenant_id, publisher.client_id, publisher.pem, sandbox.authority, sandbox.url
            ),
            LibraryAddress(sandbox.site_url, "Documents", self.root, self.staging),
            str(sandbox.ca_bundle),
        )

    def publisher(
        self, *, units: int = 0, timeout: float = 5.0, patience: Patience | None = None
    ) -> SharePointDestination:
        return open_publisher(
            replace(self.connection, resource_units_per_minute=units),
            {signifier: Readers(frozenset({mail_of(signifier)}), frozenset({OWNERS})) for signifier in RECIPIENTS},
            timing=self.driven.timing(timeout=timeout, patience=patience),
        )

    def recipient(self, signifier: str = "PXX001", name: str = "Alpha Energy Ltd") -> Folder:
        """Return a recipient's folder, which its user and the owners can read."""
        folder_name = f"{signifier} {name}"
        item = self.library.make_folder(f"{self.root}/{folder_name}")
        self.grant_recipient(folder_name, signifier)
        return Folder(Signifier(signifier), item.id, folder_name)

    def grant_recipient(self, folder_name: str, signifier: str) -> None:
        path = f"{self.root}/{folder_name}"
        person = self.sandbox.people.add_person(mail_of(signifier), guest=True)
        self.library.break_inheritance(path, keep=False)
        self.library.grant(path, "siteGroup", "3", "owner")
        self.library.grant(path, "user", person.id, "read")

    def path(self, folder: Folder) -> str:
        return f"{self.root}/{folder.name}"

    def standing(self, folder: Folder) -> dict[str, bytes]:
        files = self.library.files(self.path(folder))
        return {item.name: self.library.read(path) for path, item in files.items()}

    def staged(self) -> list[str]:
        return sorted(item.name for item in self.library.files(self.staging).values())

    def ever_visible(self, folder: Folder) -> dict[str, set[str]]:
        """Return the SHA-256 of all bytes that were ever visible under each name."""
        seen = self.library.ever_visible(self.path(folder))
        return {name: {version.sha256 for version in versions} for name, versions in seen.items()}

    def asked(self) -> list[str]:
        """Return what Graph and the upload addresses were asked, without the site's and the drive's part."""
        return [
            f"{request.method} {request.path.rpartition('/drives/')[2].partition('/')[2] or request.path}"
            for request in self.sandbox.requests()
            if request.path.startswith(("/v1.0/", "/upload/", "/download/"))
        ]

    @contextmanager
    def fault(self, *faults: Fault) -> Iterator[None]:
        self.sandbox.faults.add(*faults)
        try:
            yield
        finally:
            self.sandbox.faults.clear()
