"""How Graph shows items, grants, people, sites."""

from __future__ import annotations

import base64
import json
import mimetypes
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecosmig_publish.sandbox.clock import shown, stamp
from ecosmig_publish.sandbox.state.directory import Person
from ecosmig_publish.sandbox.state.tenant import SITE_GROUPS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.state.directory import Team
    from ecosmig_publish.sandbox.state.grants import Grant
    from ecosmig_publish.sandbox.state.items import Drive, Item
    from ecosmig_publish.sandbox.state.tenant import Tenant

Document = dict[str, Any]


class Shapes:
    """Turns what the state holds into Graph's documents."""

    def __init__(self, tenant: Tenant, clock: Clock, download_url: Callable[[Item], str]) -> None:
        self._tenant = tenant
        self._clock = clock
        self._download_url = download_url

    def site(self) -> Document:
        """Return the site."""
        site = self._tenant.site
        return {
            "id": site.id,
            "name": site.path.rpartition("/")[2],
            "displayName": site.title,
            "webUrl": site.url,
            "siteCollection": {"hostname": site.host},
            "root": {},
        }

    def drive(self, drive: Drive) -> Document:
        """Return a library."""
        used = self._tenant.used()
        return {
            "id": drive.id,
            "name": drive.name,
            "description": "",
            "driveType": "documentLibrary",
            "webUrl": f"{self._tenant.site.url}/{quote(drive.segment)}",
            "owner": {"group": {"displayName": self._tenant.site.group_name("3")}},
            "quota": {
                "deleted": 0,
                "remaining": max(0, self._tenant.quota - used),
                "state": "normal",
                "total": self._tenant.quota,
                "used": used,
            },
        }

    def items(self, items: Sequence[Item], *, in_delta: bool = False) -> list[Document]:
        """Return items; what delta leaves out is left out there."""
        above: dict[str, list[Item]] = {}
        for item in items:
            if item.parent is not None and item.parent not in above:
                above[item.parent] = self._tenant.items.ancestors(item)
        return [self._item(item, above.get(item.parent or "", []), in_delta=in_delta) for item in items]

    def item(self, item: Item) -> Document:
        """Return one item."""
        return self._item(item, self._tenant.items.ancestors(item), in_delta=False)

    def _item(self, item: Item, above: Sequence[Item], *, in_delta: bool) -> Document:
        document: Document = {
            "@odata.etag": item.etag,
            "id": item.id,
            "name": item.name,
            "size": item.size,
            "eTag": item.etag,
            "webUrl": self._web_url(item, above),
            "createdDateTime": shown(item.created_at),
            "lastModifiedDateTime": shown(item.modified_at),
            "createdBy": json.loads(item.created_by),
            "lastModifiedBy": json.loads(item.modified_by),
            "parentReference": self._parent(item, above, with_path=not in_delta),
            "fileSystemInfo": {
                "createdDateTime": shown(item.file_created_at),
                "lastModifiedDateTime": shown(item.file_modified_at),
            },
        }
        if item.parent is None:
            document["root"] = {}
        if item.deleted:
            document["deleted"] = {"state": "deleted"}
            del document["name"], document["webUrl"]
            document["folder" if item.folder else "file"] = {}
            return document
        if item.folder:
            document["folder"] = {"childCount": self._tenant.items.child_count(item.id)}
        else:
            document["file"] = self._file(item)
            if not in_delta:
                document["cTag"] = item.ctag
                document["@microsoft.graph.downloadUrl"] = self._download_url(item)
        if item.own_grants and item.parent is not None:
            document["shared"] = {"scope": "users"}
        return document

    def _file(self, item: Item) -> Document:
        kind = mimetypes.guess_type(item.name)[0] or "application/octet-stream"
        facet: Document = {"mimeType": kind}
        if item.hash_after > stamp(self._clock.now()):
            return facet
        if item.hash_reads > 0:
            self._tenant.database.update("item", item.id, {"hash_reads": item.hash_reads - 1})
            return facet
        return facet | {"hashes": {"quickXorHash": item.quick_xor}}

    def _parent(self, item: Item, above: Sequence[Item], *, with_path: bool) -> Document:
        reference: Document = {
            "driveType": "documentLibrary",
            "driveId": item.drive,
            "siteId": self._tenant.site.id.rpartition(",")[2],
        }
        if item.parent is None:
            return reference
        reference |= {"id": item.parent, "name": above[-1].name if above else ""}
        if with_path:
            path = "".join(f"/{quote(folder.name)}" for folder in above[1:])
            reference["path"] = f"/drives/{item.drive}/root:{path}"
        return reference

    def _web_url(self, item: Item, above: Sequence[Item]) -> str:
        segment = self._tenant.items.segment(item.drive)
        names = [folder.name for folder in above[1:]] + ([] if item.parent is None else [item.name])
        return f"{self._tenant.site.url}/{quote('/'.join([segment, *names]))}"

    def grant(self, grant: Grant, *, inherited: bool, with_secrets: bool = True) -> Document:
        """Return a permission; an inherited one carries an empty `inheritedFrom`, as libraries do in the field."""
        document: Document = {"id": grant.id, "roles": [grant.role]}
        if grant.kind == "link":
            link: Document = {"scope": grant.scope, "type": "edit" if grant.role == "write" else "view"}
            if with_secrets:
                link["webUrl"] = f"{self._tenant.site.url}/:f:/g/{grant.principal}"
                document["shareId"] = "u!" + base64.urlsafe_b64encode(link["webUrl"].encode()).decode().rstrip("=")
            document |= {"link": link, "grantedToIdentitiesV2": [], "grantedToIdentities": []}
        else:
            identities = self._identities(grant)
            document["grantedToV2"] = identities
            older = {kind: who for kind, who in identities.items() if kind in {"user", "group", "application"}}
            site_group = identities.get("siteGroup")
            document["grantedTo"] = older or {"user": {"displayName": site_group["displayName"]} if site_group else {}}
        if inherited:
            document["inheritedFrom"] = {}
        return document

    def _identities(self, grant: Grant) -> Document:
        directory = self._tenant.directory
        if grant.kind == "siteGroup":
            name = self._tenant.site.group_name(grant.principal) if grant.principal in SITE_GROUPS else grant.principal
            return {"siteGroup": {"id": grant.principal, "displayName": name, "loginName": name}}
        if grant.kind == "application":
            application = self._tenant.applications.get(grant.principal)
            return {"application": {"id": grant.principal, "displayName": application.name if application else ""}}
        number = str(10 + sum(grant.principal.encode()) % 9000)
        if grant.kind == "group":
            team = directory.team(grant.principal)
            name, mail = (team.name, team.mail) if team else ("", "")
            login = f"c:0t.c|tenant|{grant.principal}"
            shown_as: Document = {"id": grant.principal, "displayName": name, "email": mail}
            return {"group": shown_as, "siteUser": {"id": number, "loginName": login, **_without_id(shown_as)}}
        person = directory.person(grant.principal)
        name, mail, upn = (person.name, person.mail, person.upn) if person else ("", "", "")
        login = f"i:0#.f|membership|{upn.lower()}"
        shown_as = {"id": grant.principal, "displayName": name, "email": mail}
        return {"user": shown_as, "siteUser": {"id": number, "loginName": login, **_without_id(shown_as)}}

    def principal(self, found: Person | Team) -> Document:
        """Return a user or a group of Entra."""
        if isinstance(found, Person):
            return {
                "id": found.id,
                "displayName": found.name,
                "mail": found.mail,
                "userPrincipalName": found.upn,
                "userType": "Guest" if found.guest else "Member",
                "accountEnabled": True,
            }
        return {
            "id": found.id,
            "displayName": found.name,
            "mail": found.mail,
            "mailEnabled": False,
            "securityEnabled": True,
            "groupTypes": [],
        }


def selected(document: Mapping[str, Any], select: str) -> Document:
    """Return the properties that `$select` names; all of them where it names none."""
    wanted = {name.strip() for name in select.split(",") if name.strip()}
    if not wanted:
        return dict(document)
    kept = {name: value for name, value in document.items() if name in wanted or name == "@odata.etag"}
    # Asked for by either name, the address of the bytes comes under its full one.
    if "content.downloadUrl" in wanted and "@microsoft.graph.downloadUrl" in document:
        kept["@microsoft.graph.downloadUrl"] = document["@microsoft.graph.downloadUrl"]
    return kept


def _without_id(document: Mapping[str, Any]) -> Document:
    return {name: value for name, value in document.items() if name != "id"}
