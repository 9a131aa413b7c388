"""Reading, listing, making, changing and deleting items."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import READ, WRITE
from ecosmig_publish.sandbox.graph.placing import conflict_behaviour, found, settle_name
from ecosmig_publish.sandbox.graph.refusals import access_denied, bad_request, name_taken, not_found
from ecosmig_publish.sandbox.graph.service import page_size, refuse_changed, skipped
from ecosmig_publish.sandbox.graph.shapes import selected
from ecosmig_publish.sandbox.state.tree import FileTimes

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.faults import Happening
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Item

_ORDERS = {"name": "key", "size": "size", "lastmodifieddatetime": "modified_at", "createddatetime": "created_at"}


def get_item(service: Service, request: Request, caller: Caller, address: Address) -> Answer:
    """Return an item; 304 where the client has it already."""
    caller.require(service.tenant.applications, READ)
    item = found(service, address)
    if request.headers.get("if-none-match") in {item.etag, item.ctag}:
        return Answer(304, None, {"ETag": item.etag})
    answer = service.item_answer(request, item)
    expanded = request.query.get("$expand", "")
    if expanded.startswith("children") and answer.document is not None:
        children = service.shapes.items(service.tenant.items.children(item.id, limit=200))
        answer.document = dict(answer.document) | {"children": children}
    elif expanded:
        raise bad_request("The request is malformed or incorrect: $expand.", inner="invalidQueryOption")
    return answer


def list_children(service: Service, request: Request, caller: Caller, address: Address, happening: Happening) -> Answer:
    """Return a page of a folder's children."""
    caller.require(service.tenant.applications, READ)
    folder = found(service, address)
    if not folder.folder:
        raise bad_request("The item is not a folder.")
    if "$filter" in request.query:
        raise bad_request("$filter is not supported on the children of an item.", inner="invalidQueryOption")
    size, start = page_size(request), _offset(skipped(request))
    if happening.has("empty_page"):
        return service.page(request, [], more=True, next_skip=_skip_token(start))
    if happening.has("stale"):
        then = service.past(happening.seconds("stale"))
        items = _children_at(service, folder, then)[start : start + size + 1]
    else:
        order = _order(request.query.get("$orderby", ""))
        items = service.tenant.items.children(folder.id, order, limit=size + 1, offset=start)
    select = request.query.get("$select", "")
    values = [selected(document, select) for document in service.shapes.items(items[:size])]
    if happening.has("repeated_item"):
        values = values[:1] + values
    return service.page(request, values, more=len(items) > size, next_skip=_skip_token(start + size))


def make_folder(
    service: Service, request: Request, caller: Caller, address: Address, body: Mapping[str, Any]
) -> Answer:
    """Make a folder below the addressed one. Without a word on conflicts a taken name is refused."""
    caller.require(service.tenant.applications, WRITE)
    parent = found(service, address)
    if "folder" not in body or not isinstance(body.get("name"), str):
        raise bad_request("A new item needs a name and the folder facet.")
    if not parent.folder:
        raise bad_request("The parent is not a folder.")
    behaviour = conflict_behaviour(request, body, "fail")
    name, taken = settle_name(service, parent, body["name"], behaviour, folder=True)
    if taken is not None:
        if not taken.folder:
            raise name_taken()
        return service.item_answer(request, taken)
    made = service.tenant.tree.make_folder(parent, name, caller.identity)
    return service.item_answer(request, made, 201)


def change_item(
    service: Service, request: Request, caller: Caller, address: Address, body: Mapping[str, Any]
) -> Answer:
    """Rename and move an item, and keep the client's times. A taken name is refused unless the request says else."""
    caller.require(service.tenant.applications, WRITE)
    item = found(service, address)
    refuse_changed(request, item)
    tree = service.tenant.tree
    parent = _new_parent(service, item, body.get("parentReference"))
    name = body.get("name", item.name)
    if not isinstance(name, str):
        raise bad_request("The name is not a string.")
    if parent is not None and (parent.id != item.parent or name != item.name):
        _refuse_impossible_move(service, item, parent)
        behaviour = conflict_behaviour(request, body, "fail")
        taken = service.tenant.items.child(parent.id, name)
        if taken is None or taken.id != item.id:
            name, taken = settle_name(service, parent, name, behaviour, folder=item.folder)
            if taken is not None:
                tree.remove(taken, caller.identity)
        else:
            settle_name(service, parent, name, "replace", folder=item.folder)
        item = tree.move(item, parent, name, caller.identity)
    times = file_times(body)
    if times != FileTimes():
        item = tree.set_times(item, times, caller.identity)
    return service.item_answer(request, item)


def delete_item(service: Service, request: Request, caller: Caller, address: Address) -> Answer:
    """Move an item into the recycle bin."""
    caller.require(service.tenant.applications, WRITE)
    item = found(service, address)
    refuse_changed(request, item)
    if item.parent is None:
        raise access_denied("The root can't be deleted.")
    service.tenant.tree.remove(item, caller.identity)
    return Answer(204)


def file_times(body: Mapping[str, Any]) -> FileTimes:
    """Return the times in a body's `fileSystemInfo`."""
    info = body.get("fileSystemInfo")
    if not isinstance(info, dict):
        return FileTimes()
    return FileTimes(str(info.get("createdDateTime") or ""), str(info.get("lastModifiedDateTime") or ""))


def _new_parent(service: Service, item: Item, reference: object) -> Item | None:
    """Return the folder that a `parentReference` names; the item's own where it names none. Raises `Refusal`."""
    items = service.tenant.items
    if not isinstance(reference, dict) or not reference:
        return None if item.parent is None else items.get(item.parent)
    if reference.get("driveId") not in {None, item.drive}:
        raise bad_request("Items can't be moved between drives.", inner="notSupported")
    if reference.get("id"):
        # Documented: "root" is no id here.
        parent = items.get(str(reference["id"]), item.drive)
    elif reference.get("path"):
        path = unquote(str(reference["path"])).partition("root:")[2]
        root = items.get(_root(service, item.drive))
        parent = None if root is None else items.walk(root, [name for name in path.split("/") if name])
    else:
        parent = None if item.parent is None else items.get(item.parent)
    if parent is None:
        raise not_found("The parent could not be found.")
    return parent


def _refuse_impossible_move(service: Service, item: Item, parent: Item) -> None:
    if item.parent is None:
        raise access_denied("The root can't be moved or renamed.")
    if not parent.folder:
        raise bad_request("The new parent is not a folder.")
    if parent.id == item.id or item.id in {above.id for above in service.tenant.items.ancestors(parent)}:
        raise bad_request("An item can't be moved below itself.")


def _root(service: Service, drive: str) -> str:
    found_drive = service.tenant.items.drive(drive)
    return "" if found_drive is None else found_drive.root


def _children_at(service: Service, folder: Item, instant: str) -> list[Item]:
    """Return a folder's children as they were at an instant, by the names that they had."""
    from dataclasses import replace  # noqa: PLC0415 - for a fault only

    rows = service.tenant.database.rows(
        "SELECT item, name FROM placement "
        "WHERE parent = ? AND since <= ? AND (until IS NULL OR until > ?) ORDER BY key",
        folder.id,
        instant,
        instant,
    )
    then = [(service.tenant.items.get(row["item"], deleted=True), row["name"]) for row in rows]
    return [replace(item, name=name, parent=folder.id, deleted=False) for item, name in then if item is not None]


def _order(text: str) -> str:
    if not text:
        return "key"
    name, _, way = text.strip().partition(" ")
    column = _ORDERS.get(name.lower())
    if column is None or way.strip().lower() not in {"", "asc", "desc"}:
        raise bad_request(f"Can't order by '{text}'.", inner="invalidQueryOption")
    return f"{column} {'DESC' if way.strip().lower() == 'desc' else 'ASC'}, key"


def _skip_token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"Paged=TRUE&p={offset}".encode()).decode("ascii").rstrip("=")


def _offset(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().rpartition("=")[2])
    except ValueError as error:
        raise bad_request("The skip token is not valid.", inner="invalidQueryOption") from error
