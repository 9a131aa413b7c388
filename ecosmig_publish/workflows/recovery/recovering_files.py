"""The files that a recovery takes: read from folder or outbox, validated, kept where the ledger will know them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.reading import file_chunks, read_report
from ecosmig_publish.emrr.records import parse_header
from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.emrr.validation import validate_file
from ecosmig_publish.errors import EcosmigError, InvalidFileError
from ecosmig_publish.ledger import FileEntry
from ecosmig_publish.workflows.pinned_folders import folder_of
from ecosmig_publish.workflows.recovery.recovering_streams import Found, slot_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.fingerprint import Fingerprint
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.recovery.reading_folders import Standing


@dataclass(slots=True)
class Files:
    """Fetches files; `directories` are those that it made, one for each slot and none of them known to a ledger yet."""

    outbox: Outbox
    destination: PublishingDestination
    folders: Mapping[Signifier, FolderEntry]
    directories: dict[Slot, Path] = field(default_factory=dict)

    def fetch(self, standing: Standing) -> Found:
        """Return a file, validated and durable in the outbox. Raises `InvalidFileError` where it isn't right."""
        path = standing.outbox_path or self._downloaded(standing)
        fingerprint = self.outbox.fingerprint(path)
        if standing.listed is not None:
            _compare(standing, fingerprint)
        full = self.outbox.file(path)
        for finding in validate_file(standing.name, file_chunks(full), may_be_part=True):
            where = f"record {finding.record}: " if finding.record else ""
            raise InvalidFileError(f"{standing.name}: {where}{finding.message} ({finding.rule})")
        header, details = read_report(file_chunks(full))
        rows = sum(1 for _ in details)
        entry = FileEntry(
            sequence=standing.named.sequence,
            part=1,
            name=standing.name,
            outbox_path=path,
            rows=rows,
            size=fingerprint.size,
            sha256=fingerprint.sha256,
            quick_xor_hash=fingerprint.quick_xor_hash,
        )
        return Found(standing, header, entry, standing.listed.id if standing.listed else None)

    def drop(self, standings: Sequence[Standing]) -> None:
        """Take away what was fetched of a stream that is refused: no directory may hold what no ledger will know."""
        for standing in standings:
            for slot, directory in list(self.directories.items()):
                self.outbox.drop(directory, standing.name)
                if not self.outbox.file_names(directory.name):
                    self.outbox.discard(directory)
                    del self.directories[slot]

    def seal(self) -> None:
        """Make the directories durable, before a ledger knows them."""
        for directory in self.directories.values():
            self.outbox.seal(directory)

    def mark(self) -> None:
        """Mark the directories as known to the ledger."""
        for directory in self.directories.values():
            self.outbox.mark_issued(directory)

    def discard(self) -> None:
        """Take away what was fetched, and is known to no ledger; what fails is swept by the next run."""
        for directory in self.directories.values():
            with suppress(EcosmigError):
                self.outbox.discard(directory)
        self.directories.clear()

    def _downloaded(self, standing: Standing) -> str:
        """Read a file from its folder into the outbox; return its place there."""
        entry = self.folders[standing.named.recipient]
        folder = folder_of(entry)
        chunks = iter(self.destination.read(folder, standing.name))
        first = next(chunks, b"")
        directory = self._directory(_slot_in(first, standing))
        self.outbox.keep(directory, standing.name, chain((first,), chunks))
        return self.outbox.relative(directory / standing.name)

    def _directory(self, slot: Slot) -> Path:
        if slot not in self.directories:
            self.directories[slot] = self.outbox.begin(slot)
        return self.directories[slot]


def _slot_in(first: bytes, standing: Standing) -> Slot:
    """Return the slot whose file begins so; of what has no header it doesn't matter, nobody will know it."""
    try:
        return slot_of(parse_header(first.partition(b"\n")[0] + b"\n"))
    except InvalidFileError:
        return Slot(standing.named.created_at, standing.named.report)


def _compare(standing: Standing, fingerprint: Fingerprint) -> None:
    assert standing.listed is not None  # noqa: S101 - the caller looked
    known = standing.listed.hash()
    if standing.listed.size != fingerprint.size or (known is not None and known != fingerprint.quick_xor_hash):
        where = "the outbox has" if standing.outbox_path else "were read"
        raise InvalidFileError(f"{standing.name}: the folder lists other bytes than {where}")
