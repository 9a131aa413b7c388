"""Whether a folder of files is whole. The next number is last + 1; the same number with the same bytes is a copy."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.dialect import read_records
from ecosmig_publish.emrr.filename import FileName, parse_file_name
from ecosmig_publish.emrr.validation.findings import Finding
from ecosmig_publish.emrr.validation.header import name_faults, read_header
from ecosmig_publish.errors import InvalidFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier

_CHUNK = 1 << 20
"""Bytes; holds the first record, whatever a file holds."""


@dataclass(frozen=True, slots=True)
class FileContent:
    """A file's name, what identifies its bytes, and its first record's fields."""

    name: str
    sha256: str
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Named:
    name: FileName
    file: FileContent


def contents_of(folder: Path) -> Iterator[FileContent]:
    """Yield the files in `folder`, not those in folders below it, by name; each is read once, in chunks.

    Raises `UsageError` where the folder or a file in it can't be read.
    """
    try:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            yield _content_of(path)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder}: {error.strerror}", hint="Name a folder that this user can read."
        ) from error


def validate_sequence(
    files: Iterable[FileContent], *, first: int | None = 1, recipient: Signifier | None = None
) -> Iterator[Finding]:
    """Yield what a recipient's folder lacks or has too much: gap, copy, conflict, a stranger's file, a wrong header.

    `first` is the number that each (report, recipient) stream begins with, None: each with the lowest that is there.
    `recipient` is whose the folder is, None: the one whom most files are for.
    """
    given = list(files)
    names = {file.sha256: file.name for file in reversed(given) if _name_of(file) is not None}
    named = []
    for file in given:
        name = _name_of(file)
        if name is not None:
            named.append(_Named(name, file))
        elif file.sha256 in names:
            yield Finding(file.name, 0, "", "copy", f"a copy of {names[file.sha256]} under another name: ignore it")
            continue
        header = read_header(file.header)
        if header is None and name is not None:
            yield Finding(file.name, 1, "", "no-header", "the first record is no header")
        for field, rule, message in name_faults(file.name, header):
            yield Finding(file.name, 1 if field else 0, field, rule, message)
    yield from _strangers(named, recipient)
    named.sort(key=lambda it: (it.name.report, it.name.recipient, it.name.sequence, it.name.created_at, it.file.name))
    for (report, owner), stream in groupby(named, key=lambda it: (it.name.report, it.name.recipient)):
        yield from _stream_faults(f"{report} for {owner}", list(stream), first)


def _content_of(path: Path) -> FileContent:
    with path.open("rb") as file:
        chunk = file.read(_CHUNK)
        fields, _ = next(read_records([chunk]), ([], []))
        digest = hashlib.sha256(chunk)
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return FileContent(path.name, digest.hexdigest(), tuple(fields))


def _name_of(file: FileContent) -> FileName | None:
    try:
        return parse_file_name(file.name)
    except InvalidFileError:
        return None


def _strangers(files: Sequence[_Named], recipient: Signifier | None) -> Iterator[Finding]:
    counts = Counter(it.name.recipient for it in files)
    if recipient is None:
        owner = max(sorted(counts), key=lambda signifier: counts[signifier], default=None)
        message = f"most files here are for {owner}, this one is not"
    else:
        owner, message = recipient, f"the folder is {recipient}'s, the file is not"
    for it in files:
        if it.name.recipient != owner:
            yield Finding(it.file.name, 0, "recipient", "another-recipient", message)


def _stream_faults(stream: str, files: Sequence[_Named], first: int | None) -> Iterator[Finding]:
    """Yield the faults of one stream, its files in the order of their numbers."""
    begins = files[0].name.sequence if first is None else first
    ones = []
    for _, same in groupby(files, key=lambda it: it.name.sequence):
        one, *others = same
        ones.append(one)
        yield from _doubles(stream, one, others)
    expected = begins
    for one in ones:
        number = one.name.sequence
        if number < begins:
            yield Finding(one.file.name, 0, "sequence", "below-first", f"{stream} begins with {begins}")
            continue
        if number > expected:
            missing = f"number {expected} is" if number == expected + 1 else f"numbers {expected} to {number - 1} are"
            yield Finding(one.file.name, 0, "sequence", "gap", f"{stream}: {missing} missing before this file")
        expected = number + 1
    for earlier, later in pairwise(ones):
        if later.name.created_at < earlier.name.created_at:
            message = f"{stream}: created before number {earlier.name.sequence}"
            yield Finding(later.file.name, 0, "created_at", "runs-backwards", message)


def _doubles(stream: str, one: _Named, others: Sequence[_Named]) -> Iterator[Finding]:
    """Yield what is wrong with further files of one number."""
    known = {one.file.sha256: one.file.name}
    for it in others:
        if it.file.sha256 in known:
            message = f"a copy of {known[it.file.sha256]}: ignore it"
            yield Finding(it.file.name, 0, "sequence", "copy", message)
            continue
        known[it.file.sha256] = it.file.name
        message = f"{stream}: number {it.name.sequence} again, with other bytes than {one.file.name}"
        yield Finding(it.file.name, 0, "sequence", "conflict", message)
