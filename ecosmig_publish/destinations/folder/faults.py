"""What the file system's errors mean for the folder destination."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationBusyError, DestinationError, FolderMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Make room on that disk; what was issued waits, and running again goes on from there.",
    errno.EDQUOT: "Make room in this user's quota; running again goes on from there.",
    errno.EROFS: "Mount it writable; running again goes on from there.",
    errno.EACCES: "Give this user the right to write there; running again goes on from there.",
    errno.EPERM: "Give this user the right to write there; running again goes on from there.",
}
_PASSING = (errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EBUSY, errno.ETXTBSY)


@contextmanager
def destination_faults(path: Path) -> Iterator[None]:
    """Turn an `OSError` about `path` into a `DestinationError` with what to do next."""
    try:
        yield
    except FileNotFoundError as error:
        raise FolderMissingError(
            f"{error.filename or path}: not there",
            hint="Put the folder back where it was: ecosmig supplier list",
        ) from error
    except OSError as error:
        kind = DestinationBusyError if error.errno in _PASSING else DestinationError
        hint = _HINTS.get(error.errno or 0, "Set the disk right; running again goes on from there.")
        raise kind(f"{error.filename or path}: {error.strerror or error}", hint=hint) from error
