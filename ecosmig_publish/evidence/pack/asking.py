"""What the library itself says of the files, asked at the export: its own times, sizes and hashes.

The ledger doesn't keep them, and they are as of now: they stand in a member of their own, so that the same ledger gives
the same evidence.json.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import DestinationError, FolderAccessError
from ecosmig_publish.evidence.pack.document import document
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.destinations import Listed, PublishingDestination
    from ecosmig_publish.ledger import FolderEntry

FOLDERS_ASKED = ("recipient", "folder_id", "asked_at", "outcome", "why", "stand_there", "asked_for")
ITEMS = (
    "recipient",
    "name",
    "outcome",
    "item_id",
    "size",
    "quick_xor_hash",
    "created_at",
    "modified_at",
    "version",
)
ANSWERED, UNANSWERED = "answered", "unanswered"
AS_ISSUED, DIFFERENT, NOT_THERE = "as-issued", "different", "not-there"

Issued = tuple[str, int, str]
"""A file's name, size and quickXorHash, as it was issued and published."""


def write_answers(
    path: Path,
    asked: Iterable[tuple[FolderEntry, list[Issued]]],
    destination: PublishingDestination,
    now: Callable[[], datetime],
) -> dict[str, int]:
    """Write what each folder lists of the files that stand there by the ledger; return how many answered and how.

    A folder that can't be listed is said to be unanswered, and why; nothing is raised.
    """
    answers: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [
        _ask(entry, files, destination, now) for entry, files in asked
    ]
    with document(path, {"schema": "ecosmig-server/1"}) as made:
        with made.section("folders_asked", FOLDERS_ASKED) as section:
            for folder, _ in answers:
                section.add(folder)
        with made.section("items", ITEMS) as section:
            for _, items in answers:
                for item in items:
                    section.add(item)
        return made.finish()


def _ask(
    entry: FolderEntry, files: list[Issued], destination: PublishingDestination, now: Callable[[], datetime]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    said = {"recipient": entry.signifier, "folder_id": entry.folder_id, "asked_at": instant_text(now())}
    try:
        listed = {item.name: item for item in destination.listing(folder_of(entry))}
        items = [_item(entry.signifier, file, listed.get(file[0])) for file in files]
    except (DestinationError, FolderAccessError) as error:
        said |= {"outcome": UNANSWERED, "why": str(error)}
        return {**said, "stand_there": None, "asked_for": len(files)}, []
    return {**said, "outcome": ANSWERED, "why": None, "stand_there": len(listed), "asked_for": len(files)}, items


def _item(recipient: str, issued: Issued, item: Listed | None) -> dict[str, Any]:
    name, size, quick_xor_hash = issued
    if item is None:
        row: Mapping[str, Any] = dict.fromkeys(ITEMS)
        return {**row, "recipient": recipient, "name": name, "outcome": NOT_THERE}
    found = item.hash()
    return {
        "recipient": recipient,
        "name": name,
        "outcome": AS_ISSUED if (item.size, found) == (size, quick_xor_hash) else DIFFERENT,
        "item_id": item.id,
        "size": item.size,
        "quick_xor_hash": found,
        "created_at": _text(item.created_at),
        "modified_at": _text(item.modified_at),
        "version": item.version,
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant_text(instant)
