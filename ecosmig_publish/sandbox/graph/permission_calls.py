"""Who may see an item: listing, inviting, changing and withdrawing grants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import OWN, READ, Caller
from ecosmig_publish.sandbox.graph.placing import found
from ecosmig_publish.sandbox.graph.refusals import Refusal, access_denied, bad_request, not_found
from ecosmig_publish.sandbox.graph.shapes import selected
from ecosmig_publish.sandbox.state.directory import Person, Team
from ecosmig_publish.sandbox.state.grants import Grant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Item

ROLES = ("read", "write", "owner")
_LONGEST_MESSAGE = 2000


def list_grants(service: Service, request: Request, caller: Caller, address: Address) -> Answer:
    """Return who may see the item; to a caller that doesn't own it, only what applies to that caller."""
    caller.require(service.tenant.applications, READ)
    grants, inherited = _visible(service, caller, found(service, address))
    select = request.query.get("$select", "")
    owner = caller.level(service.tenant.applications) >= OWN
    shapes = service.shapes
    values = [selected(shapes.grant(grant, inherited=inherited, with_secrets=owner), select) for grant in grants]
    return service.page(request, values)


def get_grant(service: Service, caller: Caller, address: Address, grant_id: str) -> Answer:
    """Return one grant."""
    caller.require(service.tenant.applications, READ)
    grants, inherited = _visible(service, caller, found(service, address))
    return Answer(200, service.shapes.grant(_named(grants, grant_id), inherited=inherited))


def invite(service: Service, caller: Caller, address: Address, body: Mapping[str, Any]) -> Answer:
    """Grant roles to people and groups of the tenant; an application can't make new guests this way."""
    caller.require(service.tenant.applications, OWN)
    item = found(service, address)
    sign_in, send = body.get("requireSignIn", False), body.get("sendInvitation", False)
    if not sign_in and not send:
        raise bad_request("requireSignIn and sendInvitation can't both be false.")
    roles = body.get("roles")
    if not isinstance(roles, list) or len(roles) != 1 or roles[0] not in ROLES:
        raise bad_request("The roles are one of read, write, owner.")
    if len(str(body.get("message") or "")) > _LONGEST_MESSAGE:
        raise bad_request("The message is too long.", inner="parameterIsTooLong")
    recipients = body.get("recipients")
    if not isinstance(recipients, list) or not recipients:
        raise bad_request("There are no recipients.")
    principals = [_principal(service, recipient) for recipient in recipients]
    tenant = service.tenant
    with tenant.database.transaction():
        # Documented: without retaining, all existing permissions go, the first time that an item is shared.
        tenant.grants.break_inheritance(item, keep=bool(body.get("retainInheritedPermissions", True)))
        given = [
            tenant.grants.put(item.id, "user" if isinstance(who, Person) else "group", who.id, roles[0])
            for who in principals
        ]
        tenant.tree.touch(item)
    return Answer(200, {"value": [service.shapes.grant(grant, inherited=False) for grant in given]})


def change_grant(service: Service, caller: Caller, address: Address, grant_id: str, body: Mapping[str, Any]) -> Answer:
    """Change a grant's role; nothing else of a grant can be changed, and a link's can't at all."""
    caller.require(service.tenant.applications, OWN)
    item = found(service, address)
    grant = _own(service, item, grant_id)
    roles = body.get("roles")
    if not isinstance(roles, list) or len(roles) != 1 or roles[0] not in ROLES:
        raise bad_request("The roles are one of read, write, owner.")
    if grant.kind == "link":
        raise Refusal(400, "notSupported", "The roles of a link can't be changed.")
    changed = service.tenant.grants.put(item.id, grant.kind, grant.principal, roles[0])
    service.tenant.tree.touch(item)
    return Answer(200, service.shapes.grant(changed, inherited=False))


def withdraw_grant(service: Service, caller: Caller, address: Address, grant_id: str) -> Answer:
    """Withdraw a grant that stands on the item itself."""
    caller.require(service.tenant.applications, OWN)
    item = found(service, address)
    grant = _own(service, item, grant_id)
    service.tenant.grants.remove(item.id, grant.id)
    service.tenant.tree.touch(item)
    return Answer(204)


def create_link(service: Service, caller: Caller, address: Address, body: Mapping[str, Any]) -> Answer:
    """Make a sharing link."""
    caller.require(service.tenant.applications, OWN)
    item = found(service, address)
    kind, scope = body.get("type", "view"), body.get("scope", "organization")
    if kind not in {"view", "edit"} or scope not in {"anonymous", "organization", "users"}:
        raise bad_request("There is no such kind of link.")
    tenant = service.tenant
    with tenant.database.transaction():
        tenant.grants.break_inheritance(item, keep=True)
        role = "write" if kind == "edit" else "read"
        grant = tenant.grants.put(item.id, "link", f"{item.id}-{scope}-{kind}", role, scope)
        tenant.tree.touch(item)
    return Answer(201, service.shapes.grant(grant, inherited=False))


def _visible(service: Service, caller: Caller, item: Item) -> tuple[list[Grant], bool]:
    grants, inherited = service.tenant.grants.effective(item)
    if service.shows_application_grants:
        grants = [*grants, *_of_applications(service, item)]
    if caller.level(service.tenant.applications) < OWN and service.owners_only_see_all:
        grants = [grant for grant in grants if grant.principal in {caller.client_id, caller.person} - {""}]
    return grants, inherited


def _of_applications(service: Service, item: Item) -> list[Grant]:
    roles = {"fullcontrol": "owner"}
    return [
        Grant(found.id, item.id, "application", found.client_id, roles.get(found.role, found.role))
        for found in service.tenant.applications.grants()
        if service.tenant.applications.get(found.client_id) is not None
    ]


def _named(grants: list[Grant], grant_id: str) -> Grant:
    named = next((grant for grant in grants if grant.id == grant_id), None)
    if named is None:
        raise not_found("The permission could not be found.")
    return named


def _own(service: Service, item: Item, grant_id: str) -> Grant:
    grants, inherited = service.tenant.grants.effective(item)
    grant = _named(grants, grant_id)
    if inherited:
        raise bad_request("An inherited permission can't be changed here.")
    if grant.kind == "siteGroup" and item.parent is None:
        raise access_denied("The site's own groups keep their roles on the library.")
    return grant


def _principal(service: Service, recipient: object) -> Person | Team:
    """Return whom a recipient names, by id, mail or alias. Raises `Refusal`."""
    who = recipient if isinstance(recipient, dict) else {}
    given = str(who.get("objectId") or who.get("email") or who.get("alias") or "")
    directory = service.tenant.directory
    principal = directory.person(given) or directory.team(given)
    if not given or principal is None:
        raise bad_request("One or more users could not be resolved.", inner="noResolvedUsers")
    return principal
