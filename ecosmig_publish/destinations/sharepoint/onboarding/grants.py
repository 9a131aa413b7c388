"""Who can read a folder, and making it exactly those who should."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecosmig_publish.destinations.sharepoint.access import Readers, Verdict, compare_access
from ecosmig_publish.destinations.sharepoint.faults import RefusedError, RightsError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.library.paging import collection
from ecosmig_publish.destinations.sharepoint.onboarding.people import GUID, Principal
from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ecosmig_publish.destinations.sharepoint.access import Grantee
    from ecosmig_publish.destinations.sharepoint.library import Library

ROUNDS = 4
"""So often is looked at what granting and withdrawing came to; each takes a moment at the service."""
_MAY_FAIL = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN})
_READING_ROLES = frozenset({"read", "sp.limited access"})
_RIGHTS = "Grant the administrator's app the role fullcontrol on this one site (Sites.Selected): ecosmig doctor"
_BY_HAND = (
    "In the folder's Manage access, Advanced: stop inheriting permissions and remove whoever is not the recipient."
)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a folder's grants. `excessive` are the recipient's own who may do more than read."""

    verdict: Verdict
    missing: tuple[Principal, ...]
    excessive: tuple[Grantee, ...]

    @property
    def inherits(self) -> bool:
        """Whether any of it comes from above."""
        return self.verdict.inherited > 0

    @property
    def foreign(self) -> tuple[Grantee, ...]:
        """Everybody who should not be there, and open links."""
        return (*self.verdict.open_links, *self.verdict.strangers)

    @property
    def is_right(self) -> bool:
        """Whether there is nothing to grant and nothing to withdraw."""
        return not (self.missing or self.excessive or self.foreign)

    @property
    def readers(self) -> tuple[str, ...]:
        """Everybody who can read, by object id where there is one, else in words."""
        return tuple(dict.fromkeys(_identifier(grantee) for grantee in self._everybody))

    @property
    def shown(self) -> tuple[str, ...]:
        """Everybody who can read, in words."""
        return tuple(dict.fromkeys(grantee.shown for grantee in self._everybody))

    @property
    def _everybody(self) -> tuple[Grantee, ...]:
        return (*self.foreign, *self.verdict.recipients, *self.verdict.owners)


class Grants:
    """Reads and changes the grants of folders. `owners` are names of the owner's own, see `Readers`."""

    def __init__(self, library: Library, owners: frozenset[str]) -> None:
        self._library = library
        self._owners = owners

    def look(self, item_id: str, about: str, principals: Sequence[Principal]) -> Look:
        """Return who can read a folder against `principals` and the owner's own. Raises `RightsError`."""
        return judge(read_permissions(self._library, item_id, about), principals, self._owners)

    def make_right(self, item_id: str, about: str, principals: Sequence[Principal]) -> Look:
        """Grant and withdraw until exactly `principals` and the owner's own can read; return the last look.

        Whether it is right is for the caller to see: what is inherited and can't be broken here stays.
        """
        seen = self.look(item_id, about, principals)
        for number in range(ROUNDS):
            if seen.is_right:
                break
            if number > 1:
                self._library.graph.waiting.pause(number)
            if number == 0 and seen.inherits:
                # The first share of a folder may leave all that it inherited behind, in one go; all is granted anew.
                self._grant(item_id, about, principals)
                self._grant_owners(item_id, about, seen.verdict.owners)
            else:
                self._step(item_id, about, principals, seen)
            seen = self.look(item_id, about, principals)
        return seen

    def withdraw_all(self, item_id: str, about: str, grantees: Iterable[Grantee]) -> None:
        """Withdraw grants; those that are gone already are no fault."""
        for permission_id in dict.fromkeys(grantee.permission_id for grantee in grantees):
            path = f"{self._library.item_path(item_id)}/permissions/{quote(permission_id, safe='')}"
            call = Call(Kind.WITHDRAW, path, about, method="DELETE", expected=_MAY_FAIL | {HTTPStatus.NOT_FOUND})
            answer = self._library.graph.send(call)
            if answer.status == HTTPStatus.FORBIDDEN:
                raise _no_right(about, answer.code)

    def _step(self, item_id: str, about: str, principals: Sequence[Principal], seen: Look) -> None:
        self.withdraw_all(item_id, about, (*seen.foreign, *seen.excessive))
        again = {name for grantee in seen.excessive for name in grantee.names}
        wanted = [one for one in principals if one in seen.missing or one.names & again]
        if wanted:
            self._grant(item_id, about, wanted)

    def _grant_owners(self, item_id: str, about: str, owners: Sequence[Grantee]) -> None:
        """Let the owner's people and groups keep what they inherited; Graph can't grant the site's own groups."""
        for grantee in owners:
            identifier = _object_id(grantee)
            role = next((role for role in ("owner", "write", "read") if role in grantee.roles), None)
            if identifier and role and grantee.shown.startswith(("user ", "group ")):
                self._grant(item_id, about, (Principal(identifier, identifier, grantee.names),), role)

    def _grant(self, item_id: str, about: str, principals: Sequence[Principal], role: str = "read") -> None:
        body = {
            "recipients": [dict(principal.as_recipient) for principal in principals],
            "roles": [role],
            "requireSignIn": True,
            "sendInvitation": False,
            "retainInheritedPermissions": False,
        }
        path = f"{self._library.item_path(item_id)}/invite"
        whom = ", ".join(principal.configured for principal in principals)
        for number in range(ROUNDS):
            answer = self._library.graph.send(
                Call(Kind.GRANT, path, about, method="POST", json=body, expected=_MAY_FAIL)
            )
            if answer.status == HTTPStatus.FORBIDDEN:
                raise _no_right(about, answer.code)
            if answer.status != HTTPStatus.BAD_REQUEST:
                return
            if "noResolvedUsers" not in answer.code:
                raise RefusedError(
                    f"{about}: SharePoint won't let {whom} read it ({answer.code})",
                    hint="Check the site's external sharing setting, and that they are in the directory.",
                )
            self._library.graph.waiting.pause(number)
        raise DestinationBusyError(f"{about}: SharePoint doesn't know {whom} (yet)", hint=f"In some minutes: {AGAIN}")


def read_permissions(library: Library, item_id: str, about: str) -> list[Mapping[str, Any]]:
    """Return Graph's permissions of a folder, as far as this identity is shown them. Raises `RightsError`."""
    call = Call(
        Kind.PERMISSIONS,
        f"{library.item_path(item_id)}/permissions",
        about,
        expected=frozenset({HTTPStatus.FORBIDDEN}),
    )
    first = library.graph.send(call)
    if first.status == HTTPStatus.FORBIDDEN:
        raise RightsError(f"{about}: this identity may not see who can read it ({first.code})", hint=_RIGHTS)
    return list(collection(library.graph, call, first))


def judge(permissions: Sequence[Mapping[str, Any]], principals: Sequence[Principal], owners: frozenset[str]) -> Look:
    """Hold a folder's permissions against who should read it. Pure."""
    names = frozenset(name for principal in principals for name in principal.names)
    verdict = compare_access(permissions, Readers(names, owners))
    seen = {name for grantee in verdict.recipients for name in grantee.names}
    return Look(
        verdict,
        missing=tuple(principal for principal in principals if not principal.names & seen),
        excessive=tuple(one for one in verdict.recipients if {role.casefold() for role in one.roles} - _READING_ROLES),
    )


def findings(look: Look, unknown: Sequence[str]) -> tuple[str, ...]:
    """Return in words what is not as it should be."""
    found = [f"{grantee.shown}: works for others than the recipient" for grantee in look.verdict.open_links]
    found += [f"{grantee.shown} can read it and should not" for grantee in look.verdict.strangers]
    found += [f"{one.shown} may do more than read: {', '.join(one.roles)}" for one in look.excessive]
    found += [f"{principal.configured} has no grant of its own" for principal in look.missing]
    found += [f"{who} is not in the directory" for who in unknown]
    if found and look.inherits:
        found.append("it inherits its permissions from the folder above")
    if look.missing and not (look.readers or unknown):
        found.append("nobody is shown at all: nobody has a grant, or this identity may not see them")
    return tuple(found)


def by_hand() -> str:
    """Return what is left where Graph can't make it right."""
    return _BY_HAND


def _identifier(grantee: Grantee) -> str:
    return _object_id(grantee) or grantee.shown


def _object_id(grantee: Grantee) -> str:
    return next((name for name in sorted(grantee.names) if GUID.fullmatch(name)), "")


def _no_right(about: str, code: str) -> RightsError:
    return RightsError(f"{about}: this identity may not change who can read it ({code})", hint=_RIGHTS)
