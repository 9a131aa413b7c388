"""What changed in the library since a token: complete, where a folder's listing may miss what is being written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.items import FIELDS, Item, parse_item
from ecosmig_publish.destinations.sharepoint.library.library import PAGE
from ecosmig_publish.destinations.sharepoint.library.paging import pages, values
from ecosmig_publish.errors import ChangesLostError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
    from ecosmig_publish.destinations.sharepoint.library import Library

_LINK = "@odata.deltaLink"
_UNKNOWN = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND})


@dataclass(frozen=True, slots=True)
class Changes:
    """Every item that changed, by its id, as it is now; `token` goes on from there."""

    items: Mapping[str, Item]
    token: str


def latest_token(library: Library) -> str:
    """Return a token that stands for now: one request, one resource unit."""
    return _token(
        library, library.graph.send(_call(f"{library.drive_path()}/root/delta?token=latest&$select={FIELDS}"))
    )


def changes_since(library: Library, token: str) -> Changes:
    """Return what changed since `token`: one request where nothing did.

    An item that comes several times counts as it came last. Raises `ChangesLostError` where the service no longer
    knows, as after some weeks, or the token is another library's.
    """
    return _followed(library, replace(_call(token), expected=_UNKNOWN))


def everything(library: Library) -> Changes:
    """Return every item of the library, page by page, and the token that goes on from there."""
    return _followed(library, _call(f"{library.drive_path()}/root/delta?$select={FIELDS}&$top={PAGE}"))


def _followed(library: Library, call: Call) -> Changes:
    items: dict[str, Item] = {}
    for answer in pages(library.graph, call):
        if answer.status in _UNKNOWN:
            raise ChangesLostError(
                "the service doesn't know the remembered token of changes, or its library is gone",
                hint="List the folders in full: ecosmig verify",
            )
        for document in values(answer, call):
            item = parse_item(document)
            items[item.id] = item
    return Changes(items, _token(library, answer))


def _call(path: str) -> Call:
    return Call(Kind.DELTA, path, headers={"deltaExcludeParent": "true"})


def _token(library: Library, answer: Answer) -> str:
    """Return the answer's link as a path, without its origin: Graph's address may change, the token holds."""
    link = answer.document.get(_LINK)
    if answer.status != HTTPStatus.OK or not isinstance(link, str):
        raise RefusedError("ask what changed: the answer has no token", hint="Check destination.sharepoint.graph_url.")
    return library.graph.path_of(link)
