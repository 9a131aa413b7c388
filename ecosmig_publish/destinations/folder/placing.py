"""A file into a folder: whole, at once, create-only, durable."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationError, NameTakenError
from ecosmig_publish.fingerprint import fingerprint_file

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.fingerprint import Fingerprint

LEFTOVER_PREFIX = ".ecosmig-part-"
"""Names that listings leave out and `sweep` takes away."""

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def place_file(folder: Path, name: str, content: Path, fingerprint: Fingerprint) -> bool:
    """Put `content` into `folder` as `name`; return whether the same file stood there already.

    Raises `NameTakenError`, `DestinationError` or `OSError`.
    """
    target = folder / name
    if _is_there(target, fingerprint):
        return True
    part = folder / f"{LEFTOVER_PREFIX}{uuid.uuid4().hex}"
    try:
        _copy(content, part)
        if fingerprint_file(part) != fingerprint:
            raise DestinationError(
                f"{part}: what was written is not what was issued as {name}",
                hint="Check the disk (dmesg, smartctl); running again tries anew.",
            )
        try:
            _publish(part, target)
        except FileExistsError:
            # Another publisher was first: look at what it put there.
            return _is_there(target, fingerprint)
    finally:
        part.unlink(missing_ok=True)
    sync_directory(folder)
    return False


def sync_directory(folder: Path) -> None:
    """Make a folder's entries durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _is_there(target: Path, fingerprint: Fingerprint) -> bool:
    """Return whether `target` holds the same bytes; raise where it holds others, False where it is absent."""
    if not os.path.lexists(target):
        return False
    if target.is_symlink() or not target.is_file():
        raise NameTakenError(f"{target}: something else than a file has this name", hint="Move it away.")
    if fingerprint_file(target) == fingerprint:
        sync_directory(target.parent)
        return True
    raise NameTakenError(
        f"{target}: a file of this name with other bytes is there already; nothing was overwritten",
        hint="Find out who put it there (ecosmig verify), then move it out of the folder.",
    )


def _copy(content: Path, part: Path) -> None:
    with content.open("rb") as source, part.open("xb") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        os.fsync(copy.fileno())


def _publish(part: Path, target: Path) -> None:
    """Give `part` its final name, unless that is taken (`FileExistsError`)."""
    try:
        os.link(part, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        # A file system without links: one run at a time makes looking first good enough.
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), os.fspath(target)) from error
        part.rename(target)
