"""Collections, page by page: each item once, no page twice, no other origin."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.destinations.sharepoint.faults import RefusedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call
    from ecosmig_publish.destinations.sharepoint.graph.client import Graph

NEXT = "@odata.nextLink"
REPEATS = 3
"""An empty page may point to itself: not ready yet. More often than this it is a circle."""


def pages(graph: Graph, call: Call, first: Answer | None = None) -> Iterator[Answer]:
    """Yield the answers of a collection, from the `first` on where that is at hand.

    Raises `DestinationError`, for links that go in circles too.
    """
    asked = {call.path}
    repeats = 0
    while True:
        answer = first or graph.send(call)
        first = None
        yield answer
        link = answer.document.get(NEXT)
        if not link:
            return
        path = graph.path_of(str(link))
        repeats += path in asked
        if repeats > REPEATS:
            raise RefusedError(
                f"{call.words}: the pages go in circles", hint="Running again may help; else tell Microsoft."
            )
        asked.add(path)
        call = replace(call, path=path)


def values(answer: Answer, call: Call) -> list[Mapping[str, Any]]:
    """Return one page's objects. Raises `RefusedError` where the answer is no page."""
    found = answer.document.get("value")
    if not isinstance(found, list):
        raise RefusedError(f"{call.words}: the answer is no collection", hint="Check destination.sharepoint.graph_url.")
    return [value for value in found if isinstance(value, dict)]


def collection(graph: Graph, call: Call, first: Answer | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield each object of a collection once, by its id; pages may repeat some."""
    seen: set[str] = set()
    for answer in pages(graph, call, first):
        for value in values(answer, call):
            identifier = str(value.get("id"))
            if identifier not in seen:
                seen.add(identifier)
                yield value
