"""What a destination promises beyond publishing where it can say what changed since an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class ChangedItem(Protocol):
    """A file or folder as it is now; `hash` is its quickXorHash, None where none is known.

    `modified_by` says in words who changed it last, empty where that isn't known.
    """

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def parent_id(self) -> str: ...  # noqa: D102
    @property
    def size(self) -> int: ...  # noqa: D102
    @property
    def is_folder(self) -> bool: ...  # noqa: D102
    @property
    def hash(self) -> str | None: ...  # noqa: D102
    @property
    def modified_at(self) -> datetime | None: ...  # noqa: D102
    @property
    def modified_by(self) -> str: ...  # noqa: D102
    @property
    def deleted(self) -> bool: ...  # noqa: D102


class Changes(Protocol):
    """Everything that changed, by its id; `token` goes on from there."""

    @property
    def items(self) -> Mapping[str, ChangedItem]: ...  # noqa: D102
    @property
    def token(self) -> str: ...  # noqa: D102


@runtime_checkable
class FollowsChanges(Protocol):
    """A destination whose changes can be followed; they are complete, where a listing may miss what is being written.

    Raises `DestinationError`, and `ChangesLostError` where only a listing can tell.
    """

    @property
    def followed(self) -> str:
        """What is followed: tokens of one don't serve another."""
        ...

    def delta_token(self) -> str:
        """Return what stands for now."""
        ...

    def everything(self) -> Changes:
        """Return all that there is, as though it had changed, and the token that goes on from there."""
        ...

    def changes_since(self, token: str) -> Changes:
        """Return everything that changed since, ours and others'."""
        ...

    def item(self, item_id: str) -> ChangedItem | None:
        """Return an item as it is now, None where it is gone."""
        ...

    def stands_among_folders(self, item: ChangedItem) -> bool:
        """Whether an item stands where recipients' folders do, as far as it says."""
        ...
