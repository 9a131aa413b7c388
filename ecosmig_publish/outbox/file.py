"""One report file while it is written: header, details, trailer, synced and fingerprinted."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.records import header_line, trailer_line
from ecosmig_publish.fingerprint import Fingerprint, FingerprintBuilder

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Period, Report, Signifier
    from ecosmig_publish.outbox.syncing import Syncing

_GATHERED = 1 << 18


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A whole file on disk; `part` counts from 1 within its issue, `rows` its detail records."""

    recipient: Signifier
    sequence: int
    part: int
    name: str
    path: Path
    rows: int
    fingerprint: Fingerprint


class GrowingFile:
    """A file that is being written; `finish` makes it whole. Raises `OSError`."""

    def __init__(
        self,
        directory: Path,
        *,
        report: Report,
        period: Period,
        created_at: datetime,
        recipient: Signifier,
        sequence: int,
        part: int,
    ) -> None:
        self.recipient = recipient
        self.part = part
        self.rows = 0
        self._sequence = sequence
        self._name = format_file_name(FileName(report, recipient, sequence, created_at))
        self._path = directory / self._name
        self._builder = FingerprintBuilder()
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        self._gathered = bytearray(header_line(report, recipient, sequence, created_at, period))

    def add(self, lines: memoryview, rows: int) -> None:
        """Add whole detail records."""
        self.rows += rows
        self._gathered += lines
        if len(self._gathered) >= _GATHERED:
            self._flush()

    def finish(self, syncing: Syncing) -> WrittenFile:
        """Write the trailer and hand the file over to be synced and closed: it is whole, and durable once that is."""
        self._gathered += trailer_line(self.rows)
        self._flush()
        descriptor, self._descriptor = self._descriptor, -1
        syncing.take(descriptor)
        return WrittenFile(
            self.recipient,
            self._sequence,
            self.part,
            self._name,
            self._path,
            self.rows,
            self._builder.finish(),
        )

    def close(self) -> None:
        """Close the file as it is; may be called twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _flush(self) -> None:
        view = memoryview(bytes(self._gathered))
        self._builder.update(view)
        while view:
            view = view[os.write(self._descriptor, view) :]
        self._gathered = bytearray()
