"""The bytes of a file, streamed, taken up again where a connection broke."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import requests

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.redaction import lower_fault
from ecosmig_publish.errors import DestinationBusyError, NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint.graph.client import Graph

CHUNK = 1 << 20
BREAKS = 8
HOPS = 5
"""How often the address of a file's bytes may lead on to another one."""
_AWAY = frozenset({HTTPStatus.FOUND, HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT})


def read_bytes(graph: Graph, path: str, about: str) -> Iterator[bytes]:
    """Yield the bytes of the item at `path`. Raises `NotFoundError` and other `DestinationError`s."""
    position, breaks = 0, 0
    while True:
        answer = _open(graph, path, about, position)
        response = answer.response
        if response is None:
            raise RefusedError(f"read a file ({about}): no bytes came ({answer.status})", hint=AGAIN)
        skip = 0 if answer.status == HTTPStatus.PARTIAL_CONTENT else position
        broken: Exception
        try:
            for chunk in response.iter_content(CHUNK):
                fresh, skip = chunk[skip:], max(0, skip - len(chunk))
                if fresh:
                    position += len(fresh)
                    yield fresh
        except requests.RequestException as error:
            broken = error
        else:
            return
        finally:
            response.close()
        breaks += 1
        if breaks >= BREAKS:
            raise DestinationBusyError(f"read a file ({about}): the connection broke {breaks} times", hint=AGAIN) from (
                lower_fault(broken)
            )
        graph.waiting.pause(breaks)


def _joined(address: str, location: str, about: str) -> str:
    try:
        return urljoin(address, location)
    except ValueError as error:
        raise RefusedError(f"read a file ({about}): the service leads to what is no address", hint=AGAIN) from (
            lower_fault(error)
        )


def _open(graph: Graph, path: str, about: str, position: int) -> Answer:
    """Return an answer that streams from `position` on, or from the start where the service will have it so."""
    headers = {"Accept": "*/*", "Accept-Encoding": "identity"} | ({"Range": f"bytes={position}-"} if position else {})
    call = Call(
        Kind.DOWNLOAD,
        f"{path}/content",
        about,
        headers=headers,
        stream=True,
        expected=_AWAY | {HTTPStatus.NOT_FOUND},
    )
    answer, address = graph.send(call), f"{graph.base}{call.path}"
    for _ in range(HOPS):
        location = answer.headers.get("Location", "") if answer.status in _AWAY else ""
        if not location:
            break
        # Whoever has this address may read: it needs no token of ours, and gets none.
        address = _joined(address, location, about)
        answer = graph.send(replace(call, address=address, expected=_AWAY))
    if answer.status in _AWAY:
        raise RefusedError(f"read a file ({about}): the service only says to look elsewhere", hint=AGAIN)
    if answer.status == HTTPStatus.NOT_FOUND:
        raise NotFoundError(f"{about}: no such file in its folder", hint="See what stands where: ecosmig verify")
    return answer
