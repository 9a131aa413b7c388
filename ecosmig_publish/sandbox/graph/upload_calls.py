"""Upload sessions: creating, fragments in order, asking how far, ending."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import shown
from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import WRITE, Caller
from ecosmig_publish.sandbox.graph.content_calls import hashing_of, spoilt
from ecosmig_publish.sandbox.graph.item_calls import file_times
from ecosmig_publish.sandbox.graph.placing import (
    CONFLICT,
    conflict_behaviour,
    parent_of,
    refuse_over_quota,
    settle_name,
)
from ecosmig_publish.sandbox.graph.refusals import Refusal, bad_request, name_taken, not_found
from ecosmig_publish.sandbox.graph.service import refuse_changed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.items import Item
    from ecosmig_publish.sandbox.state.uploads import Upload

FRAGMENT_UNIT = 320 * 1024
LARGEST_FRAGMENT = 60 * 1024 * 1024
_CONTENT_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+)$")


def create_session(
    service: Service, request: Request, caller: Caller, address: Address, body: Mapping[str, Any]
) -> Answer:
    """Begin a session for a name. A name that a living session owns is refused, whatever the conflict behaviour."""
    caller.require(service.tenant.applications, WRITE)
    properties = body.get("item") or {}
    if not isinstance(properties, dict):
        raise bad_request("The item is not an object.")
    behaviour = conflict_behaviour(request, properties, str(body.get(CONFLICT) or "fail"))
    items = service.tenant.items
    replaced: Item | None
    if address.by_path:
        existing = items.walk(address.start, address.names)
        refuse_changed(request, existing)
        given = properties.get("name", address.names[-1])
        if given != address.names[-1]:
            raise bad_request("The name in the body is not the name in the address.")
        parent, name = parent_of(service, caller, address)
        name, replaced = settle_name(service, parent, name, behaviour, folder=False)
    else:
        replaced = address.start
        refuse_changed(request, replaced)
        above = None if replaced.parent is None else items.get(replaced.parent)
        if above is None:
            raise bad_request("The root has no content.")
        parent, name, behaviour = above, replaced.name, "replace"
    if replaced is not None and replaced.folder:
        raise name_taken()
    if service.tenant.uploads.holding(parent.id, name) is not None:
        raise name_taken("An upload session already exists: a file with the same name is currently being uploaded.")
    declared = properties.get("fileSize")
    if declared is not None and (not isinstance(declared, int) or declared < 0):
        raise bad_request("The fileSize is not a size.")
    refuse_over_quota(service, (declared or 0) - (replaced.size if replaced else 0))
    upload = service.tenant.uploads.begin(
        parent,
        name,
        item=replaced,
        conflict=behaviour,
        declared=declared,
        deferred=bool(body.get("deferCommit")),
        client_id=caller.client_id,
        times=file_times(properties),
    )
    document = {
        "@odata.context": f"{service.root}/$metadata#microsoft.graph.uploadSession",
        "uploadUrl": service.upload_url(upload.id),
        "expirationDateTime": shown(upload.expires_at),
        "nextExpectedRanges": ["0-"],
    }
    return Answer(200, document)


async def answer_session(service: Service, request: Request) -> Answer:
    """Answer at an upload address. Whoever knows it may use it; an `Authorization` is refused, as documented."""
    upload_id = request.path.removeprefix("/upload/")
    claims = service.unseal(request.query.get("tempauth", ""))
    if claims is None or claims.get("upload") != upload_id or "authorization" in request.headers:
        raise Refusal(401, "unauthenticated", "The caller is not authenticated.")
    upload = service.tenant.uploads.get(upload_id)
    if upload is None:
        raise Refusal(404, "itemNotFound", "The upload session was not found.", inner="uploadSessionNotFound")
    request.app_id = upload.client_id
    if request.method == "GET":
        return Answer(200, _progress(upload))
    if request.method == "DELETE":
        service.tenant.uploads.end(upload.id)
        return Answer(204)
    if request.method == "PUT":
        return await _take_fragment(service, request, upload)
    if request.method == "POST":
        if upload.total is None or upload.received != upload.total:
            raise Refusal(400, "invalidRequest", "Not all bytes are there.", inner="uploadSessionIncomplete")
        return _commit(service, request, upload)
    raise Refusal(405, "invalidRequest", "The method is not allowed.")


async def _take_fragment(service: Service, request: Request, upload: Upload) -> Answer:
    start, end, total = _checked_range(request)
    length = end - start + 1
    # A fragment lies apart until it is whole: of an interrupted request all bytes are ignored.
    incoming = service.tenant.contents.incoming()
    try:
        async for chunk in request.chunks():
            if incoming.size <= length:
                incoming.write(chunk)
        if incoming.size != length:
            raise bad_request("The body is not as long as its Content-Range says.", inner="fragmentLengthMismatch")
        with service.tenant.database.transaction():
            now = service.tenant.uploads.get(upload.id)
            _refuse_wrong_fragment(now, start, total)
            fragment = incoming.finish()
            service.tenant.uploads.append(upload, service.tenant.contents.path(fragment.name))
            expires_at = service.tenant.uploads.grow(upload, end + 1, total)
    finally:
        incoming.drop()
    if end + 1 < total or upload.deferred:
        document: dict[str, Any] = {"expirationDateTime": shown(expires_at)}
        return Answer(202, document | {"nextExpectedRanges": _missing(end + 1, total)})
    return _commit(service, request, upload)


def _refuse_wrong_fragment(now: Upload | None, start: int, total: int) -> None:
    if now is None:
        raise not_found("The upload session was not found.")
    if start != now.received:
        inner = "fragmentOverlap" if start < now.received else "fragmentOutOfOrder"
        raise Refusal(416, "invalidRange", "The fragment is not the next one.", inner=inner)
    if any(known not in {None, total} for known in (now.total, now.declared)):
        raise bad_request("The total is not what was said before.", inner="fragmentLengthMismatch")


def _checked_range(request: Request) -> tuple[int, int, int]:
    match = _CONTENT_RANGE.match(request.headers.get("content-range", "").strip())
    if match is None:
        raise bad_request("A fragment needs a Content-Range.", inner="invalidParameterFormat")
    start, end, total = (int(group) for group in match.groups())
    length = end - start + 1
    if not start <= end < total:
        raise bad_request("The Content-Range makes no sense.", inner="invalidParameterFormat")
    if length >= LARGEST_FRAGMENT:
        raise bad_request("A fragment is smaller than 60 MiB.", inner="maxFragmentLengthExceeded")
    if end + 1 < total and length % FRAGMENT_UNIT:
        raise bad_request("A fragment's size is a multiple of 320 KiB.", inner="fragmentLengthMismatch")
    return start, end, total


def _commit(service: Service, request: Request, upload: Upload) -> Answer:
    """Make the file. A refusal leaves the session as it is, so that the client may go on from there."""
    tenant = service.tenant
    parent = tenant.items.get(upload.parent, upload.drive)
    if parent is None:
        raise not_found("The folder is gone.")
    application = tenant.applications.get(upload.client_id)
    caller = Caller(upload.client_id, application.name if application else "", frozenset())
    with tenant.database.transaction():
        name, existing = settle_name(service, parent, upload.name, upload.conflict, folder=False)
        if existing is not None and existing.folder:
            raise name_taken()
        size = tenant.uploads.part(upload.id).stat().st_size
        refuse_over_quota(service, size - (existing.size if existing else 0))
        incoming = tenant.contents.incoming()
        with tenant.uploads.part(upload.id).open("rb") as file:
            while chunk := file.read(1 << 20):
                incoming.write(chunk)
        stored, hashing = incoming.finish(), hashing_of(service, request)
        if existing is None:
            item = tenant.tree.make_file(parent, name, stored, caller.identity, upload.times, hashing)
        else:
            item = tenant.tree.replace_content(existing, stored, caller.identity, upload.times, hashing)
        tenant.uploads.end(upload.id)
        item = spoilt(service, request, item)
    return service.item_answer(request, item, 201 if existing is None else 200)


def _progress(upload: Upload) -> dict[str, Any]:
    missing = _missing(upload.received, upload.total)
    return {"expirationDateTime": shown(upload.expires_at), "nextExpectedRanges": missing}


def _missing(received: int, total: int | None) -> list[str]:
    """Return the ranges that are missing. Documentation shows them with and without an end; it is known here."""
    if total is None:
        return [f"{received}-"]
    return [f"{received}-{total - 1}"] if received < total else []
