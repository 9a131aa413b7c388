"""Upload sessions: a large file in parts, taken up again where it broke, begun anew where the session is gone."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Answer, Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.errors import DestinationBusyError, DestinationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.destinations.sharepoint.library import Item, Library

FRAGMENT = 32 * 320 * 1024
"""10 MiB: a multiple of 320 KiB, as the service wants; each worker holds one in memory."""
SESSIONS = 3
STALLS = 5
_FAIL = {"item": {"@microsoft.graph.conflictBehavior": "fail"}}
_LOST = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.GONE})
_START = re.compile(r"\s*(\d+)")


@dataclass(frozen=True, slots=True)
class _Session:
    """`address` lets anybody write who knows it."""

    name: str
    address: str = field(repr=False)


def upload_in_parts(library: Library, new_name: Callable[[], str], content: Path, size: int, about: str) -> Item:
    """Return the item that `content` became in the staging folder. Raises `DestinationError`."""
    for _ in range(SESSIONS):
        session = _open(library, new_name, about)
        item = _upload(library, session, content, size, about)
        if item is not None:
            return item
    raise DestinationBusyError(f"stage a file ({about}): {SESSIONS} upload sessions were lost on the way", hint=AGAIN)


def _open(library: Library, new_name: Callable[[], str], about: str) -> _Session:
    """Open a session. One whose answer is lost owns its name for good: each attempt has another name."""
    names: list[str] = []

    def call() -> Call:
        names.append(new_name())
        path = library.child_path(library.located().staging_id, names[-1])
        return Call(
            Kind.OPEN_SESSION, f"{path}:/createUploadSession", about, method="POST", json=_FAIL, expected=NOT_FOUND
        )

    answer = library.graph.send_anew(call)
    if answer.status in NOT_FOUND:
        raise library.staging_is_gone()
    address = answer.document.get("uploadUrl")
    if not isinstance(address, str) or not address:
        raise RefusedError(f"open an upload session ({about}): the answer names no address", hint=AGAIN)
    return _Session(names[-1], address)


def _upload(library: Library, session: _Session, content: Path, size: int, about: str) -> Item | None:
    """Send the parts; None where the session is gone and left nothing."""
    status = Call(Kind.SESSION_STATUS, about=about, address=session.address, expected=_LOST)
    position, stalls = 0, 0
    while stalls < STALLS:
        data = _part(content, position, size)
        fragment = Call(
            Kind.FRAGMENT,
            about=about,
            method="PUT",
            data=data,
            address=session.address,
            headers={"Content-Range": f"bytes {position}-{position + len(data) - 1}/{size}"},
            expected=_LOST | {HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE},
        )
        answer = library.graph.write(fragment, lambda send: send(status))
        if answer.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            answer = library.graph.send(status)
        if answer.document.get("id"):
            return parse_item(answer.document)
        reached = _next_position(answer)
        if answer.status in _LOST or reached is None or reached >= size:
            # Gone, or complete: after the last part the service forgets the session in both cases.
            return library.child(library.located().staging_id, session.name, about)
        stalls = stalls + 1 if reached <= position else 0
        position = reached
    return None


def _next_position(answer: Answer) -> int | None:
    ranges = answer.document.get("nextExpectedRanges")
    match = _START.match(str(ranges[0])) if isinstance(ranges, list) and ranges else None
    return int(match[1]) if match else None


def _part(content: Path, position: int, size: int) -> bytes:
    try:
        with content.open("rb") as file:
            file.seek(position)
            data = file.read(min(FRAGMENT, size - position))
    except OSError as error:
        raise DestinationError(
            f"{content}: the issued file can't be read: {error.strerror}",
            hint="Restore it from a backup of the outbox; running again goes on from there.",
        ) from error
    if len(data) < min(FRAGMENT, size - position):
        raise DestinationError(
            f"{content}: became shorter while it was sent; nothing was placed",
            hint="Restore the file from a backup of the outbox; running again goes on from there.",
        )
    return data
