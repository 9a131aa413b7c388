"""A file into its folder: whole, at once, under its name, or not at all."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.protocol import Placed
from ecosmig_publish.destinations.sharepoint.faults import RefusedError
from ecosmig_publish.destinations.sharepoint.graph.calls import Call, Kind
from ecosmig_publish.destinations.sharepoint.graph.status import AGAIN
from ecosmig_publish.destinations.sharepoint.library import parse_item
from ecosmig_publish.destinations.sharepoint.library.library import NOT_FOUND
from ecosmig_publish.destinations.sharepoint.placing.comparing import is_same
from ecosmig_publish.destinations.sharepoint.placing.names import checked_name
from ecosmig_publish.destinations.sharepoint.placing.staging import FAIL, SMALL, discard, stage, stage_bytes
from ecosmig_publish.errors import (
    DestinationBusyError,
    DestinationError,
    FolderMissingError,
    NameTakenError,
)
from ecosmig_publish.fingerprint import FingerprintBuilder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.destinations.protocol import Folder
    from ecosmig_publish.destinations.sharepoint.graph.calls import Answer
    from ecosmig_publish.destinations.sharepoint.library import Item, Library
    from ecosmig_publish.fingerprint import Fingerprint

ROUNDS = 5
_CONFLICT = "@microsoft.graph.conflictBehavior"


class Placing:
    """Places files of one publisher; `run` marks what it stages."""

    def __init__(self, library: Library, run: str) -> None:
        self._library = library
        self._run = run

    def place(self, folder: Folder, name: str, content: Path, fingerprint: Fingerprint) -> Placed:
        """See `PublishingDestination.place`. Two requests for a file up to 4 MiB, where nothing goes wrong."""
        about = f"{folder.signifier}: {name}"

        def staged() -> Item:
            return stage(self._library, folder, self._run, content, fingerprint, about)

        return self._place(folder, name, fingerprint, staged)

    def place_bytes(self, folder: Folder, name: str, data: bytes) -> Placed:
        """Put a few bytes into a folder, as `place` does a file."""
        builder = FingerprintBuilder()
        builder.update(data)
        fingerprint, about = builder.finish(), f"{folder.signifier}: {name}"

        def staged() -> Item:
            return stage_bytes(self._library, folder, self._run, data, fingerprint, about)

        return self._place(folder, name, fingerprint, staged)

    def _place(self, folder: Folder, name: str, fingerprint: Fingerprint, stage_it: Callable[[], Item]) -> Placed:
        checked_name(name)
        about = f"{folder.signifier}: {name}"
        for _ in range(ROUNDS):
            if fingerprint.size > SMALL:
                # A look is cheaper than sending it all for nothing.
                there = self._library.child(folder.id, name, about)
                if there is not None:
                    return self._adopt(there, folder, name, fingerprint)
            staged = stage_it()
            try:
                placed = self._move(staged, folder, name, fingerprint)
            except (DestinationBusyError, RefusedError):
                # It may have been moved, to wherever: what a recipient may see is not removed. A sweep takes the rest.
                raise
            except DestinationError:
                discard(self._library, staged, about)
                raise
            if placed is not None:
                return placed
        raise DestinationBusyError(
            f"move a file into its folder ({about}): somebody takes away what is staged",
            hint="Nobody but ecosmig should touch the staging folder; running again goes on from there.",
        )

    def _move(self, staged: Item, folder: Folder, name: str, fingerprint: Fingerprint) -> Placed | None:
        """Move a staged item; None where it is no longer there."""
        about = f"{folder.signifier}: {name}"
        for number in range(ROUNDS):
            answer = self._library.graph.write(
                self._move_call(staged, folder, name, about), self._look(staged, folder, name)
            )
            if answer.status in NOT_FOUND:
                if self._library.item(folder.id, folder.name) is None:
                    raise FolderMissingError(
                        f"{folder.name}: the folder of {folder.signifier} is gone",
                        hint="Restore it from the site's recycle bin: it comes back with its id.",
                    )
                if self._library.item(staged.id, about) is None:
                    return None
            elif answer.status == HTTPStatus.CONFLICT:
                there = self._library.child(folder.id, name, about)
                if there is not None and there.id == staged.id:
                    return Placed(staged.id, adopted=False)
                if there is not None:
                    placed = self._adopt(there, folder, name, fingerprint)
                    discard(self._library, staged, about)
                    return placed
            else:
                self._check_moved(parse_item(answer.document), staged, folder, name)
                return Placed(staged.id, adopted=False)
            self._library.graph.waiting.pause(number)
        raise DestinationBusyError(f"move a file into its folder ({about}): the name comes and goes", hint=AGAIN)

    def _move_call(self, staged: Item, folder: Folder, name: str, about: str) -> Call:
        return Call(
            Kind.MOVE,
            f"{self._library.item_path(staged.id)}?{FAIL}",
            about,
            method="PATCH",
            json={"parentReference": {"id": folder.id}, "name": name, _CONFLICT: "fail"},
            expected=NOT_FOUND | {HTTPStatus.CONFLICT},
        )

    def _look(self, staged: Item, folder: Folder, name: str) -> Callable[[Callable[[Call], Answer]], Answer | None]:
        """Return a look at whether an unclear move was done."""

        def look(send: Callable[[Call], Answer]) -> Answer | None:
            answer = send(self._library.get(self._library.item_path(staged.id), f"{folder.signifier}: {name}"))
            if answer.status in NOT_FOUND:
                return None
            return answer if _is_at(parse_item(answer.document), folder, name) else None

        return look

    def _check_moved(self, answered: Item, staged: Item, folder: Folder, name: str) -> None:
        """Make sure that the service put it where it was to go. Raises `RefusedError`."""
        item: Item | None = answered
        if not _is_at(answered, folder, name):
            # The answer may only be short of words.
            item = self._library.item(staged.id, f"{folder.signifier}: {name}")
        if item is None or not _is_at(item, folder, name):
            where = "nowhere" if item is None else repr(item.name)
            raise RefusedError(
                f"{folder.name}/{name}: the service moved the file to another place or name ({where})",
                hint=f"Look at the folder: ecosmig verify --supplier {folder.signifier}",
            )

    def _adopt(self, there: Item, folder: Folder, name: str, fingerprint: Fingerprint) -> Placed:
        """Take what has the name for the issue's file, where it is that. Raises `NameTakenError`."""
        about = f"{folder.signifier}: {name}"
        if there.name == name and is_same(self._library, there, fingerprint, about):
            return Placed(there.id, adopted=True)
        what = "a folder" if there.is_folder else "a file with other bytes"
        if there.name != name:
            what = f"{there.name!r}, which SharePoint takes for the same name"
        by = f", last changed by {there.modified_by}" if there.modified_by else ""
        raise NameTakenError(
            f"{folder.name}/{name}: the name is taken by {what}{by}; nothing was overwritten",
            hint="Find out who put it there (ecosmig verify), then move it out of the folder.",
        )


def _is_at(item: Item, folder: Folder, name: str) -> bool:
    return (item.parent_id, item.name) == (folder.id, name)
