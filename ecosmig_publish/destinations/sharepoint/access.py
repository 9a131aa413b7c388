"""Who can read a folder, against who should: an exact set, failing closed. Pure.

`permissions` are Graph's documents of one folder. Everybody whom they name must be the recipient's or the owner's own;
the recipient's own grant must be among them, or the caller may not have been shown all. Principals are compared by
object id, mail or sign-in name; by display name only SharePoint's own groups, whose names a site has once. A display
name of a person or a group proves nothing: anybody may be called so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ENTRA_KINDS = ("user", "group", "application", "device")
_EVERYBODY = ("c:0(.s|true", "spo-grid-all-users", "c:0!.s|windows")
_NOBODY_NEW = "existingaccess"


@dataclass(frozen=True, slots=True)
class Readers:
    """Who should be able to read a recipient's folder.

    `recipients`: object ids or mails of the recipient's users, or of its one group. `owners`: ids, mails or, for the
    site's own groups, names of the owner's own principals. `is_group`: the one recipient is a group.
    """

    recipients: frozenset[str]
    owners: frozenset[str] = frozenset()
    is_group: bool = False


@dataclass(frozen=True, slots=True)
class Grantee:
    """Somebody who can read: `names` are what they are known by, folded to one case; `shown` is for people."""

    shown: str
    names: frozenset[str]
    roles: tuple[str, ...] = ()
    permission_id: str = ""
    is_everybody: bool = False
    """Whether it is one of SharePoint's own names for everybody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a folder's permissions say. `open_links` work for people who aren't named."""

    strangers: tuple[Grantee, ...]
    open_links: tuple[Grantee, ...]
    recipients: tuple[Grantee, ...]
    owners: tuple[Grantee, ...]
    missing: tuple[str, ...]
    inherited: int

    @property
    def is_exact(self) -> bool:
        """Whether nobody is named who shouldn't be."""
        return not self.strangers and not self.open_links

    @property
    def shows_recipient(self) -> bool:
        """Whether the recipient's own grant is visible; without it others may be hidden too."""
        return bool(self.recipients)

    @property
    def findings(self) -> tuple[str, ...]:
        """Return those who should not be there, in words."""
        return tuple(grantee.shown for grantee in (*self.open_links, *self.strangers))


def compare_access(permissions: Iterable[Mapping[str, Any]], expected: Readers) -> Verdict:
    """Compare a folder's permissions with who should be able to read it."""
    recipients = {name.strip().casefold(): name for name in expected.recipients if name.strip()}
    owners = {name.strip().casefold() for name in expected.owners if name.strip()}
    sorted_out: dict[str, list[Grantee]] = {"strangers": [], "open_links": [], "recipients": [], "owners": []}
    found: set[str] = set()
    inherited = 0
    for permission in permissions:
        inherited += "inheritedFrom" in permission
        for grantee, is_open in _grantees(permission):
            mine = grantee.names & recipients.keys()
            found |= mine
            if is_open:
                sorted_out["open_links"].append(grantee)
            elif mine:
                sorted_out["recipients"].append(grantee)
            elif grantee.names & owners:
                sorted_out["owners"].append(grantee)
            else:
                sorted_out["strangers"].append(grantee)
    return Verdict(
        **{kind: tuple(dict.fromkeys(grantees)) for kind, grantees in sorted_out.items()},
        missing=tuple(sorted(recipients[name] for name in recipients.keys() - found)),
        inherited=inherited,
    )


def _grantees(permission: Mapping[str, Any]) -> Iterator[tuple[Grantee, bool]]:
    """Yield everybody whom one permission names, and whether it is a link that works for others too."""
    said = permission.get("roles")
    roles = tuple(map(str, said)) if isinstance(said, list) else ()
    identifier = str(permission.get("id") or "")
    link = permission.get("link")
    sets = list(_identity_sets(permission))
    named = [grantee for identities in sets for grantee in _principals(identities, roles, identifier)]
    if isinstance(link, dict):
        scope = str(link.get("scope") or "").casefold()
        if scope not in ("users", _NOBODY_NEW):
            whom = {"anonymous": "anybody who has the link", "organization": "everybody in the organisation"}
            shown = f"a sharing link for {whom.get(scope, f'an unknown circle ({scope})')}"
            yield Grantee(shown, frozenset(), roles, identifier), True
        elif scope == "users" and not named:
            yield Grantee("a sharing link for people who aren't shown", frozenset(), roles, identifier), True
    elif not named:
        yield _invited(permission, roles, identifier), False
    for grantee in named:
        yield grantee, False


def _invited(permission: Mapping[str, Any], roles: tuple[str, ...], identifier: str) -> Grantee:
    invitation = permission.get("invitation")
    mail = str(invitation.get("email") or "") if isinstance(invitation, dict) else ""
    if mail:
        return Grantee(f"{mail} (invited)", frozenset({mail.casefold()}), roles, identifier)
    return Grantee(f"somebody who isn't shown (permission {identifier})", frozenset(), roles, identifier)


def _identity_sets(permission: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the sets of identities; the older properties only where the newer ones are absent or empty."""
    one = permission.get("grantedToV2") or permission.get("grantedTo")
    if isinstance(one, dict):
        yield one
    many = permission.get("grantedToIdentitiesV2") or permission.get("grantedToIdentities")
    for each in many if isinstance(many, list) else ():
        if isinstance(each, dict):
            yield each


def _principals(identities: Mapping[str, Any], roles: tuple[str, ...], identifier: str) -> Iterator[Grantee]:
    """Yield the principals of one set. `siteUser` is the site's own entry for the person or group beside it."""
    site_user = identities.get("siteUser")
    entry = site_user if isinstance(site_user, dict) else {}
    kinds = [kind for kind, value in identities.items() if isinstance(value, dict) and kind != "siteUser"]
    for kind in kinds:
        identity = identities[kind]
        if kind == "siteGroup":
            names = _known(identity, "id", "displayName", "loginName")
        elif kind in _ENTRA_KINDS:
            names = _known(identity, "id", "email", "userPrincipalName", "loginName") | _signed_in_as(identity)
            if kinds == [kind]:
                names |= _known(entry, "email") | _signed_in_as(entry)
        else:
            names = frozenset()
        beside = entry if kinds == [kind] else {}
        crowd = _names_everybody(identity) or _names_everybody(beside)
        yield Grantee(_shown(kind, identity, beside), names, roles, identifier, crowd)
    if not kinds and entry:
        names = _known(entry, "email") | _signed_in_as(entry)
        yield Grantee(_shown("siteUser", entry, entry), names, roles, identifier, _names_everybody(entry))


def _known(identity: Mapping[str, Any], *properties: str) -> frozenset[str]:
    values = (identity.get(name) for name in properties)
    return frozenset(str(value).strip().casefold() for value in values if value)


def _signed_in_as(identity: Mapping[str, Any]) -> frozenset[str]:
    """Return the sign-in name or object id in SharePoint's own login name, `i:0#.f|membership|…`; none for crowds."""
    login = str(identity.get("loginName") or "").casefold()
    if "|" not in login or _is_everybody(login):
        return frozenset()
    return frozenset({login.rpartition("|")[2]})


def _names_everybody(identity: Mapping[str, Any]) -> bool:
    return _is_everybody(str(identity.get("loginName") or "").casefold())


def _is_everybody(login: str) -> bool:
    return any(mark in login for mark in _EVERYBODY)


def _shown(kind: str, identity: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    words = {"siteGroup": "site group", "siteUser": "site entry", "application": "app"}
    login = str(entry.get("loginName") or identity.get("loginName") or "")
    name = str(identity.get("displayName") or login or "without a name")
    if _is_everybody(login.casefold()):
        return f"everybody ({name})"
    mail = identity.get("email") or entry.get("email") or identity.get("userPrincipalName")
    details = ", ".join(str(part) for part in (mail, identity.get("id")) if part)
    return f"{words.get(kind, kind)} {name}" + (f" ({details})" if details else "")
