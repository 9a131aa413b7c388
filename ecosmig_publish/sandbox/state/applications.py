"""Registered applications: what Entra knows of them, and what the site grants them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.state.database import Database

SITE_ROLES = ("read", "write", "owner", "fullcontrol")


@dataclass(frozen=True, slots=True)
class Application:
    """An application registration; `roles` are the application permissions that an administrator consented to.

    `certificate` is PEM, `""` for none. `issuer` and `subject` are those of its federated credential, `""` for none.
    """

    client_id: str
    name: str
    certificate: str
    roles: frozenset[str]
    consented: bool = True
    issuer: str = ""
    subject: str = ""


@dataclass(frozen=True, slots=True)
class SiteGrant:
    """What a site grants an application that has Sites.Selected."""

    id: str
    client_id: str
    role: str


class Applications:
    """Reads and keeps registrations."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, application: Application) -> None:
        """Add an application, or change the one with its id."""
        self._database.run("DELETE FROM application WHERE client_id = ?", application.client_id)
        self._database.insert(
            "application",
            {
                "client_id": application.client_id,
                "name": application.name,
                "certificate": application.certificate,
                "roles": json.dumps(sorted(application.roles)),
                "consented": int(application.consented),
                "issuer": application.issuer,
                "subject": application.subject,
            },
        )

    def get(self, client_id: str) -> Application | None:
        """Return the application of this id."""
        row = self._database.row("SELECT * FROM application WHERE client_id = ?", client_id)
        if row is None:
            return None
        return Application(
            row["client_id"],
            row["name"],
            row["certificate"],
            frozenset(json.loads(row["roles"])),
            bool(row["consented"]),
            row["issuer"] or "",
            row["subject"] or "",
        )

    def all(self) -> list[Application]:
        """Return all applications, the first registered first."""
        found = [self.get(row[0]) for row in self._database.rows("SELECT client_id FROM application ORDER BY rowid")]
        return [application for application in found if application is not None]

    def grants(self) -> list[SiteGrant]:
        """Return what the site grants to applications."""
        return [SiteGrant(*row) for row in self._database.rows("SELECT id, client_id, role FROM site_grant")]

    def site_role(self, client_id: str) -> str:
        """Return the role that the site grants an application, `""` for none."""
        return next((grant.role for grant in self.grants() if grant.client_id == client_id), "")

    def grant(self, client_id: str, role: str) -> SiteGrant:
        """Let the site grant a role, `read`, `write`, `owner` or `fullcontrol`."""
        self._database.run("DELETE FROM site_grant WHERE client_id = ?", client_id)
        grant = SiteGrant(uuid.uuid4().hex, client_id, role)
        self._database.insert("site_grant", {"id": grant.id, "client_id": client_id, "role": role})
        return grant

    def withdraw(self, grant_id: str) -> bool:
        """Withdraw what a site granted; returns whether there was such a grant."""
        return bool(self._database.run("DELETE FROM site_grant WHERE id = ?", grant_id))
