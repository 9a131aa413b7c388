"""What a destination promises beyond publishing where it finds names without listing a whole folder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from ecosmig_publish.destinations.protocol import Folder, Listed


@runtime_checkable
class FindsNames(Protocol):
    """A destination that costs by what is asked for, where a listing costs by all that ever came to stand there.

    Raises as `listing` does.
    """

    def names(self, folder: Folder) -> Collection[str]:
        """Return the name of everything that stands in a folder, and nothing more about it."""
        ...

    def find(self, folder: Folder, names: Collection[str]) -> Iterator[Listed]:
        """Yield what stands in a folder under these names now, as `listing` does; independent of what `place` said."""
        ...
