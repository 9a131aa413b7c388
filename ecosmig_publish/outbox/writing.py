"""A slot's rows, batch by batch, into its recipients' files; memory doesn't grow with the report."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from ecosmig_publish.emrr.catalogue import CATALOGUE, MAX_SEQUENCE
from ecosmig_publish.emrr.terms import Period, Report, Signifier, parse_signifier
from ecosmig_publish.errors import OutboxError
from ecosmig_publish.outbox.ahead import read_ahead
from ecosmig_publish.outbox.faults import outbox_faults
from ecosmig_publish.outbox.file import GrowingFile, WrittenFile
from ecosmig_publish.outbox.lines import detail_lines
from ecosmig_publish.outbox.syncing import Syncing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A row that was not written, with its reasons; `recipient` where it is known."""

    key: str
    reasons: tuple[str, ...]
    recipient: str | None


@dataclass(frozen=True, slots=True)
class WrittenSlot:
    """What a slot's rows became; `rows` counts all that came, held ones included."""

    files: tuple[WrittenFile, ...]
    held: tuple[HeldRow, ...]
    rows: int


def write_slot(
    batches: Iterable[Any],
    *,
    report: Report,
    period: Period,
    created_at: datetime,
    rows_per_file: int,
    directory: Path,
    next_sequence: Callable[[Signifier], int],
    empty_for: Iterable[Signifier] = (),
    on_keys: Callable[[Any], None] | None = None,
    on_rows: Callable[[int], None] | None = None,
    interrupt: Callable[[], None] | None = None,
) -> WrittenSlot:
    """Write the rows of record batches into `directory`, a file for each recipient, more above `rows_per_file`.

    Batches have the columns `hold`, `recipient`, `key`, then the report's fields; held rows (`hold` not null) come
    first, then each recipient's rows in one run, in the order of the report. `on_keys` gets the keys of the rows that
    are written; `empty_for` names who gets a file without details where they have no rows.

    All files are durable when this returns. `interrupt` ends the computing of batches where the writing ends early.
    Raises `OutboxError`; what was written by then is not whole and is swept away.
    """
    held: list[HeldRow] = []
    rows = 0
    with outbox_faults(directory), Syncing() as syncing, read_ahead(batches, interrupt) as coming:
        writer = _Writer(report, period, created_at, rows_per_file, directory, next_sequence, syncing)
        try:
            for batch in coming:
                rows += batch.num_rows
                kept = _without_held(batch, held)
                if on_keys is not None and kept.num_rows:
                    on_keys(kept.column("key"))
                writer.add(kept)
                if on_rows is not None:
                    on_rows(batch.num_rows)
            writer.finish(empty_for)
            syncing.wait()
        finally:
            writer.close()
    return WrittenSlot(tuple(writer.files), tuple(held), rows)


def _without_held(batch: Any, held: list[HeldRow]) -> Any:
    hold = batch.column("hold")
    if hold.null_count == len(hold):
        return batch
    refused = batch.filter(hold.is_valid()).select(["hold", "recipient", "key"])
    held += [HeldRow(str(row["key"]), tuple(row["hold"].split()), row["recipient"]) for row in refused.to_pylist()]
    return batch.filter(hold.is_null())


class _Writer:
    def __init__(
        self,
        report: Report,
        period: Period,
        created_at: datetime,
        rows_per_file: int,
        directory: Path,
        next_sequence: Callable[[Signifier], int],
        syncing: Syncing,
    ) -> None:
        self.files: list[WrittenFile] = []
        self._report, self._period, self._created_at = report, period, created_at
        self._rows_per_file, self._directory = rows_per_file, directory
        self._next_sequence = next_sequence
        self._syncing = syncing
        self._fields = [field.name for field in CATALOGUE[report].fields]
        self._seen: set[Signifier] = set()
        self._file: GrowingFile | None = None

    def add(self, batch: Any) -> None:
        if not batch.num_rows:
            return
        lines = detail_lines(batch, self._fields)
        offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset :]
        text = memoryview(lines.buffers()[2])
        for recipient, first, last in _runs(batch.column("recipient")):
            while first < last:
                file = self._file_of(recipient)
                until = min(last, first + self._rows_per_file - file.rows)
                file.add(text[offsets[first] : offsets[until]], until - first)
                first = until  # noqa: PLW2901 - what is left of the run

    def finish(self, empty_for: Iterable[Signifier]) -> None:
        self._finish_file()
        for recipient in empty_for:
            if recipient not in self._seen:
                self._begin_file(recipient, 1)
                self._finish_file()

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _file_of(self, recipient: Signifier) -> GrowingFile:
        """Return the file that the recipient's next row goes into."""
        file = self._file
        if file is not None and file.recipient == recipient and file.rows < self._rows_per_file:
            return file
        part = file.part + 1 if file is not None and file.recipient == recipient else 1
        self._finish_file()
        return self._begin_file(recipient, part)

    def _begin_file(self, recipient: Signifier, part: int) -> GrowingFile:
        if part == 1:
            if recipient in self._seen:
                raise AssertionError(f"{self._report}: the rows of {recipient} come in more than one run")
            self._seen.add(recipient)
        sequence = self._next_sequence(recipient)
        if sequence > MAX_SEQUENCE:
            raise OutboxError(
                f"{self._report} for {recipient}: the number {sequence:,} has more than the header's six digits",
                hint="The stream is used up; agree with the recipient how it goes on.",
            )
        self._file = GrowingFile(
            self._directory,
            report=self._report,
            period=self._period,
            created_at=self._created_at,
            recipient=recipient,
            sequence=sequence,
            part=part,
        )
        return self._file

    def _finish_file(self) -> None:
        if self._file is not None:
            self.files.append(self._file.finish(self._syncing))
            self._file = None


def _runs(recipients: Any) -> Iterator[tuple[Signifier, int, int]]:
    """Yield each recipient with the span of rows that are theirs."""
    encoded = pc.dictionary_encode(recipients)
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    names = encoded.dictionary.to_pylist()
    edges = [0, *(np.flatnonzero(codes[1:] != codes[:-1]) + 1).tolist(), len(codes)]
    for first, last in pairwise(edges):
        yield parse_signifier(names[codes[first]]), first, last
