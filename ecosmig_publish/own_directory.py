"""Directories that the program makes for itself: nobody but its user gets in, whatever the umask."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make_own_directory(path: Path) -> None:
    """Make `path`, its owner's alone, and what it stands in; one that is there stays as it is. Raises `OSError`.

    Whoever may write in it could put another ledger or another outbox in the place of ours.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
