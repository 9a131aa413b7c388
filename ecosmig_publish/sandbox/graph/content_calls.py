"""Bytes in by one PUT, bytes out by a download address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.clock import stamp
from ecosmig_publish.sandbox.connections import ConnectionCut
from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import READ, WRITE
from ecosmig_publish.sandbox.graph.placing import (
    conflict_behaviour,
    found,
    parent_of,
    refuse_over_quota,
    settle_name,
)
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request, name_taken, not_found
from ecosmig_publish.sandbox.graph.service import refuse_changed
from ecosmig_publish.sandbox.state.tree import Hashing

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.contents import Stored
    from ecosmig_publish.sandbox.state.items import Item

LARGEST_PUT = 250 * 1024 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")


@dataclass(frozen=True, slots=True)
class Received:
    """A body that came in; `cut` where the connection broke and what had come is to be kept."""

    stored: Stored
    cut: ConnectionCut | None = None


async def receive(service: Service, request: Request) -> Received:
    """Take the body in. A connection that breaks leaves nothing, or what had come in where that is asked for."""
    incoming = service.tenant.contents.incoming()
    keep = request.storage_fault.get("keep_bytes")
    try:
        async for chunk in request.chunks():
            if keep is not None and incoming.size + len(chunk) >= keep:
                incoming.write(chunk[: keep - incoming.size])
                return Received(incoming.finish(), ConnectionCut("the stored file was truncated"))
            if incoming.size <= LARGEST_PUT:
                incoming.write(chunk)
    except ConnectionCut as cut:
        if not service.keeps_truncated:
            incoming.drop()
            raise
        return Received(incoming.finish(), cut)
    if incoming.size > LARGEST_PUT:
        incoming.drop()
        raise Refusal(413, "invalidRequest", "The request message is too big.", inner="maxFileSizeExceeded")
    return Received(incoming.finish())


def put_content(service: Service, request: Request, caller: Caller, address: Address, stored: Stored) -> Answer:
    """Put stored bytes under the addressed name. Without a word on conflicts it replaces."""
    caller.require(service.tenant.applications, WRITE)
    behaviour = conflict_behaviour(request, {}, "replace")
    tree, items = service.tenant.tree, service.tenant.items
    if address.by_path:
        existing = items.walk(address.start, address.names)
        refuse_changed(request, existing)
        parent, name = parent_of(service, caller, address)
        name, existing = settle_name(service, parent, name, behaviour, folder=False)
    else:
        existing, parent, name = address.start, address.start, ""
        refuse_changed(request, existing)
    if existing is not None and existing.folder:
        raise name_taken() if address.by_path else bad_request("The item is a folder.")
    refuse_over_quota(service, stored.size - (existing.size if existing else 0))
    hashing = hashing_of(service, request)
    if existing is None:
        item = tree.make_file(parent, name, stored, caller.identity, hashing=hashing)
        return service.item_answer(request, spoilt(service, request, item), 201)
    item = tree.replace_content(existing, stored, caller.identity, hashing=hashing)
    return service.item_answer(request, spoilt(service, request, item))


def hashing_of(service: Service, request: Request) -> Hashing:
    """Return when the hash of what this request stores is to be there."""
    fault = request.storage_fault
    seconds = fault.get("hash_seconds", 0)
    after = stamp(service.clock.now() + timedelta(seconds=seconds)) if seconds else ""
    return Hashing(fault.get("hash_reads", 0), after)


def spoilt(service: Service, request: Request, item: Item) -> Item:
    """Return the item as it was stored, or with a byte flipped where a fault wants that."""
    if "flip" not in request.storage_fault:
        return item
    return service.tenant.tree.spoil(
        item, request.storage_fault["flip"], rehash=request.storage_fault.get("rehash", False)
    )


def get_content(service: Service, request: Request, caller: Caller, address: Address) -> Answer:
    """Send the client to the download address."""
    caller.require(service.tenant.applications, READ)
    item = found(service, address)
    if item.folder:
        raise bad_request("A folder has no content.")
    if request.headers.get("if-none-match") in {item.etag, item.ctag}:
        return Answer(304, None, {"ETag": item.etag})
    # The download address knows nobody: whoever was given it is the reader.
    service.tenant.readings.note(item.id, caller.identity)
    return Answer(302, None, {"Location": service.download_url(item)})


def download(service: Service, request: Request) -> Answer:
    """Give the bytes, or a range of them, to whoever has the address. No `Authorization` is needed."""
    claims = service.unseal(request.query.get("tempauth", ""))
    item_id = request.path.removeprefix("/download/")
    if claims is None or claims.get("item") != item_id:
        raise Refusal(401, "unauthenticated", "The download address is not valid.")
    if claims["until"] <= service.clock.now().timestamp():
        raise Refusal(401, "unauthenticated", "The download address is no longer valid.")
    item = service.tenant.items.get(item_id)
    if item is None or item.content is None:
        raise not_found()
    headers = {
        "ETag": item.etag,
        "Accept-Ranges": "bytes",
        "Content-Type": "application/octet-stream",
        "Content-Disposition": "attachment",
    }
    path = service.tenant.contents.path(item.content)
    if item.hash_reads or item.hash_after:
        # Documented: a hash that isn't there yet is worked out when the item is downloaded.
        service.tenant.database.update("item", item.id, {"hash_reads": 0, "hash_after": ""})
    wanted = _span(request.headers.get("range", ""), item.size)
    if wanted is None:
        return Answer(200, None, headers, path, (0, item.size))
    start, end = wanted
    if start >= end:
        raise Refusal(416, "invalidRange", "The range is not there.", headers={"Content-Range": f"bytes */{item.size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{item.size}"
    return Answer(206, None, headers, path, wanted)


def _span(text: str, size: int) -> tuple[int, int] | None:
    """Return first byte and one past the last of a `Range`, None where it asks for all or can't be read."""
    match = _RANGE.match(text.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return max(0, size - int(match[2])), size
    start = int(match[1])
    return start, min(size, int(match[2]) + 1) if match[2] else size
