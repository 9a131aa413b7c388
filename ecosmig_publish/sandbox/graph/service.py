"""What every call of Graph needs at hand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import stamp
from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.analytics_calls import Analytics
from ecosmig_publish.sandbox.graph.refusals import bad_request, changed_meanwhile
from ecosmig_publish.sandbox.graph.shapes import Shapes, selected

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.state.items import Item
    from ecosmig_publish.sandbox.state.tenant import Tenant

DOWNLOAD_LIFETIME = 3600
DEFAULT_PAGE = 200
LARGEST_PAGE = 5000


@dataclass(slots=True)
class Service:
    """The tenant, the clock, and where Graph and the file storage answer (`https://host:port`, no slash at the end)."""

    tenant: Tenant
    clock: Clock
    graph_origin: str
    storage_origin: str
    owners_only_see_all: bool = True
    """A caller that owns nothing sees in a list of permissions only what applies to itself, as documented."""
    shows_application_grants: bool = False
    """What the site grants to applications stands among the permissions of its items."""
    keeps_truncated: bool = False
    """A PUT whose connection breaks leaves what had come in, as some report of SharePoint."""
    analytics: Analytics = Analytics.COUNTS
    """How much is told of who read a file: by default what a site tells whose owners changed nothing."""
    shapes: Shapes = field(init=False)

    def __post_init__(self) -> None:
        """Let shapes know where bytes are fetched."""
        self.shapes = Shapes(self.tenant, self.clock, self.download_url)

    @property
    def root(self) -> str:
        """Where Graph v1.0 begins."""
        return f"{self.graph_origin}/v1.0"

    def download_url(self, item: Item) -> str:
        """Return an address that gives the item's bytes to whoever knows it, for an hour."""
        expires_at = int(self.clock.now().timestamp()) + DOWNLOAD_LIFETIME
        ticket = self.seal({"item": item.id, "content": item.content, "until": expires_at})
        return f"{self.storage_origin}/download/{item.id}?tempauth={ticket}"

    def upload_url(self, upload: str) -> str:
        """Return the address of an upload session."""
        return f"{self.storage_origin}/upload/{upload}?tempauth={self.seal({'upload': upload})}"

    def seal(self, claims: Mapping[str, Any]) -> str:
        """Return claims that only this stand-in can have written."""
        body = base64.urlsafe_b64encode(json.dumps(claims, sort_keys=True).encode())
        seal = hmac.new(self.tenant.secret, body, hashlib.sha256).hexdigest()
        return f"{body.decode()}.{seal}"

    def unseal(self, text: str) -> dict[str, Any] | None:
        """Return sealed claims, None for a forgery."""
        body, _, seal = text.partition(".")
        expected = hmac.new(self.tenant.secret, body.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(seal.encode(), expected.encode()):
            return None
        claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body))
        return claims

    def past(self, seconds: float) -> str:
        """Return the instant so many seconds ago, as the state keeps it."""
        return stamp(self.clock.now() - timedelta(seconds=seconds))

    def item_answer(self, request: Request, item: Item, status: int = 200) -> Answer:
        """Answer with an item."""
        document = selected(self.shapes.item(item), request.query.get("$select", ""))
        context = f"{self.root}/$metadata#drives('{item.drive}')/items/$entity"
        return Answer(status, {"@odata.context": context} | document, {"ETag": item.etag})

    def page(
        self, request: Request, values: Sequence[Mapping[str, Any]], *, more: bool = False, next_skip: str = ""
    ) -> Answer:
        """Answer with one page of a collection; `next_skip` is what the next page is asked for with."""
        document: dict[str, Any] = {"@odata.context": f"{self.root}/$metadata#Collection"}
        if more:
            query = {name: value for name, value in request.query.items() if name.lower() != "$skiptoken"}
            document["@odata.nextLink"] = self.link(request, query | {"$skiptoken": next_skip})
        return Answer(200, document | {"value": list(values)})

    def link(self, request: Request, query: Mapping[str, str]) -> str:
        """Return the address of this same collection with another query."""
        from urllib.parse import quote, urlencode  # noqa: PLC0415 - only where there is a next page

        path = request.raw_path.partition("/v1.0")[2]
        return f"{self.root}{path}?{urlencode(query, quote_via=quote, safe='$,')}"


def page_size(request: Request, default: int = DEFAULT_PAGE) -> int:
    """Return what `$top` asks for. Raises `Refusal`."""
    text = request.query.get("$top", "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise bad_request("Invalid value for $top.", inner="invalidQueryOption")
    return min(int(text), LARGEST_PAGE)


def skipped(request: Request) -> str:
    """Return the `$skiptoken`, whatever its case."""
    return next((value for name, value in request.query.items() if name.lower() == "$skiptoken"), "")


def refuse_changed(request: Request, item: Item | None) -> None:
    """Hold `If-Match` and `If-None-Match` against an item, None for none. Raises `Refusal`."""
    wanted = request.headers.get("if-match")
    if wanted is not None and (item is None or not _matches(wanted, item)):
        raise changed_meanwhile()
    unwanted = request.headers.get("if-none-match")
    if unwanted is not None and item is not None and _matches(unwanted, item):
        raise changed_meanwhile()


def _matches(condition: str, item: Item) -> bool:
    tags = {tag.strip().removeprefix("W/") for tag in condition.split(',"')} | {condition.strip()}
    return condition.strip() == "*" or bool(tags & {item.etag, item.ctag, item.etag.strip('"'), item.ctag.strip('"')})
