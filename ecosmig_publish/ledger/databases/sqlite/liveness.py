"""Whether the holder of the lease lives, by a lock beside the ledger's file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from ecosmig_publish.ledger.lock import LockFile

if TYPE_CHECKING:
    from pathlib import Path


class LockFileLiveness:
    """Holds the lock file at `path`: one file for all fences, the kernel frees it when its holder dies.

    Where the holder doesn't die but stands still, a new locked file takes the place of the one it holds.
    """

    def __init__(self, path: Path) -> None:
        self._file = LockFile(path)
        self.holder = uuid4().hex

    def is_free(self, fence: int) -> bool:  # noqa: ARG002 - the lock is one for all fences
        """Whether nobody has the lock; then this has it already."""
        return self._file.take()

    def becomes_free(self, fence: int) -> bool:  # noqa: ARG002 - as above
        """Return False: a process that has died has its lock freed before anybody hears of its death."""
        return False

    def hold(self, fence: int) -> None:  # noqa: ARG002 - as above
        """Have the lock, if need be in a new file in its place."""
        if not self._file.take():
            self._file.replace()

    def keep(self) -> None:
        """Do nothing: a lock is lost with its holder only."""

    def end_holder(self, holder: str) -> None:
        """Do nothing: another user's process may be anything by now."""

    def release(self) -> None:
        """Let the lock go; the file stays behind."""
        self._file.release()
