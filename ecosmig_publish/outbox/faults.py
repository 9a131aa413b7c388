"""What the file system's errors mean for the outbox."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import OutboxError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Make room on that disk, then run again: nothing was issued, no number was used.",
    errno.EDQUOT: "Make room in this user's quota, then run again: nothing was issued, no number was used.",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f), then run again: nothing was issued.",
    errno.EROFS: "Mount it writable, or set [outbox] path to a disk that is; then run again.",
    errno.EACCES: "Give this user the right to write there, or set [outbox] path elsewhere; then run again.",
    errno.EPERM: "Give this user the right to write there, or set [outbox] path elsewhere; then run again.",
    errno.EMFILE: "Raise the limit on open files (ulimit -n), then run again.",
    errno.ENFILE: "This machine has no file handles left; run again when it has.",
    errno.ENOTDIR: "Something on the path is a file: move it away, or set [outbox] path elsewhere.",
    errno.EEXIST: "Something on the path is a file: move it away, or set [outbox] path elsewhere.",
}


@contextmanager
def outbox_faults(path: Path) -> Iterator[None]:
    """Turn an `OSError` about `path` into an `OutboxError` with what to do next."""
    try:
        yield
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "Set the outbox's disk right, then run again: nothing was issued.")
        raise OutboxError(f"outbox {error.filename or path}: {error.strerror or error}", hint=hint) from error
