"""Report files on disk: opened, read in the order of their streams, with what each is known by."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.reading import file_chunks, read_report
from ecosmig_publish.errors import InvalidFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ecosmig_publish.emrr.filename import FileName
    from ecosmig_publish.emrr.records import Header
    from ecosmig_publish.emrr.values import Value


@dataclass(frozen=True, slots=True)
class ReportFile:
    """A file and what its name says."""

    path: Path
    name: FileName


def in_order(paths: Iterable[Path]) -> list[ReportFile]:
    """Return the files by report, recipient and number. Raises `InvalidFileError` for a name that is no report's."""
    files = [ReportFile(path, parse_file_name(path.name)) for path in paths]
    return sorted(files, key=lambda file: (file.name.report, file.name.recipient, file.name.sequence, file.path))


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file's bytes in hex. Raises `UsageError` where it can't be read."""
    with _readable(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def opened(file: ReportFile) -> Iterator[tuple[Header, Iterator[tuple[Value, ...]]]]:
    """Yield a file's header and its details' values after their record type.

    Raises `InvalidFileError` where it isn't whole or its header contradicts its name, `UsageError` where it can't be
    read.
    """
    header, details = read_report(_chunks(file.path))
    said = (header.report, header.recipient, header.sequence, header.created_at)
    named = file.name
    if said != (named.report, named.recipient, named.sequence, named.created_at):
        raise InvalidFileError(
            f"{file.path}: its header is that of number {header.sequence} of {header.report} for {header.recipient}",
            hint="The name and the header of a report file agree: ask for the file again.",
        )
    yield header, details


def _chunks(path: Path) -> Iterator[bytes]:
    with _readable(path):
        yield from file_chunks(path)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}", hint="Name files that this user can read.") from error
