"""What Graph would answer at each address that the client reads, and what may become of that on the way."""

from __future__ import annotations

import gzip
import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.fuzz.json_shapes import ANYTHING, exchanged
from tests.fuzz.service import BASE, Raw

if TYPE_CHECKING:
    from tests.destinations.conformance.bench import Sample
    from tests.fuzz.service import Answering

UPLOAD = "https://up.example.test/upload/secret?tempauth=x"
DOWNLOAD = "https://down.example.test/secret"
GUID = "0e1b2c3d-0000-4000-8000-000000000000"

_STATUSES = (200, 201, 202, 204, 206, 301, 302, 304, 400, 401, 403, 404, 405, 409, 410, 412, 416, 423, 429, 451)
STATUSES = st.one_of(st.sampled_from((*_STATUSES, 500, 501, 502, 503, 504, 507, 509, 599)), st.integers(200, 599))
HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            (
                "Retry-After",
                "Date",
                "RateLimit-Remaining",
                "RateLimit-Reset",
                "Location",
                "request-id",
                "Content-Encoding",
                "Content-Type",
                "Content-Length",
                "Set-Cookie",
            )
        ),
        st.one_of(
            st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF), max_size=20),
            st.sampled_from(
                (
                    "9" * 400,
                    "9" * 5000,
                    "-1",
                    "0",
                    "120",
                    "1e9",
                    "Mon, 01 Jan 99999 00:00:00 GMT",
                    "Mon, 01 Jan 0001 00:00:00 +2359",
                    "Wed, 25 Nov 2026 04:00:00 -0000",
                    "gzip",
                    "gzip, deflate, gzip",
                    "br",
                    "https://[",
                    "http://down.example.test/x",
                    DOWNLOAD,
                    "//evil.example.test/x",
                    "https://a:b@evil.example.test/",
                )
            ),
        ),
    ),
    max_size=3,
).map(tuple)
BODIES = st.sampled_from(
    (
        b"",
        b"<html><body>Sign in to the network</body></html>",
        b'{"value": [',
        b"null",
        b"[]",
        b'"text"',
        b"NaN",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"value": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{\x00}\x00",
        b'{"id": "\\ud800", "name": "\\udfff"}',
        gzip.compress(b"{}"),
        gzip.compress(b"[" * 1_000_000),
    )
)


def item(**more: Any) -> dict[str, Any]:
    """Return a file as Graph describes it."""
    return {
        "id": "I",
        "name": "a.csv",
        "size": 3,
        "file": {"hashes": {"quickXorHash": "AAAAAAAAAAAAAAAAAwAAAAAAAAA="}},
        "parentReference": {"id": "F"},
        "lastModifiedDateTime": "2026-03-02T06:00:00Z",
        "lastModifiedBy": {"user": {"displayName": "Somebody", "email": "s@x.test"}},
        **more,
    }


def permission(mail: str, identifier: str = "p1") -> dict[str, Any]:
    """Return a grant of a folder."""
    person = {"user": {"id": GUID, "email": mail}, "siteUser": {"loginName": f"i:0#.f|membership|{mail}"}}
    return {"id": identifier, "roles": ["read"], "grantedToV2": person}


def right_answer(method: str, url: str, sent: Sample | None = None) -> Raw:
    """Return what a service in order would answer."""
    whole = (
        {}
        if sent is None
        else {"size": sent.fingerprint.size, "file": {"hashes": {"quickXorHash": sent.fingerprint.quick_xor_hash}}}
    )
    if url.startswith(UPLOAD.partition("?")[0]):
        done = method == "PUT"
        return _json(item(**whole), 201) if done else _json({"nextExpectedRanges": ["0-"]})
    if url.startswith(DOWNLOAD):
        return Raw(200, b"abc", ())
    document = right_document(method, url.removeprefix(BASE), whole)
    if document is None:
        return Raw(302, b"", (("Location", DOWNLOAD),))
    return Raw(204, b"", ()) if document == {} else _json(document, 201 if method in ("PUT", "POST") else 200)


def right_document(method: str, path: str, whole: dict[str, Any]) -> dict[str, Any] | None:  # noqa: C901, PLR0911, PLR0912 - one line for each address
    """Return the document of a right answer, none for a redirection, an empty one for no content."""
    if method == "DELETE":
        return {}
    if "/createUploadSession" in path:
        return {"uploadUrl": UPLOAD, "expirationDateTime": "2030-01-01T00:00:00Z"}
    if path.endswith("/invite"):
        return {"value": [permission("reader@x.test")]}
    if "/content" in path:
        return item(name="x.part", **whole) if method == "PUT" else None
    if method == "PATCH":
        return item(**whole)
    if "/items/S/permissions" in path:
        return {"value": [permission("owner@x.test", "p2")]}
    if "/permissions" in path:
        return {"value": [permission("reader@x.test"), permission("owner@x.test", "p2")]}
    if "/delta" in path:
        more = {"@odata.deltaLink": f"{BASE}/drives/D/root/delta?token=next"}
        return {"value": [item(), item(id="J", deleted={"state": "deleted"})], **more}
    if "/drives?" in path:
        return {
            "value": [{"id": "X", "name": "Pages"}, {"id": "D", "name": "Documents", "webUrl": "https://c/Documents"}]
        }
    if "/sites/" in path:
        return {"id": "site"}
    if "/children" in path and method == "POST":
        return item(id="F", name="PXX001 Alpha", folder={}, parentReference={"id": "R"})
    if "/children" in path:
        folder = item(id="F", name="PXX001 Alpha", folder={"childCount": 1}, parentReference={"id": "R"})
        return {"value": [folder, item(), item(id="J", name="b.csv")]}
    if path.startswith(("/users", "/groups")):
        person = {"id": GUID, "displayName": "Reader", "mail": "reader@x.test", "userPrincipalName": "reader@x.test"}
        return {"value": [person]} if "filter" in path else person
    if path.startswith("/invitations"):
        return {"invitedUser": {"id": GUID}}
    for name, identifier in (("Reports", "R"), ("_staging", "S")):
        if f"/root:/{name}" in path:
            return {"id": identifier, "name": name, "folder": {}}
    if re.search(r"/items/F(\?|$)", path):
        return item(id="F", name="PXX001 Alpha", folder={}, parentReference={"id": "R"})
    return item(**whole)


@st.composite
def spoilt_answers(draw: st.DrawFn, right: Raw) -> Raw:
    """Draw a right answer, or what may become of it: most of them stay right, so that the client comes to the next."""
    match draw(st.sampled_from(("right",) * 6 + ("parts",) * 4 + ("other", "bytes", "status", "headers"))):
        case "right":
            return right
        case "parts" if right.body.startswith(b"{"):
            return Raw(right.status, _dumped(draw(exchanged(json.loads(right.body)))), right.headers)
        case "other":
            return Raw(draw(STATUSES), _dumped(draw(ANYTHING)), right.headers)
        case "bytes":
            return Raw(draw(STATUSES), draw(st.one_of(BODIES, st.binary(max_size=40))), right.headers)
        case "headers":
            return Raw(draw(STATUSES), right.body, draw(HEADERS))
        case _:
            error = {"error": {"code": "x", "innerError": {"code": "y"}, "message": "words"}}
            body = _dumped(draw(exchanged(error)))
            return Raw(draw(STATUSES), body, (*right.headers, *draw(HEADERS)))


def spoiling(data: st.DataObject, sent: Sample | None = None) -> Answering:
    """Return a service each of whose answers is drawn."""
    return lambda method, url: data.draw(spoilt_answers(right_answer(method, url, sent)))


def _json(document: object, status: int = 200) -> Raw:
    return Raw(status, _dumped(document))


def _dumped(document: object) -> bytes:
    return json.dumps(document).encode()
