"""What every destination promises; the docstrings are the contract, the conformance suite holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

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
    """A file as its folder lists it; `hash` gives its quickXorHash, or None where the service has none (yet).

    `modified_at` and `created_at` are by the service's own clock, `version` is what it calls these bytes and their name
    (an eTag); None where it doesn't say.
    """

    id: str
    name: str
    size: int
    modified_at: datetime | None
    hash: Callable[[], str | None]
    created_at: datetime | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A file stands in its folder under its final name; `adopted` where it stood there before."""

    item_id: str
    adopted: bool


@dataclass(frozen=True, slots=True)
class FolderAccess:
    """Who can read a recipient's folder now, against who should.

    `readers` are ids where they have one, else words; `shown` are the same in words, for people; `expected` is as it
    was configured. `findings` say in words what isn't as it should be; `remarks` what is worth knowing and breaks
    nothing. `is_exact`: everybody who should read it was seen among its readers, and nobody else.
    """

    readers: tuple[str, ...]
    shown: tuple[str, ...]
    expected: tuple[str, ...]
    findings: tuple[str, ...]
    remarks: tuple[str, ...]
    is_exact: bool


@dataclass(frozen=True, slots=True)
class OnboardingPlan:
    """What `onboard` would do for a recipient, looked up and not done.

    `folder_id` is None for a folder that is to be made. `grants`, `withdrawals` and `guests` (to invite) are people and
    groups in words; `unknown` are those whom the directory doesn't have and whom nobody is to invite: with one of them
    `onboard` does nothing. `access` is how it stands now, None where nothing stands or nothing can be told.
    """

    signifier: Signifier
    act: Literal["make", "take over", "keep"]
    folder_id: str | None
    name: str
    grants: tuple[str, ...] = ()
    withdrawals: tuple[str, ...] = ()
    guests: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    access: FolderAccess | None = None

    @property
    def changes(self) -> bool:
        """Whether there is anything to do at the destination."""
        return self.act == "make" or bool(self.grants or self.withdrawals or self.guests or self.unknown)


@dataclass(frozen=True, slots=True)
class Onboarded:
    """A recipient's folder is there; `made` where it was not before. `access` was read back, where it can be told."""

    folder: Folder
    made: bool
    access: FolderAccess | None = None


@dataclass(frozen=True, slots=True)
class Offboarded:
    """A recipient's grants are withdrawn; its files stay. `withdrawn` is in words, `withdrawn_ids` as `readers` are."""

    withdrawn: tuple[str, ...]
    access: FolderAccess
    withdrawn_ids: tuple[str, ...] = ()


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
    """Makes recipients' folders and grants access to them: an administrator's right, not the publisher's.

    Every method may be repeated from its start after any failure. Raises `DestinationError` or one of its kinds, or
    `FolderAccessError`, only.
    """

    def knows_readers(self, signifier: Signifier) -> bool:
        """Whether it is said who should read the recipient's folder; without that it can't be onboarded."""
        ...

    def plan(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> OnboardingPlan:
        """Return what `onboard` would do; changes nothing. Raises as `onboard` does."""
        ...

    def onboard(self, signifier: Signifier, party_name: str, pinned: Folder | None) -> Onboarded:
        """Make sure that the recipient has its folder and reads it alone with the owner's own; may be repeated.

        A pinned folder is found by its id, whatever the party's present name, and stays as it is. Without a pin, a
        folder that is the signifier's already is taken over where there is exactly one; else one is made. Raises
        `FolderMissingError` where the pinned folder is gone, `FolderAccessError` where several folders carry the
        signifier, or somebody else can still read it at the end.
        """
        ...

    def access(self, folder: Folder) -> FolderAccess:
        """Return who can read a folder now; changes nothing.

        Raises `FolderMissingError` where it is gone, `FolderAccessError` where it isn't the recipient's any more.
        """
        ...

    def offboard(self, folder: Folder) -> Offboarded:
        """Withdraw what lets anybody but the owner's own read a folder; no file is touched. May be repeated.

        Raises as `access` does, and `FolderAccessError` where somebody can still read it at the end.
        """
        ...

    def remove_file(self, folder: Folder, name: str, item_id: str | None, fingerprint: Fingerprint) -> bool:
        """Take a file out of a recipient's folder: the very bytes that were issued, and nothing else.

        It must stand there under `name`, with these bytes, and as `item_id` where that is known and still there.
        Returns whether it did: what is gone stays gone. Raises `NameTakenError` where something else has the name, or
        the item another; then nothing is removed. May be repeated.
        """
        ...

    def folders(self) -> list[str]:
        """Return the names of all folders that recipients could have."""
        ...
