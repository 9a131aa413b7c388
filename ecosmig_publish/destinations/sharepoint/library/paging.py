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
MOST_PAGES = 5_000
"""Two hundred items each at the least: a million of them in one folder, or changed since the last run."""


def pages(graph: Graph, call: Call, first: Answer | None = None) -> Iterator[Answer]:
    """Yield the answers of a collection, from the `first` on where that is at hand.

    Raises `DestinationError`, for links that go in circles or on for ever too.
    """
    asked = {call.path}
    repeats = 0
    for _ in range(MOST_PAGES):
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
    raise RefusedError(
        f"{call.words}: {MOST_PAGES:,} pages, and no end", hint="Running again may help; else tell Microsoft."
    )


def values(answer: Answer, call: Call) -> list[Mapping[str, Any]]:
    """Return one page's objects. Raises `RefusedError` where the answer is no page of objects."""
    found = answer.document.get("value")
    if not isinstance(found, list) or not all(isinstance(value, dict) for value in found):
        raise RefusedError(f"{call.words}: the answer is no collection", hint="Check destination.sharepoint.graph_url.")
    return found


def collection(graph: Graph, call: Call, first: Answer | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield each object of a collection once, by its id; pages may repeat some. Those without an id all count."""
    seen: set[str] = set()
    for answer in pages(graph, call, first):
        for value in values(answer, call):
            identifier = str(value.get("id") or "")
            if not identifier or identifier not in seen:
                seen.add(identifier)
                yield value
