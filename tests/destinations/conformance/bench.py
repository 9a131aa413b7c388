"""What the suite needs of a destination's test stand, and the few words that its tests share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.fingerprint import Fingerprint, fingerprint_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ecosmig_publish.destinations import Folder, FolderOnboarding, PublishingDestination

NAME = "ECOSMIG-001_PXX001_1_20240226060000.csv"


class Bench(Protocol):
    """A destination of its own for one test, and the hands that others could lay on it.

    Recipients are `PXX…`; any of them may be onboarded. Hashes are known to the service at once.
    """

    @property
    def moments(self) -> Sequence[str]:
        """Return the points of `place` at which `interrupt` can end a publisher, as words fit for a file's name."""
        ...

    @property
    def breakages(self) -> Sequence[str]:
        """Return the ways in which `broken` can break the destination below the product's code."""
        ...

    def publisher(self) -> PublishingDestination:
        """Return a publisher that shares no memory with any other, as one on another host."""
        ...

    def administrator(self) -> FolderOnboarding:
        """Return somebody who may make folders."""
        ...

    def make_folder(self, name: str) -> None:
        """Make a folder by hand where recipients' folders stand."""
        ...

    def rename_folder(self, folder: Folder, name: str) -> None:
        """Rename a recipient's folder by hand."""
        ...

    def remove_folder(self, folder: Folder) -> None:
        """Remove a recipient's folder with all that is in it, by hand."""
        ...

    def put(self, folder: Folder, name: str, data: bytes) -> None:
        """Put a file into a folder by hand."""
        ...

    def put_folder(self, folder: Folder, name: str) -> None:
        """Make a folder inside a recipient's folder by hand."""
        ...

    def standing(self, folder: Folder) -> dict[str, bytes]:
        """Return every file that its recipient sees in `folder`, as the destination's own store has it."""
        ...

    def leftovers(self, folder: Folder) -> int:
        """Return how many things interrupted places into `folder` have left behind, wherever those are."""
        ...

    def interrupt(self, moment: str, folder: Folder, file: Sample) -> None:
        """Place `file` by a publisher that is killed at `moment`, without a chance to clear up."""
        ...

    def broken(self, breakage: str) -> AbstractContextManager[None]:
        """Break the destination for the span of the context, so that no `place` can succeed."""
        ...


@dataclass(frozen=True, slots=True)
class Sample:
    """A file to place."""

    name: str
    path: Path
    fingerprint: Fingerprint

    @property
    def data(self) -> bytes:
        return self.path.read_bytes()


def sample(directory: Path, data: bytes, name: str = NAME) -> Sample:
    """Return a file of these bytes, standing outside the destination."""
    outbox = directory / "outbox"
    outbox.mkdir(exist_ok=True)
    path = outbox / f"{len(list(outbox.iterdir()))}.csv"
    path.write_bytes(data)
    return Sample(name, path, fingerprint_file(path))


def onboarded(bench: Bench, signifier: str = "PXX001", party_name: str = "Alpha Energy Ltd") -> Folder:
    """Return the folder of a recipient, made for it."""
    return bench.administrator().onboard(Signifier(signifier), party_name, None).folder


def listed(publisher: PublishingDestination, folder: Folder) -> dict[str, tuple[int, str | None]]:
    """Return what a listing says of each name, which may come once only."""
    items = list(publisher.listing(folder))
    found = {item.name: (item.size, item.hash()) for item in items}
    assert len(found) == len(items)
    return found


def read(publisher: PublishingDestination, folder: Folder, name: str) -> bytes:
    """Return a file's bytes."""
    return b"".join(publisher.read(folder, name))
