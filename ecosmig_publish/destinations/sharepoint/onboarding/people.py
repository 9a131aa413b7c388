"""People and groups as the directory knows them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.paging import values

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.destinations.sharepoint.graph.client import Graph

GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ABSENT = HTTPStatus.NOT_FOUND
_UNSEEN = HTTPStatus.FORBIDDEN
_NAMES = ("id", "mail", "userPrincipalName")


@dataclass(frozen=True, slots=True)
class Recipients:
    """Whom a recipient's folder is for: users by mail or object id, or one group by object id or mail."""

    users: tuple[str, ...] = ()
    group: str = ""

    @property
    def configured(self) -> tuple[str, ...]:
        """Return them as they are configured."""
        return (self.group,) if self.group else self.users


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody who can be granted access: `id` is the object id, `""` where the directory can't be asked.

    `names` are all that the directory and the configuration call them, folded to one case.
    """

    configured: str
    id: str
    names: frozenset[str]

    @property
    def as_recipient(self) -> Mapping[str, str]:
        """Return whom Graph's `invite` is to grant."""
        return {"objectId": self.id} if self.id else {"email": self.configured}


class Directory:
    """Looks people and groups up, each once. Without the right to look they are taken as they are configured."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[tuple[str, str], Principal] = {}

    def principals(self, recipients: Recipients) -> tuple[tuple[Principal, ...], tuple[str, ...]]:
        """Return those whom the directory has, and those whom it hasn't. Raises `DestinationError`."""
        area = "groups" if recipients.group else "users"
        found, unknown = [], []
        for who in recipients.configured:
            principal = self._known.get((area, who)) or self._look_up(area, who)
            if principal is None:
                unknown.append(who)
            else:
                self._known[area, who] = principal
                found.append(principal)
        return tuple(found), tuple(unknown)

    def invite_guest(self, mail: str, site_url: str) -> Principal:
        """Make a guest of the tenant, who gets a mail about it. One who is there already stays who they are."""
        body = {
            "invitedUserEmailAddress": mail,
            "inviteRedirectUrl": site_url,
            "sendInvitationMessage": True,
        }
        call = Call(Kind.INVITE_GUEST, "/invitations", mail, method="POST", json=body, expected=frozenset({_UNSEEN}))
        answer = self._graph.send(call)
        if answer.status == _UNSEEN:
            raise RefusedError(
                f"{mail}: this identity may not invite guests ({answer.code})",
                hint="Consent to User.Invite.All for the administrator's app, or invite them by hand in Entra.",
            )
        invited = answer.document.get("invitedUser")
        identifier = str(invited.get("id") or "") if isinstance(invited, dict) else ""
        principal = Principal(mail, identifier, _folded([mail, identifier]))
        self._known["users", mail] = principal
        return principal

    def _look_up(self, area: str, who: str) -> Principal | None:
        # An address takes an id or a sign-in name; a guest's sign-in name isn't its mail.
        if area == "users" or GUID.fullmatch(who):
            found = self._one(f"/{area}/{quote(who, safe='@')}", who)
            if found is not None or GUID.fullmatch(who):
                return found
        return self._by_mail(area, who)

    def _one(self, path: str, who: str) -> Principal | None:
        answer = self._graph.send(Call(Kind.FIND_PRINCIPAL, f"{path}?{_selecting(path)}", who, expected=_EITHER))
        if answer.status == _UNSEEN:
            return _unseen(who)
        return None if answer.status == _ABSENT else _principal(who, answer.document)

    def _by_mail(self, area: str, who: str) -> Principal | None:
        condition = quote("mail eq '{}'".format(who.replace("'", "''")), safe="'")
        path = f"/{area}?$filter={condition}&{_selecting(area)}"
        call = Call(Kind.FIND_PRINCIPAL, path, who, expected=_EITHER)
        answer = self._graph.send(call)
        if answer.status == _UNSEEN:
            return _unseen(who)
        found: Sequence[Mapping[str, Any]] = [] if answer.status == _ABSENT else values(answer, call)
        if len(found) > 1:
            names = ", ".join(str(one.get("displayName")) for one in found)
            raise RefusedError(
                f"{who}: the directory has {len(found)} of that mail: {names}", hint="Configure the object id instead."
            )
        return _principal(who, found[0]) if found else None


_EITHER = frozenset({_ABSENT, _UNSEEN})


def _selecting(area: str) -> str:
    return "$select=id,displayName,mail" + (",userPrincipalName" if "users" in area else "")


def _principal(who: str, document: Mapping[str, Any]) -> Principal:
    return Principal(
        who, str(document.get("id") or ""), _folded([who, *(str(document.get(name) or "") for name in _NAMES)])
    )


def _unseen(who: str) -> Principal:
    return Principal(who, who if GUID.fullmatch(who) else "", _folded([who]))


def _folded(names: Sequence[str]) -> frozenset[str]:
    return frozenset(name.strip().casefold() for name in names if name.strip())
