"""Bytes into the staging folder, where no recipient looks, until they are proved."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.destinations.sharepoint.placing.comparing import is_sent
from ecosmig_publish.destinations.sharepoint.placing.names import staged_name
from ecosmig_publish.destinations.sharepoint.placing.sessions import upload_in_parts
from ecosmig_publish.errors import DestinationBusyError, DestinationError
from ecosmig_publish.fingerprint import FingerprintBuilder, fingerprint_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.fingerprint import Fingerprint

SMALL = 4 << 20
"""Up to here one request carries a file; above, an upload session does."""
TRIES = 3
FAIL = "@microsoft.graph.conflictBehavior=fail"


def stage(library: Library, folder: Folder, run: str, content: Path, fingerprint: Fingerprint, about: str) -> Item:
    """Return a staged item that has the issue's bytes, as the service says. Raises `DestinationError`."""
    if fingerprint.size <= SMALL:
        return stage_bytes(library, folder, run, _read_small(content, fingerprint, about), fingerprint, about)
    _check_large(content, fingerprint, about)

    def upload() -> Item:
        return upload_in_parts(library, lambda: staged_name(folder.signifier, run), content, fingerprint.size, about)

    return _staged(library, upload, fingerprint, about)


def stage_bytes(library: Library, folder: Folder, run: str, data: bytes, fingerprint: Fingerprint, about: str) -> Item:
    """Return a staged item that has these bytes, `SMALL` of them at the most. Raises `DestinationError`."""
    return _staged(library, lambda: _put(library, staged_name(folder.signifier, run), data, about), fingerprint, about)


def _staged(library: Library, upload: Callable[[], Item], fingerprint: Fingerprint, about: str) -> Item:
    for _ in range(TRIES):
        item = upload()
        if is_sent(library, item, fingerprint, about):
            return item
        # Cut short or spoilt on its way; nobody but us has seen it.
        discard(library, item, about)
    raise RefusedError(
        f"stage a file ({about}): the service stored other bytes than were sent, {TRIES} times",
        hint="Check what stands between here and SharePoint (proxy, content filter); running again tries anew.",
    )


def discard(library: Library, item: Item, about: str) -> None:
    """Remove a staged item; where that fails, a sweep takes it later.

    By its name in staging, never by its id: with that it would be found in its recipient's folder too, where a move
    that was given up for lost, or another publisher's, may have put it meanwhile.
    """
    try:
        path = library.child_path(library.located().staging_id, item.name)
        library.graph.send(Call(Kind.DELETE, path, about, method="DELETE", expected=frozenset(NOT_FOUND)))
    except DestinationError:
        return


def _put(library: Library, name: str, data: bytes, about: str) -> Item:
    path = library.child_path(library.located().staging_id, name)
    headers = {"Content-Type": "text/csv"}
    call = Call(
        Kind.PUT,
        f"{path}:/content?{FAIL}",
        about,
        method="PUT",
        data=data,
        headers=headers,
        expected=NOT_FOUND | {HTTPStatus.CONFLICT},
    )

    def look(send: Callable[[Call], Answer]) -> Answer | None:
        found = send(library.get(path, about))
        return None if found.status in NOT_FOUND else found

    answer = library.graph.write(call, look)
    if answer.status in NOT_FOUND:
        raise library.staging_is_gone()
    if answer.status == HTTPStatus.CONFLICT or not answer.document.get("id"):
        # An earlier attempt, given up for lost, came in after all; or the answer is short of words.
        answer = library.graph.send(library.get(path, about))
    if not answer.document.get("id"):
        raise DestinationBusyError(f"stage a file ({about}): what was staged can't be seen", hint=AGAIN)
    return parse_item(answer.document)


def _read_small(content: Path, fingerprint: Fingerprint, about: str) -> bytes:
    try:
        with content.open("rb") as file:
            data = file.read(SMALL + 1)
    except OSError as error:
        raise _unreadable(content, error) from error
    builder = FingerprintBuilder()
    builder.update(data)
    _refuse_other(builder.finish(), fingerprint, content, about)
    return data


def _check_large(content: Path, fingerprint: Fingerprint, about: str) -> None:
    try:
        found = fingerprint_file(content)
    except OSError as error:
        raise _unreadable(content, error) from error
    _refuse_other(found, fingerprint, content, about)


def _refuse_other(found: Fingerprint, wanted: Fingerprint, content: Path, about: str) -> None:
    if found != wanted:
        raise DestinationError(
            f"{content}: these are not the bytes that were issued ({about}); nothing was placed",
            hint="Restore the file from a backup of the outbox; running again goes on from there.",
        )


def _unreadable(content: Path, error: OSError) -> DestinationError:
    return DestinationError(
        f"{content}: the issued file can't be read: {error.strerror}",
        hint="Restore it from a backup of the outbox; running again goes on from there.",
    )
