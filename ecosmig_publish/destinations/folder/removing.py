"""A file out of a folder: only the bytes that were issued, and durably."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.regular import open_regular
from ecosmig_publish.durable import sync_directory
from ecosmig_publish.errors import NameTakenError
from ecosmig_publish.fingerprint import fingerprint_stream

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.fingerprint import Fingerprint


def remove_file(folder: Path, name: str, fingerprint: Fingerprint) -> bool:
    """Remove `name` from `folder`; return whether it stood there.

    Raises `NameTakenError` where it holds other bytes, is no file, or was replaced while it was looked at.
    """
    target = folder / name
    with destination_faults(folder):
        if not os.path.lexists(target):
            # Whoever removed it may have died before that was durable.
            sync_directory(folder)
            return False
        file = open_regular(target)
        if file is None:
            raise _other(target, "something else than a file has this name")
        with file:
            found, opened = fingerprint_stream(file), os.fstat(file.fileno())
        if found != fingerprint:
            raise _other(target, "the file of this name has other bytes than were issued")
        if not os.path.samestat(opened, target.lstat()):
            raise _other(target, "another file took this name at that moment")
        target.unlink()
        sync_directory(folder)
    return True


def _other(target: Path, what: str) -> NameTakenError:
    return NameTakenError(
        f"{target}: {what}; nothing was removed", hint="Find out who put it there (ecosmig verify), and move it away."
    )
