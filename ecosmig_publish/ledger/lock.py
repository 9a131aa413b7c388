"""Lock files: the kernel frees them when their holder dies, however that comes."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import contextmanager, suppress
from errno import EAGAIN, EWOULDBLOCK
from typing import TYPE_CHECKING
from uuid import uuid4

from ecosmig_publish.errors import LedgerError, LockedError
from ecosmig_publish.own_directory import make_own_directory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

_MAX_NOTE_BYTES = 4096


class LockFile:
    """The lock file at `path`, not yet held. Every method but `release` may raise `OSError`.

    The file stays behind when it is released, empty: taking it away would let two runs lock a file each.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self) -> bool:
        """Hold the lock, whose file is made where there is none; return whether this holds it now."""
        while self._descriptor is None:
            make_own_directory(self.path.parent)
            # It is emptied when it is released: not what a link leads to.
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
            try:
                if not _is_locked(descriptor):
                    return False
                if _is_still(descriptor, self.path):
                    self._descriptor, descriptor = descriptor, -1
            finally:
                if descriptor >= 0:
                    os.close(descriptor)
        return True

    def replace(self) -> None:
        """Hold the lock in a new file that takes the place of one which somebody else holds."""
        new = self.path.with_name(f"{self.path.name}.{uuid4().hex}")
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            new.replace(self.path)
        except OSError:
            os.close(descriptor)
            with suppress(OSError):
                new.unlink()
            raise
        self._descriptor = descriptor

    def leave(self, note: Mapping[str, object]) -> None:
        """Say in the file, which this holds, who does."""
        assert self._descriptor is not None  # noqa: S101 - the caller has taken it
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(note).encode(), 0)

    def note(self) -> dict[str, object]:
        """Return what the holder left in the file; nothing while it hasn't yet."""
        descriptor = os.open(self.path, os.O_RDONLY)
        try:
            note = json.loads(os.pread(descriptor, _MAX_NOTE_BYTES, 0))
        except (ValueError, RecursionError):
            return {}
        finally:
            os.close(descriptor)
        return note if isinstance(note, dict) else {}

    def release(self) -> None:
        """Let the lock go, where this holds it."""
        if self._descriptor is not None:
            # A note left behind harms nothing: it is read only where somebody holds the lock.
            with suppress(OSError):
                os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


@contextmanager
def run_lock(path: Path, *, now: Callable[[], datetime], ledger: str = "", fence: int = 0) -> Iterator[None]:
    """Hold the lock file `path` for the span of the context, for the run that holds a ledger's lease with `fence`.

    A run of the same ledger with a lower fence has lost its lease: it is passed over. Raises `LockedError`, which
    names the holder, where any other run has the lock, and `LedgerError` where no lock can be taken there at all.
    """
    file = LockFile(path)
    try:
        try:
            if not file.take():
                _pass_over(file, ledger, fence)
            who = {"host": socket.gethostname(), "pid": os.getpid(), "since": f"{now():%Y-%m-%dT%H:%M:%SZ}"}
            file.leave({**who, "ledger": ledger, "fence": fence})
        except OSError as error:
            raise _unusable(path, error) from error
        yield
    finally:
        file.release()


def _pass_over(file: LockFile, ledger: str, fence: int) -> None:
    note = file.note()
    older = note.get("fence")
    if ledger and note.get("ledger") == ledger and isinstance(older, int) and older < fence:
        file.replace()
        return
    known = {"pid", "host", "since"} <= note.keys()
    holder = "process {pid} on {host}, since {since}".format(**note) if known else "a process that has just begun"
    raise LockedError(
        f"another run holds the lock {file.path}: {holder}",
        hint="Wait for it to end; this run changed nothing. A run that was killed holds no lock.",
    )


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (EAGAIN, EWOULDBLOCK):
            return False
        raise
    return True


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the locked file is the one at `path`: it may have been taken away before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _unusable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"the lock {path} can't be taken: {error.strerror}",
        hint=f"This user must be able to write there, and the disk must know locks: ls -ld {path.parent}",
    )
