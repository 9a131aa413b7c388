"""What stands in a folder on a disk, and what an interrupted placing left there."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.folder.faults import destination_faults
from ecosmig_publish.destinations.folder.placing import is_leftover, may_be_leftover
from ecosmig_publish.destinations.folder.regular import open_regular
from ecosmig_publish.fingerprint import fingerprint_stream

if TYPE_CHECKING:
    from pathlib import Path


def entries(path: Path) -> list[tuple[str, os.stat_result]]:
    """Return what stands in a folder, by name, without what an interrupted `place` left."""
    found = []
    with destination_faults(path), os.scandir(path) as standing:
        for entry in standing:
            try:
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if not is_leftover(entry.name, status.st_mode):
                found.append((entry.name, status))
    return sorted(found, key=lambda item: item[0])


def bare_names(path: Path) -> list[str]:
    """Return the names of all that stands in a folder, in no order; nothing is asked of the thousands there are."""
    with destination_faults(path):
        return os.listdir(path)  # noqa: PTH208 - of years of files, an object for each takes longer than the reading


def remove_leftovers(path: Path) -> None:
    """Remove what an interrupted `place` left in a folder."""
    maybe = [name for name in bare_names(path) if may_be_leftover(name)]
    with destination_faults(path):
        for name in maybe:
            if is_leftover(name, (path / name).lstat().st_mode):
                (path / name).unlink(missing_ok=True)


def quick_xor_hash_of(folder: Path, name: str) -> str | None:
    """Return the quickXorHash of what is under `name` now, None where that is no file."""
    with destination_faults(folder):
        file = open_regular(folder / name) if os.path.lexists(folder / name) else None
        if file is None:
            return None
        with file:
            return fingerprint_stream(file).quick_xor_hash


def instant_of(seconds: float) -> datetime | None:
    """Return the instant of a file system's time; None where a calendar has no name for it."""
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def shown(name: str) -> str:
    """Return `name` as text that can be printed and kept; bytes that are no UTF-8 stand as escapes."""
    if name.isascii():
        return name
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
