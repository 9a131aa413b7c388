"""Finding the place for a new name: folders on the way, conflicts, limits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.graph.names import numbered, refuse_bad_name, refuse_long_path
from ecosmig_publish.sandbox.graph.refusals import bad_request, name_taken, not_found, over_quota

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Item

CONFLICT = "@microsoft.graph.conflictBehavior"
BEHAVIOURS = ("fail", "replace", "rename")


def found(service: Service, address: Address) -> Item:
    """Return the item that an address means. Raises `Refusal`."""
    item = service.tenant.items.walk(address.start, address.names)
    if item is None:
        raise not_found()
    return item


def conflict_behaviour(request: Request, body: Mapping[str, object], default: str) -> str:
    """Return what to do when the name is taken: the query says it, or the body. Raises `Refusal`."""
    query = {name.lower(): value for name, value in request.query.items()}
    wanted = query.get(CONFLICT.lower()) or body.get(CONFLICT) or default
    behaviour = str(wanted).lower()
    if behaviour not in BEHAVIOURS:
        raise bad_request(f"Invalid value for {CONFLICT}: '{wanted}'.", inner="invalidQueryOption")
    return behaviour


def parent_of(service: Service, caller: Caller, address: Address) -> tuple[Item, str]:
    """Return folder and name that an address by path means; folders on the way are made. Raises `Refusal`."""
    folder = address.start
    for depth, name in enumerate(address.names[:-1]):
        below = service.tenant.items.child(folder.id, name)
        if below is None:
            refuse_bad_name(name, folder=True, in_root=depth == 0 and folder.parent is None)
            below = service.tenant.tree.make_folder(folder, name, caller.identity)
        folder = below
    if not folder.folder:
        raise bad_request("The parent is not a folder.")
    return folder, address.names[-1]


def settle_name(service: Service, parent: Item, name: str, behaviour: str, *, folder: bool) -> tuple[str, Item | None]:
    """Return the name to use and the item that has it already, which only `replace` leaves. Raises `Refusal`."""
    refuse_bad_name(name, folder=folder, in_root=parent.parent is None)
    items = service.tenant.items
    parts = [service.tenant.site.path.strip("/"), items.segment(parent.drive), items.path(parent), name]
    refuse_long_path("/".join(part for part in parts if part))
    taken = items.child(parent.id, name)
    if taken is None or behaviour == "replace":
        return name, taken
    if behaviour == "fail":
        raise name_taken()
    number = 1
    while items.child(parent.id, numbered(name, number)) is not None:
        number += 1
    return numbered(name, number), None


def refuse_over_quota(service: Service, growth: int) -> None:
    """Raise a `Refusal` where so many more bytes find no room."""
    if growth > 0 and service.tenant.used() + growth > service.tenant.quota:
        raise over_quota()
