"""To make a folder in the library, once."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.library.items import parse_item
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.errors import NameTakenError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
    from ecosmig_publish.destinations.sharepoint.library.items import Item
    from ecosmig_publish.destinations.sharepoint.library.library import Library


def make_folder(library: Library, parent_id: str, name: str) -> tuple[Item, bool]:
    """Make a folder, or take the one of that name; a lost reply shows in the look that follows."""
    path = library.child_path(parent_id, name)
    call = Call(
        Kind.MAKE_FOLDER,
        f"{library.item_path(parent_id)}/children",
        name,
        method="POST",
        json={"name": name, "folder": {}, "@microsoft.graph.conflictBehavior": "fail"},
        expected=frozenset({HTTPStatus.CONFLICT}),
    )

    def look(send: Callable[[Call], Answer]) -> Answer | None:
        found = send(library.get(path, name))
        return None if found.status in NOT_FOUND else found

    answer = library.graph.write(call, look)
    made = answer.status == HTTPStatus.CREATED
    if answer.status == HTTPStatus.CONFLICT:
        answer = library.graph.send(library.get(path, name))
    item = parse_item(answer.document)
    if answer.status in NOT_FOUND or not item.is_folder:
        raise NameTakenError(
            f"{name}: the name is taken by {'something that comes and goes' if not item.id else 'a file'}",
            hint="Move it away, then run this again.",
        )
    return item, made
