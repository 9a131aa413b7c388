"""A file into a folder: whole, at once, create-only, durable."""

from __future__ import annotations

import errno
import os
import re
import stat
import uuid
from io import BytesIO
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.regular import open_regular
from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import DestinationError, NameTakenError
from ecosmig_publish.fingerprint import FingerprintBuilder, fingerprint_stream

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from ecosmig_publish.fingerprint import Fingerprint

_LEFTOVER = re.compile(r"\.ecosmig-part-[0-9a-f]{32}", re.ASCII)
_HIDDEN = "."
_CHUNK = 1 << 20
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def place_file(folder: Path, name: str, content: Path, fingerprint: Fingerprint) -> bool:
    """Put `content` into `folder` as `name`; return whether the same file stood there already.

    The file can be read by whoever can read the folder, as far as the umask allows. Raises `DestinationError` or one
    of its kinds.
    """
    return _place(folder, name, lambda: _opened(content), fingerprint)


def place_bytes(folder: Path, name: str, content: bytes) -> None:
    """Put a few bytes into `folder` as `name`, as `place_file` does a file."""
    builder = FingerprintBuilder()
    builder.update(content)
    _place(folder, name, lambda: BytesIO(content), builder.finish())


def _place(folder: Path, name: str, opened: Callable[[], BinaryIO], fingerprint: Fingerprint) -> bool:
    target = folder / name
    while True:
        with destination_faults(folder):
            if _is_there(target, fingerprint):
                return True
            part = folder / f".ecosmig-part-{uuid.uuid4().hex}"
            try:
                _write_part(opened, part, name, fingerprint)
                _give_name(part, target)
            except FileExistsError:
                # Another publisher was first: look at what it put there. Where that is gone again, begin anew.
                continue
            finally:
                part.unlink(missing_ok=True)
            sync_directory(folder)
            return False


def is_leftover(name: str, mode: int) -> bool:
    """Whether an interrupted `place_file` left this: listings leave it out and `sweep` takes it away."""
    return may_be_leftover(name) and stat.S_ISREG(mode)


def may_be_leftover(name: str) -> bool:
    """Whether a name is that of a leftover, so that it pays to look what stands under it."""
    return name.startswith(_HIDDEN) and _LEFTOVER.fullmatch(name) is not None


def _is_there(target: Path, fingerprint: Fingerprint) -> bool:
    """Return whether `target` holds the same bytes; raise where it holds others, False where it is absent."""
    if not os.path.lexists(target):
        return False
    file = open_regular(target)
    if file is None:
        raise NameTakenError(f"{target}: something else than a file has this name", hint="Move it away.")
    with file:
        found = fingerprint_stream(file)
        if found == fingerprint:
            # Whoever put it there may have died before it was durable.
            os.fsync(file.fileno())
    if found != fingerprint:
        raise NameTakenError(
            f"{target}: a file of this name with other bytes is there already; nothing was overwritten",
            hint="Find out who put it there (ecosmig verify), then move it out of the folder.",
        )
    sync_directory(target.parent)
    return True


def _write_part(opened: Callable[[], BinaryIO], part: Path, name: str, fingerprint: Fingerprint) -> None:
    """Copy what is `opened` to `part`, durable, and make sure that it is what was issued."""
    mode = part.parent.stat().st_mode & (stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IROTH)
    with opened() as source:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL, mode | stat.S_IRUSR | stat.S_IWUSR)
        with os.fdopen(descriptor, "w+b", buffering=0) as copy:
            while chunk := source.read(_CHUNK):
                view = memoryview(chunk)
                while view:
                    view = view[os.write(copy.fileno(), view) :]
            os.fsync(copy.fileno())
            copy.seek(0)
            written = fingerprint_stream(copy)
    if written != fingerprint:
        raise DestinationError(
            f"{part.parent}: what was written there is not what was issued as {name}; it was taken away again",
            hint="Check the disk (dmesg, smartctl); running again tries anew.",
        )


def _opened(content: Path) -> BinaryIO:
    try:
        return content.open("rb")
    except OSError as error:
        raise DestinationError(
            f"{content}: the issued file can't be read: {error.strerror}",
            hint="Restore it from a backup of the outbox; running again goes on from there.",
        ) from error


def _give_name(part: Path, target: Path) -> None:
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
