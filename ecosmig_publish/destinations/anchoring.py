"""What a destination promises beyond publishing where it keeps the anchors of the chain of acts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.protocol import Listed


class Anchors(Protocol):
    """A folder of small files beside the recipients' folders, which no recipient can read.

    Every method may be repeated from its start after any failure. Raises `DestinationError` or one of its kinds only.
    """

    @property
    def where(self) -> str:
        """Where they are kept, in words."""
        ...

    def keep(self, name: str, content: bytes) -> None:
        """Put a file there: whole, at once, durable when this returns, or not at all; the folder is made where needed.

        Create-only: the same bytes under the name are left, with others it raises `NameTakenError`.
        """
        ...

    def listing(self) -> Iterator[Listed]:
        """Yield everything that stands there, each once; nothing where there is no such folder yet.

        What is being written meanwhile may be missed.
        """
        ...

    def find(self, name: str) -> Listed | None:
        """Return what stands there under a name, None where nothing does: for what a listing doesn't show."""
        ...


@runtime_checkable
class KeepsAnchors(Protocol):
    """A destination that keeps anchors, too."""

    @property
    def anchors(self) -> Anchors:
        """Return where they are kept; nothing is sent before a need."""
        ...
