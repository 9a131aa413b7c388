"""What an application may do at the site: its consented permissions, and for Sites.Selected the site's own grant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.graph.refusals import access_denied, not_allowed_by_directory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.state.applications import Applications

READ, WRITE, OWN = 1, 2, 3
_BY_CONSENT = {
    "Sites.FullControl.All": OWN,
    "Sites.Manage.All": WRITE,
    "Sites.ReadWrite.All": WRITE,
    "Files.ReadWrite.All": WRITE,
    "Sites.Read.All": READ,
    "Files.Read.All": READ,
}
_BY_GRANT = {"": 0, "read": READ, "write": WRITE, "owner": OWN, "fullcontrol": OWN}
MAY_READ_PEOPLE = frozenset({"User.ReadBasic.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All"})
MAY_READ_GROUPS = frozenset({"GroupMember.Read.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All"})
MAY_INVITE = frozenset({"User.Invite.All", "User.ReadWrite.All", "Directory.ReadWrite.All"})


@dataclass(frozen=True, slots=True)
class Caller:
    """The application behind a token, with the permissions that the token carries.

    `person` is the id of the person who uses it, `""` where it acts for itself; `person_name` is theirs.
    """

    client_id: str
    name: str
    roles: frozenset[str]
    person: str = ""
    person_name: str = ""

    @property
    def identity(self) -> Mapping[str, Mapping[str, str]]:
        """Return what SharePoint writes into `createdBy`; without a person the user is a name of its own."""
        user = {"displayName": "SharePoint App"}
        if self.person:
            user = {"id": self.person, "displayName": self.person_name}
        return {"application": {"id": self.client_id, "displayName": self.name}, "user": user}

    def level(self, applications: Applications) -> int:
        """Return the level at the site: 0, READ, WRITE or OWN."""
        consented = max((_BY_CONSENT.get(role, 0) for role in self.roles), default=0)
        granted = _BY_GRANT[applications.site_role(self.client_id)] if "Sites.Selected" in self.roles else 0
        level = max(consented, granted)
        if self.person:
            # Documented: neither may the person exceed the application, nor the application the person.
            return min(level, _BY_GRANT[applications.site_role(self.person)])
        return level

    def require(self, applications: Applications, level: int) -> None:
        """Raise a `Refusal` where the caller's level is lower."""
        if self.level(applications) < level:
            raise access_denied()

    def require_consent(self, roles: frozenset[str]) -> None:
        """Raise a `Refusal` where the token carries none of these permissions."""
        if not self.roles & roles:
            raise not_allowed_by_directory()
