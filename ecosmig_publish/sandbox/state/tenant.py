"""The whole state in one folder, and what a new one begins with."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ecosmig_publish.sandbox.state.applications import Applications
from ecosmig_publish.sandbox.state.contents import Contents
from ecosmig_publish.sandbox.state.database import Database
from ecosmig_publish.sandbox.state.directory import Directory
from ecosmig_publish.sandbox.state.grants import Grants
from ecosmig_publish.sandbox.state.items import Drive, Items
from ecosmig_publish.sandbox.state.readings import Readings
from ecosmig_publish.sandbox.state.tree import Tree
from ecosmig_publish.sandbox.state.uploads import Uploads

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ecosmig_publish.sandbox.clock import Clock

UPLOAD_LIFETIME = timedelta(minutes=15)
SYSTEM = {"user": {"displayName": "System Account"}}
SITE_GROUPS = {"3": ("Owners", "owner"), "5": ("Members", "write"), "4": ("Visitors", "read")}
"""The groups that every SharePoint site begins with: id there, name behind the site's, role on its libraries."""


@dataclass(frozen=True, slots=True)
class Site:
    """The one site: `id` is what Graph calls it, host and two identifiers."""

    id: str
    host: str
    path: str
    title: str

    @property
    def url(self) -> str:
        """The site's address at SharePoint, where nothing of the stand-in listens."""
        return f"https://{self.host}{self.path}"

    def group_name(self, group: str) -> str:
        """Return the display name of one of the site's own groups."""
        return f"{self.title} {SITE_GROUPS[group][0]}"


class Tenant:
    """Everything that outlives a restart."""

    def __init__(self, directory: Path, clock: Clock, *, site_url: str, libraries: Sequence[str]) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.database = Database(directory / "state.db")
        self.contents = Contents(directory / "contents")
        self.items = Items(self.database)
        self.tree = Tree(self.database, self.contents, clock)
        self.grants = Grants(self.database, self.items)
        self.readings = Readings(self.database, clock)
        self.uploads = Uploads(self.database, directory / "uploads", clock, UPLOAD_LIFETIME)
        self.applications = Applications(self.database)
        with self.database.transaction():
            if not self.database.setting("tenant"):
                self._begin(site_url)
        self.id = self.database.setting("tenant")
        self.secret = bytes.fromhex(self.database.setting("secret"))
        self.site = Site(*(self.database.setting(name) for name in ("site_id", "site_host", "site_path", "site_title")))
        self.domain = self.site.host.replace(".sharepoint.", ".onmicrosoft.")
        self.directory = Directory(self.database, self.domain)
        self.quota = int(self.database.setting("quota", str(25 << 40)))
        for library in libraries:
            self.library(library) or self._make_library(library)

    def library(self, name: str) -> Drive | None:
        """Return the document library of this name."""
        return next((drive for drive in self.items.drives() if drive.name.lower() == name.lower()), None)

    def used(self) -> int:
        """Return how many bytes all libraries hold."""
        row = self.database.row("SELECT coalesce(sum(size), 0) FROM item WHERE parent IS NULL")
        return 0 if row is None else int(row[0])

    def set_quota(self, size: int) -> None:
        """Let the site hold so many bytes and no more."""
        self.database.keep_setting("quota", str(size))
        self.quota = size

    def _begin(self, site_url: str) -> None:
        parts = urlsplit(site_url)
        host, path = parts.hostname or "contoso.sharepoint.com", parts.path.rstrip("/")
        self.database.keep_setting("tenant", str(uuid.uuid4()))
        self.database.keep_setting("secret", secrets.token_hex(32))
        self.database.keep_setting("site_id", f"{host},{uuid.uuid4()},{uuid.uuid4()}")
        self.database.keep_setting("site_host", host)
        self.database.keep_setting("site_path", path)
        self.database.keep_setting("site_title", path.rpartition("/")[2].upper() or "Home")

    def _make_library(self, name: str) -> Drive:
        with self.database.transaction():
            # The library that every site begins with shows as "Documents" and lives in "Shared Documents".
            drive = self.tree.make_drive(name, "Shared Documents" if name == "Documents" else name, SYSTEM)
            for group, (_, role) in SITE_GROUPS.items():
                self.grants.put(drive.root, "siteGroup", group, role)
        return drive
