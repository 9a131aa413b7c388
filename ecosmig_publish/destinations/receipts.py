"""What a destination may know of a file's readers, and how little that may be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.destinations.protocol import Folder


class Seen(StrEnum):
    """Whether a file's recipient has read it, as far as anybody knows."""

    YES = "yes"
    """The service names a reader who is the recipient's."""
    OPENED = "opened"
    """It was opened, and not said by whom: the recipient's people, or the owner's own."""
    NOT_YET = "not yet"
    """The service counts, and knows of no reading but this program's own."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a service says of one file's readers.

    `seen_at` is the latest reading by the recipient that it names. `opened` counts all readings and `people` those who
    read, this program among them; None where it doesn't count. `why` says in words why it isn't known better.
    `refused`: the service would answer alike for any other file.
    """

    seen: Seen
    seen_at: datetime | None = None
    opened: int | None = None
    people: int | None = None
    why: str = ""
    refused: bool = False


@runtime_checkable
class GivesReceipts(Protocol):
    """A destination that can be asked who read a file: one request for each file, so only on request."""

    def receipt(self, folder: Folder, name: str, item_id: str) -> Receipt:
        """Return what is known of a published file's readers; whatever isn't said is unknown, never no.

        Raises `DestinationError` where the service can't be asked at all.
        """
        ...
