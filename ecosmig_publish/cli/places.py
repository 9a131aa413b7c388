"""What stands on the command line for files and folders: paths, wildcards, folders of files, `-` for stdin."""

from __future__ import annotations

import glob
import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import signifier_in
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.errors import InvalidFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ecosmig_publish.emrr.terms import Signifier

_CHUNK = 1 << 20
_WILDCARD = re.compile(r"[*?\[]")


def files_in(places: Sequence[Path]) -> list[Path]:
    """Return the files that are meant, in the order given; of a folder, all below it that are named `*.csv`.

    `-` stands for itself. Raises `UsageError` where a place is missing or holds no such file.
    """
    files: list[Path] = []
    for place in _expanded(places):
        if place.is_dir():
            found = sorted(path for path in place.rglob("*") if path.suffix.lower() == ".csv" and path.is_file())
            if not found:
                raise UsageError(
                    f"{shown_name(str(place))}: no file named *.csv in this folder", hint="Name files, or their folder."
                )
            files += found
        else:
            files.append(place)
    return files


def folders_in(places: Sequence[Path]) -> list[Path]:
    """Return the folders that are meant, and those below them; one of folders, without a report file, is left out.

    Raises `UsageError` where a place is missing or no folder.
    """
    folders: list[Path] = []
    for place in _expanded(places):
        if not place.is_dir():
            raise UsageError(
                f"{shown_name(str(place))}: not a folder",
                hint="Name a recipient's folder, or the folder of all of them.",
            )
        folders += _folders_from(place)
    return folders


def owner_of(folder: Path) -> Signifier | None:
    """Return the recipient that a folder's name begins with, None where none does."""
    return signifier_in(folder.resolve().name)


def size_of(path: Path) -> int:
    """Return a file's bytes, 0 where that isn't known beforehand."""
    try:
        return path.stat().st_size
    except OSError:
        return 0


def chunks_of(path: Path, read: Callable[[int], None]) -> Iterator[bytes]:
    """Yield a file's bytes, or stdin's for `-`, and tell `read` how many. Raises `UsageError`."""
    try:
        with nullcontext(sys.stdin.buffer) if path.name == "-" else path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                read(len(chunk))
                yield chunk
    except OSError as error:
        raise UsageError(
            f"{shown_name(str(path))}: {error.strerror}", hint="Name files that this user can read."
        ) from error


def written_name(text: str) -> str:
    """Return a path as JSON can hold it: as it is, but for bytes that are no UTF-8, which are escaped."""
    return text.encode("utf-8", "backslashreplace").decode()


def shown_name(text: str) -> str:
    """Return a path as it can be printed on one line: what can't be seen, or isn't UTF-8, is escaped."""
    return "".join(mark if mark.isprintable() else repr(mark)[1:-1] for mark in text)


def _expanded(places: Sequence[Path]) -> Iterator[Path]:
    for place in places:
        # A name that no file can have is missing too: too long, or with a NUL.
        if place.name == "-" or os.path.exists(place):  # noqa: PTH110 - pathlib raises for such a name
            yield place
            continue
        # A shell on Windows hands wildcards over as they are.
        found = sorted(glob.glob(str(place))) if _WILDCARD.search(str(place)) else []  # noqa: PTH207 - any root
        if not found:
            raise UsageError(
                f"{shown_name(str(place))}: no such file or folder", hint="Check the path; wildcards may be used."
            )
        yield from map(Path, found)


def _folders_from(folder: Path) -> list[Path]:
    try:
        inside = sorted(folder.iterdir())
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder}: {error.strerror}", hint="Name a folder that this user can read."
        ) from error
    # A link may lead back up, and what it leads to has a place of its own; no recipient's folder begins with a `_`.
    own = [path for path in inside if path.is_dir() and not path.is_symlink() and not path.name.startswith("_")]
    below = [found for path in own for found in _folders_from(path)]
    return [folder, *below] if not below or any(_is_report(path) for path in inside) else below


def _is_report(path: Path) -> bool:
    try:
        parse_file_name(path.name)
    except InvalidFileError:
        return False
    return True
