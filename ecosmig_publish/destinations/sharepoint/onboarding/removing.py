"""A file out of a recipient's folder, into the site's recycle bin: only the bytes that were issued."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.library.items import FIELDS
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.destinations.sharepoint.placing.comparing import is_same
from ecosmig_publish.errors import DestinationBusyError, NameTakenError

if TYPE_CHECKING:
    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.fingerprint import Fingerprint

_CHANGED = frozenset({HTTPStatus.PRECONDITION_FAILED})
_HINT = "See what stands where: ecosmig verify; then take away by hand what should not be there."


def remove_file(library: Library, folder: Folder, name: str, item_id: str | None, fingerprint: Fingerprint) -> bool:
    """Remove `name` from a folder; return whether it stood there. See `FolderOnboarding.remove_file`.

    Whoever changes the file between the look and the removal keeps it: the removal asks for the version that was seen.
    """
    about = f"{folder.name}/{name}"
    item, version = _seen(library, library.item_path(item_id), about) if item_id else (None, "")
    if item is None:
        # Never recorded, or gone and perhaps put back by somebody's hand: then its name and its bytes have to tell.
        item, version = _seen(library, library.child_path(folder.id, name), about)
        if item is None:
            return False
    if item.parent_id != folder.id:
        raise _other(about, "it was moved out of the recipient's folder")
    if item.name != name:
        raise _other(about, f"it is called {item.name!r} now")
    if not is_same(library, item, fingerprint, about):
        raise _other(about, "it has other bytes than were issued")
    headers = {"If-Match": version} if version else {}
    call = Call(
        Kind.REMOVE,
        library.item_path(item.id),
        about,
        method="DELETE",
        headers=headers,
        expected=NOT_FOUND | _CHANGED,
    )
    if library.graph.send(call).status in _CHANGED:
        raise DestinationBusyError(f"{about}: was changed at that moment; nothing was removed", hint="Run it again.")
    return True


def _seen(library: Library, path: str, about: str) -> tuple[Item | None, str]:
    """Return an item as it is now, None where there is none, and what its version is called."""
    call = Call(Kind.GET, f"{path}?$select={FIELDS}", about, expected=NOT_FOUND)
    answer = library.graph.send(call)
    item = None if answer.status in NOT_FOUND else parse_item(answer.document)
    if item is None or item.deleted:
        return None, ""
    return item, item.etag or ""


def _other(about: str, what: str) -> NameTakenError:
    return NameTakenError(f"{about}: {what}; nothing was removed", hint=_HINT)
