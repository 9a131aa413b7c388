"""What changed in a library since a token."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ecosmig_publish.sandbox.clock import stamp
from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import READ
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request
from ecosmig_publish.sandbox.graph.service import page_size
from ecosmig_publish.sandbox.graph.shapes import selected

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.faults import Happening
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Item

_TOKEN_IN_CALL = re.compile(r"delta\(token='([^']*)'\)$")
GENERATION = "delta_generation"


def is_delta(call: str) -> bool:
    """Whether a call asks for changes."""
    return call in {"delta", "delta()", "microsoft.graph.delta", "microsoft.graph.delta()"} or bool(
        _TOKEN_IN_CALL.search(call)
    )


def token_of(request: Request, call: str) -> str:
    """Return the token that a request brings, in its query or in the call itself; `""` for none."""
    match = _TOKEN_IN_CALL.search(call)
    return match[1] if match else request.query.get("token", "")


def list_changes(service: Service, request: Request, caller: Caller, address: Address, happening: Happening) -> Answer:
    """Return a page of what changed, each item once with its latest state, and where to go on."""
    caller.require(service.tenant.applications, READ)
    if address.by_path or address.start.parent is not None:
        raise Refusal(501, "notSupported", "Changes are tracked from a library's root only.")
    drive, token = address.drive.id, token_of(request, address.call)
    until = service.past(happening.seconds("stale")) if happening.has("stale") else "~"
    if token == "latest":  # noqa: S105 - Graph's own word
        return _answer(service, request, drive, [], _latest(service, drive, until), more=False, fresh=False)
    after, fresh = _position(service, request, drive, token)
    if happening.has("empty_page"):
        return _answer(service, request, drive, [], after, more=True, fresh=fresh)
    size = page_size(request)
    changed = service.tenant.items.changed(drive, after, size + 1, until)
    page = changed[:size]
    reached = page[-1].change if page else after
    shown_items = [item for item in page if not (fresh and item.deleted)]
    if not fresh and "deltaexcludeparent" not in request.headers:
        shown_items = _with_parents(service, shown_items)
    if happening.has("repeated_item"):
        shown_items = shown_items[:1] + shown_items
    return _answer(service, request, drive, shown_items, reached, more=len(changed) > size, fresh=fresh)


def _with_parents(service: Service, items: list[Item]) -> list[Item]:
    """Return the items and before each, once, the folders that lead to it."""
    ordered: dict[str, Item] = {}
    changed = {item.id for item in items}
    for item in items:
        for above in [] if item.deleted else service.tenant.items.ancestors(item):
            if above.id not in changed:
                ordered.setdefault(above.id, above)
        ordered[item.id] = item
    return list(ordered.values())


def _position(service: Service, request: Request, drive: str, token: str) -> tuple[int, bool]:
    """Return the change number that a token stands for, and whether it belongs to a first enumeration."""
    if not token:
        return 0, True
    claims = service.unseal(token)
    if claims is not None:
        generation = service.tenant.database.setting(GENERATION, "0")
        if claims.get("drive") == drive and claims.get("generation") == generation:
            return int(claims["after"]), bool(claims["fresh"])
        raise _resync(service, request)
    instant = _instant(token)
    if instant is None:
        raise bad_request("The token is not valid.", inner="invalidParameterFormat")
    row = service.tenant.database.row(
        "SELECT coalesce(max(change), 0) FROM item WHERE drive = ? AND changed_at <= ?", drive, instant
    )
    return 0 if row is None else int(row[0]), False


def _resync(service: Service, request: Request) -> Refusal:
    path = request.raw_path.partition("/v1.0")[2].partition("delta")[0]
    return Refusal(
        410,
        "resyncRequired",
        "The delta token is no longer valid, and the app must reset the sync state.",
        inner="resyncChangesApplyDifferences",
        headers={"Location": f"{service.root}{path}delta"},
    )


def _instant(token: str) -> str | None:
    from datetime import UTC, datetime  # noqa: PLC0415 - a rare kind of token

    try:
        instant = datetime.fromisoformat(token.replace(" ", "+"))
    except ValueError:
        return None
    return stamp(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def _latest(service: Service, drive: str, until: str) -> int:
    row = service.tenant.database.row(
        "SELECT coalesce(max(change), 0) FROM item WHERE drive = ? AND changed_at <= ?", drive, until
    )
    return 0 if row is None else int(row[0])


def _answer(
    service: Service, request: Request, drive: str, items: list[Item], reached: int, *, more: bool, fresh: bool
) -> Answer:
    select = request.query.get("$select", "")
    values = [selected(document, select) for document in service.shapes.items(items, in_delta=True)]
    for value, item in zip(values, items, strict=True):
        if item.deleted:
            value["deleted"] = {"state": "deleted"}
    claims = {
        "drive": drive,
        "after": reached,
        "fresh": fresh and more,
        "generation": service.tenant.database.setting(GENERATION, "0"),
    }
    kept = {name: value for name, value in request.query.items() if name in {"$select", "$top"}}
    query = "&".join(f"{name}={quote(value, safe=',')}" for name, value in kept.items())
    path = request.raw_path.partition("/v1.0")[2].partition("delta")[0]
    token = quote(service.seal(claims), safe="")
    link = f"{service.root}{path}delta?token={token}" + (f"&{query}" if query else "")
    document: dict[str, Any] = {"@odata.context": f"{service.root}/$metadata#Collection(driveItem)", "value": values}
    document["@odata.nextLink" if more else "@odata.deltaLink"] = link
    return Answer(200, document)
