"""What every destination promises; the docstrings are the contract, the conformance suite holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class Folder:
    """A recipient's folder, known by its id; `name` is the one that it was pinned under."""

    signifier: Signifier
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A file as its folder lists it; `hash` gives its quickXorHash, or None where the service has none (yet)."""

    id: str
    name: str
    size: int
    modified_at: datetime | None
    hash: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Placed:
    """A file stands in its folder under its final name; `adopted` where it stood there before."""

    item_id: str
    adopted: bool


@dataclass(frozen=True, slots=True)
class Onboarded:
    """A recipient's folder is there; `made` where it was not before."""

    folder: Folder
    made: bool


class PublishingDestination(Protocol):
    """Puts files into folders that exist; can neither make a folder nor grant access to one.

    Every method may be called from several threads at once, for different folders, and be repeated from its start
    after any failure. Raises `DestinationError` or one of its kinds only, or `FolderAccessError`;
    `DestinationBusyError` alone is transient, and only after the destination has waited and tried again by itself.
    """

    def check_folder(self, folder: Folder) -> None:
        """Make sure that `folder` is where it was pinned and still its recipient's.

        Raises `FolderMissingError` where the pinned id is no folder any more, `FolderAccessError` where its name no
        longer carries the signifier or somebody else could read it. Changes nothing.
        """
        ...

    def place(self, folder: Folder, name: str, content: Path, fingerprint: Fingerprint) -> Placed:
        """Put the file `content` into `folder` as `name`: whole, at once, durable when this returns, or not at all.

        Create-only: nothing is overwritten or deleted. A name that is there with the same size and hash is adopted,
        with anything else it raises `NameTakenError`. `fingerprint` is what the bytes must have: where they have
        another, nothing is placed. Raises `FolderMissingError` where there is no folder.
        """
        ...

    def listing(self, folder: Folder) -> Iterator[Listed]:
        """Yield every file in `folder`, completely and each once; leftovers of an interrupted `place` are not listed.

        Independent of what `place` returned: this is what proves. What else stands there (a subfolder) may be listed
        too, without a hash.
        """
        ...

    def read(self, folder: Folder, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file. Raises `NotFoundError`."""
        ...

    def sweep(self, folder: Folder) -> None:
        """Remove what an interrupted `place` left behind, never a file that anybody could have listed."""
        ...


class FolderOnboarding(Protocol):
    """Makes recipients' folders: an administrator's right, not the publisher's."""

    def onboard(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> Onboarded:
        """Make sure that the recipient has its folder; may be repeated.

        A pinned folder is found by its id, whatever the party's present name, and stays as it is. Without a pin, a
        folder that is the signifier's already is taken over where there is exactly one; else one is made. Raises
        `FolderMissingError` where the pinned folder is gone, `FolderAccessError` where several folders carry the
        signifier.
        """
        ...

    def folders(self) -> list[str]:
        """Return the names of all folders that recipients could have."""
        ...
