"""Users, groups, members and invitations of guests: Entra's side of Graph."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import MAY_INVITE, MAY_READ_GROUPS, MAY_READ_PEOPLE
from ecosmig_publish.sandbox.graph.refusals import Refusal, no_such_object, unknown_segment
from ecosmig_publish.sandbox.graph.service import page_size, skipped
from ecosmig_publish.sandbox.graph.shapes import selected
from ecosmig_publish.sandbox.state.directory import Person, Team

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.service import Service

_CONDITION = re.compile(
    r"\s*(\w+)\s+eq\s+'((?:[^']|'')*)'\s*$|\s*startswith\((\w+),\s*'((?:[^']|'')*)'\)\s*$", re.IGNORECASE
)
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+$")


def users(service: Service, request: Request, caller: Caller, rest: str) -> Answer:
    """Return users, or one by id or principal name."""
    caller.require_consent(MAY_READ_PEOPLE)
    directory = service.tenant.directory
    if not rest:
        return _listed(service, request, directory.people())
    person = directory.person(rest)
    # By mail alone Entra finds nobody: an address takes the id or the principal name.
    if person is None or rest.lower() not in {person.id, person.upn.lower()}:
        raise no_such_object(rest)
    return _one(service, request, person)


def groups(service: Service, request: Request, caller: Caller, rest: str) -> Answer:
    """Return groups, one by id, or a group's members."""
    caller.require_consent(MAY_READ_GROUPS)
    directory = service.tenant.directory
    if not rest:
        return _listed(service, request, directory.teams())
    group_id, _, call = rest.partition("/")
    team = directory.team(group_id)
    if team is None or team.id != group_id:
        raise no_such_object(group_id)
    if not call:
        return _one(service, request, team)
    if call == "members":
        return _listed(service, request, directory.members(team), typed=True)
    if call == "transitiveMembers":
        return _listed(service, request, _all_members(service, team), typed=True)
    raise unknown_segment(call)


def invite_guest(service: Service, caller: Caller, body: Mapping[str, Any]) -> Answer:
    """Make a guest of the tenant; one that is there already is invited again and stays who they are."""
    caller.require_consent(MAY_INVITE)
    mail, redirect = body.get("invitedUserEmailAddress"), body.get("inviteRedirectUrl")
    if not isinstance(mail, str) or not _MAIL.match(mail):
        raise Refusal(400, "BadRequest", "Invalid value specified for property 'invitedUserEmailAddress'.")
    if not isinstance(redirect, str) or not redirect:
        raise Refusal(400, "BadRequest", "Property inviteRedirectUrl is required.")
    known = service.tenant.directory.person(mail)
    if known is not None and not known.guest:
        raise Refusal(400, "BadRequest", "The invited user already exists in the directory as a member.")
    name = body.get("invitedUserDisplayName")
    guest = known or service.tenant.directory.add_person(mail, str(name or ""), guest=True)
    document = {
        "id": str(uuid.uuid4()),
        "inviteRedeemUrl": f"{service.graph_origin}/redeem?user={guest.id}",
        "invitedUserDisplayName": name,
        "invitedUserType": "Guest",
        "invitedUserEmailAddress": mail,
        "sendInvitationMessage": bool(body.get("sendInvitationMessage", False)),
        "inviteRedirectUrl": redirect,
        "status": "PendingAcceptance",
        "invitedUser": {"id": guest.id},
    }
    return Answer(201, document)


def _all_members(service: Service, team: Team) -> list[Person | Team]:
    seen: dict[str, Person | Team] = {}
    waiting = [team]
    while waiting:
        for member in service.tenant.directory.members(waiting.pop()):
            if member.id not in seen:
                seen[member.id] = member
                if isinstance(member, Team):
                    waiting.append(member)
    return list(seen.values())


def _listed(service: Service, request: Request, principals: Sequence[Person | Team], *, typed: bool = False) -> Answer:
    documents = [_document(service, principal, typed=typed) for principal in principals]
    kept = [document for document in documents if _meets(document, request.query.get("$filter", ""))]
    start, size = int(skipped(request) or 0), page_size(request, 100)
    select = request.query.get("$select", "")
    page = [selected(document, f"{select},@odata.type" if select else "") for document in kept[start : start + size]]
    return service.page(request, page, more=len(kept) > start + size, next_skip=str(start + size))


def _one(service: Service, request: Request, principal: Person | Team) -> Answer:
    document = _document(service, principal, typed=False)
    return Answer(200, selected(document, request.query.get("$select", "")))


def _document(service: Service, principal: Person | Team, *, typed: bool) -> dict[str, Any]:
    document = service.shapes.principal(principal)
    if typed:
        kind = "user" if isinstance(principal, Person) else "group"
        return {"@odata.type": f"#microsoft.graph.{kind}"} | document
    return document


def _meets(document: Mapping[str, Any], condition: str) -> bool:
    """Hold a document against `$filter`: `eq` and `startswith`, joined by `or` or by `and`."""
    if not condition:
        return True
    if " and " in condition:
        return all(_meets(document, part) for part in condition.split(" and "))
    return any(_meets_one(document, part) for part in condition.split(" or "))


def _meets_one(document: Mapping[str, Any], condition: str) -> bool:
    match = _CONDITION.match(condition)
    if match is None:
        raise Refusal(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause.")
    name, value = match[1] or match[3], (match[2] if match[1] else match[4]).replace("''", "'").lower()
    if name not in {"id", "mail", "userPrincipalName", "displayName", "userType"}:
        raise Refusal(400, "Request_UnsupportedQuery", f"Unsupported property filter clause operator on '{name}'.")
    held = str(document.get(name) or "").lower()
    return held == value if match[1] else held.startswith(value)
