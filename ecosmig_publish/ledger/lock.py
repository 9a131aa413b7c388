"""The run lock: one run at a time. The kernel releases it when its holder dies, however that comes."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from contextlib import contextmanager, suppress
from errno import EAGAIN, EWOULDBLOCK
from typing import TYPE_CHECKING

from ecosmig_publish.errors import LedgerError, LockedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

_MAX_NOTE_BYTES = 4096


@contextmanager
def run_lock(path: Path, *, now: Callable[[], datetime]) -> Iterator[None]:
    """Hold the lock file `path`, made where there is none, for the span of the context.

    Raises `LockedError`, which names the holder, where another run has it, and `LedgerError` where no lock
    can be taken there at all. The file stays behind, empty: taking it away would let two runs lock a file
    each.
    """
    descriptor = _locked(path)
    try:
        _note_holder(descriptor, path, now())
        yield
    finally:
        # A note left behind harms nothing: it is read only where somebody holds the lock.
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        os.close(descriptor)


def _locked(path: Path) -> int:
    while True:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still(descriptor, path):
                return descriptor
        except OSError as error:
            holder = _noted_holder(descriptor)
            os.close(descriptor)
            if error.errno in (EAGAIN, EWOULDBLOCK):
                raise LockedError(
                    f"another run holds the lock {path}: {holder}",
                    hint="Wait for it to end; this run changed nothing. A run that was killed holds no lock.",
                ) from error
            raise _unusable(path, error) from error
        os.close(descriptor)


def _is_still(descriptor: int, path: Path) -> bool:
    """Whether the locked file is the one at `path`: it may have been taken away before it was locked."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def _note_holder(descriptor: int, path: Path, since: datetime) -> None:
    note = json.dumps({"host": socket.gethostname(), "pid": os.getpid(), "since": f"{since:%Y-%m-%dT%H:%M:%SZ}"})
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note.encode(), 0)
    except OSError as error:
        raise _unusable(path, error) from error


def _noted_holder(descriptor: int) -> str:
    try:
        note = json.loads(os.pread(descriptor, _MAX_NOTE_BYTES, 0))
        return f"process {note['pid']} on {note['host']}, since {note['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        # It has the lock and hasn't written its note yet.
        return "a process that has just begun"


def _unusable(path: Path, error: OSError) -> LedgerError:
    return LedgerError(
        f"the lock {path} can't be taken: {error.strerror}",
        hint=f"This user must be able to write there, and the disk must know locks: ls -ld {path.parent}",
    )
