"""What the file system's errors mean for the folder destination."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationError, FolderMissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINTS = {
    errno.ENOSPC: "Make room on that disk; what was issued waits, and running again goes on from there.",
    errno.EDQUOT: "Make room in this user's quota; running again goes on from there.",
    errno.EFBIG: "Raise the limit on file sizes (ulimit -f); running again goes on from there.",
    errno.EROFS: "Mount it writable; running again goes on from there.",
    errno.EACCES: "Give this user the right to read and write there; running again goes on from there.",
    errno.EPERM: "Give this user the right to read and write there; running again goes on from there.",
    errno.EMFILE: "Raise the limit on open files (ulimit -n); running again goes on from there.",
    errno.ENFILE: "This machine has no file handles left; run again when it has.",
    errno.EEXIST: "A file or link has the folder's name: move it away; running again goes on from there.",
}


@contextmanager
def destination_faults(folder: Path) -> Iterator[None]:
    """Turn an `OSError` about `folder`, or what is in it, into a `DestinationError` with what to do next.

    `FolderMissingError` only where the folder itself is no folder any more.
    """
    try:
        yield
    except (FileNotFoundError, NotADirectoryError) as error:
        if _is_folder(folder):
            raise DestinationError(
                f"{error.filename or folder}: gone while it was used",
                hint="Something else clears that folder; running again goes on from there.",
            ) from error
        raise FolderMissingError(
            f"{folder}: no such folder", hint="Put the folder back where it was: ecosmig supplier list"
        ) from error
    except OSError as error:
        hint = _HINTS.get(error.errno or 0, "Set the disk right; running again goes on from there.")
        raise DestinationError(f"{error.filename or folder}: {error.strerror or error}", hint=hint) from error


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except OSError:
        return False
