"""The site, its libraries, and what it grants to applications."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import READ, Caller
from ecosmig_publish.sandbox.graph.refusals import access_denied, bad_request, not_found
from ecosmig_publish.sandbox.graph.shapes import selected
from ecosmig_publish.sandbox.state.applications import SITE_ROLES, SiteGrant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.service import Service


def split_site(service: Service, text: str) -> str:
    """Take the site off a decoded path behind `sites/`; returns the call that stands behind. Raises `Refusal`.

    A site is named by its id, by the first part of it, or as `host:/path`.
    """
    site = service.tenant.site
    head, _, rest = text.partition("/")
    if head == f"{site.host}:":
        path, _, call = rest.partition(":")
        if f"/{path.strip('/')}" != site.path and f"/{path.strip('/')}".lower() != site.path.lower():
            raise not_found("Requested site could not be found")
        return call.strip("/")
    if head in {site.id, ",".join(site.id.split(",")[:2])} or (head in {"root", site.host} and not site.path):
        return rest
    raise not_found("Requested site could not be found")


def get_site(service: Service, request: Request, caller: Caller) -> Answer:
    """Return the site."""
    caller.require(service.tenant.applications, READ)
    return Answer(200, selected(service.shapes.site(), request.query.get("$select", "")))


def list_drives(service: Service, request: Request, caller: Caller) -> Answer:
    """Return the site's libraries."""
    caller.require(service.tenant.applications, READ)
    select = request.query.get("$select", "")
    drives = service.tenant.items.drives()
    return service.page(request, [selected(service.shapes.drive(drive), select) for drive in drives])


def site_permissions(
    service: Service, request: Request, caller: Caller, grant_id: str, body: Mapping[str, Any]
) -> Answer:
    """List, add, change or withdraw what the site grants to applications with Sites.Selected."""
    if "Sites.FullControl.All" not in caller.roles:
        raise access_denied()
    applications = service.tenant.applications
    if request.method == "GET" and not grant_id:
        return service.page(request, [_shown(service, grant) for grant in applications.grants()])
    if request.method == "POST" and not grant_id:
        return Answer(201, _shown(service, applications.grant(_application(body), _role(body))))
    grant = next((grant for grant in applications.grants() if grant.id == grant_id), None)
    if grant is None:
        raise not_found("The permission could not be found.")
    if request.method == "GET":
        return Answer(200, _shown(service, grant))
    if request.method == "PATCH":
        return Answer(200, _shown(service, applications.grant(grant.client_id, _role(body))))
    if request.method == "DELETE":
        applications.withdraw(grant.id)
        return Answer(204)
    raise bad_request("The method is not allowed here.")


def _shown(service: Service, grant: SiteGrant) -> dict[str, Any]:
    application = service.tenant.applications.get(grant.client_id)
    identity = {"application": {"id": grant.client_id, "displayName": application.name if application else ""}}
    return {
        "id": grant.id,
        "roles": [grant.role],
        "grantedToIdentitiesV2": [identity],
        "grantedToIdentities": [identity],
    }


def _role(body: Mapping[str, Any]) -> str:
    roles = body.get("roles")
    if not isinstance(roles, list) or len(roles) != 1 or roles[0] not in SITE_ROLES:
        raise bad_request("The roles are one of read, write, owner, fullcontrol.")
    return str(roles[0])


def _application(body: Mapping[str, Any]) -> str:
    identities = body.get("grantedToIdentities") or body.get("grantedToIdentitiesV2") or body.get("grantedTo")
    first = identities[0] if isinstance(identities, list) and identities else identities
    application = first.get("application") if isinstance(first, dict) else None
    if not isinstance(application, dict) or not application.get("id"):
        raise bad_request("The grant names no application.")
    return str(application["id"])
