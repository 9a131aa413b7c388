"""Whether a folder of files is whole. The next number is last + 1; the same number with the same bytes is a copy."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, parse_file_name
from ecosmig_publish.emrr.validation.findings import Finding
from ecosmig_publish.emrr.validation.header import name_faults, read_header
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file's name, what identifies its bytes, and its first record's fields."""

    name: str
    sha256: str
    header: tuple[str, ...]


def contents_of(folder: Path) -> Iterator[FileContent]:
    """Yield the files in `folder`, by name; each is read once, in chunks. Raises `InvalidFileError`."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
        for path in paths:
            digest = hashlib.sha256()
            with path.open("rb") as file:
                first = file.readline(4096)
                digest.update(first)
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
            fields = first.decode("utf-8", "replace").rstrip("\r\n").split(",")
            yield FileContent(path.name, digest.hexdigest(), tuple(fields))
    except OSError as error:
        raise InvalidFileError(
            f"{error.filename or folder}: {error.strerror}", hint="Name a folder that this user can read."
        ) from error


def validate_sequence(files: Iterable[FileContent], *, first: int = 1) -> Iterator[Finding]:
    """Yield what a recipient's folder lacks or has too much: gap, copy, conflict, a stranger's file, a wrong header.

    `first` is the number that each (report, recipient) stream begins with.
    """
    streams: dict[tuple[str, str], list[tuple[FileName, FileContent]]] = {}
    for file in files:
        try:
            name = parse_file_name(file.name)
        except InvalidFileError as error:
            yield Finding(file.name, 0, "", "name", str(error))
            continue
        header = read_header(list(file.header))
        if header is None:
            yield Finding(file.name, 1, "", "no-header", "the first record is no header")
        else:
            for field, rule, message in name_faults(file.name, header):
                yield Finding(file.name, 1, field, rule, message)
        streams.setdefault((name.report, name.recipient), []).append((name, file))
    yield from _strangers(streams)
    for (report, recipient), stream in sorted(streams.items()):
        yield from _stream_faults(f"{report} for {recipient}", stream, first)


def _strangers(streams: dict[tuple[str, str], list[tuple[FileName, FileContent]]]) -> Iterator[Finding]:
    counts: dict[str, int] = {}
    for (_, recipient), stream in streams.items():
        counts[recipient] = counts.get(recipient, 0) + len(stream)
    owner = max(sorted(counts), key=lambda recipient: counts[recipient], default=None)
    for (_, recipient), stream in sorted(streams.items()):
        if recipient != owner:
            for _, file in stream:
                yield Finding(
                    file.name, 0, "recipient", "another-recipient", f"most files here are {owner}'s, this one isn't"
                )


def _stream_faults(stream: str, files: list[tuple[FileName, FileContent]], first: int) -> Iterator[Finding]:
    files.sort(key=lambda item: (item[0].sequence, item[0].created_at, item[1].name))
    expected = first
    for (name, file), previous in zip(files, [None, *files[:-1]], strict=True):
        if previous is not None and previous[0].sequence == name.sequence:
            if previous[1].sha256 == file.sha256:
                yield Finding(file.name, 0, "sequence", "copy", f"a copy of {previous[1].name}: ignore it")
            else:
                yield Finding(
                    file.name,
                    0,
                    "sequence",
                    "conflict",
                    f"number {name.sequence} again, with other bytes than {previous[1].name}",
                )
            continue
        if name.sequence < expected:
            yield Finding(file.name, 0, "sequence", "below-first", f"{stream} begins with {first}")
            continue
        if name.sequence > expected:
            missing = f"{expected}" if name.sequence == expected + 1 else f"{expected} to {name.sequence - 1}"
            yield Finding(file.name, 0, "sequence", "gap", f"{stream}: number {missing} is missing before this file")
        expected = name.sequence + 1
    for (earlier, _), (later, file) in pairwise(files):
        if later.created_at < earlier.created_at:
            yield Finding(
                file.name, 0, "created_at", "runs-backwards", f"{stream}: generated before the number below it"
            )
