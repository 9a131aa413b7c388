"""What issued files print: read again from the outbox, where they must be as they were issued."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.errors import OutboxError
from ecosmig_publish.guards.leak.findings import GuardedFile
from ecosmig_publish.guards.leak.reading import BrokenFileError, read_details
from ecosmig_publish.outbox.lines import detail_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Period, Report
    from ecosmig_publish.ledger import RecordedFile
    from ecosmig_publish.outbox import Outbox

FIRST_DETAIL = 2
"""The number of the first detail record; the header is 1."""


@dataclass(frozen=True, slots=True)
class Printed:
    """The details of some files of one report and period.

    `rows` has `file` (its place in `files`), `record`, `recipient`, `device_id`, `second` (as the source's instants are
    kept, cut to seconds) and `line` (the record as it is written).
    """

    files: tuple[RecordedFile, ...]
    rows: Any

    @property
    def places(self) -> Any:
        """The Devices and seconds that are printed, as an Arrow table of `place_device` and `place_second`."""
        chosen = self.rows.select(["device_id", "second"]).group_by(["device_id", "second"]).aggregate([])
        return chosen.rename_columns(["place_device", "place_second"])


def read_printed(files: Sequence[RecordedFile], report: Report, period: Period, outbox: Outbox) -> Printed:
    """Read files; raises `OutboxError` where one is gone, or not as it was issued."""
    tables = [_rows(place, file, report, period, outbox) for place, file in enumerate(files)]
    return Printed(tuple(files), pa.concat_tables([_NOTHING, *tables]))


_NOTHING = pa.table(
    {
        "file": pa.array([], pa.int64()),
        "record": pa.array([], pa.int64()),
        "recipient": pa.array([], pa.string()),
        "device_id": pa.array([], pa.string()),
        "second": pa.array([], pa.timestamp("us")),
        "line": pa.array([], pa.string()),
    }
)


def _rows(place: int, file: RecordedFile, report: Report, period: Period, outbox: Outbox) -> Any:
    path = outbox.file(file.outbox_path)
    content = path.read_bytes()
    hint = "Restore it from a backup of the outbox."
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise OutboxError(f"{path} is not what the ledger issued as {file.name}: its bytes changed", hint=hint)
    guarded = GuardedFile(path, file.name, file.recipient, file.sequence, file.rows, file.size, file.sha256)
    try:
        details = read_details(content, guarded, report, period)
    except BrokenFileError as error:
        raise OutboxError(f"{path}: {error}", hint=hint) from error
    if not details.rows:
        return _NOTHING
    names = [field.name for field in CATALOGUE[report].fields]
    texts = pa.record_batch({name: _whole(details.texts(name)) for name in names})
    seconds = details.seconds(CATALOGUE[report].order[0])
    return pa.table(
        {
            "file": pa.repeat(pa.scalar(place, pa.int64()), details.rows),
            "record": pa.array(np.arange(FIRST_DETAIL, details.rows + FIRST_DETAIL, dtype=np.int64)),
            "recipient": pa.repeat(pa.scalar(file.recipient, pa.string()), details.rows),
            "device_id": details.texts("device_id"),
            "second": pa.array(seconds, pa.timestamp("s")).cast(pa.timestamp("us")),
            "line": detail_lines(texts, names),
        }
    )


def _whole(column: Any) -> Any:
    """Return a column in one piece."""
    pieces = column.combine_chunks()
    return pa.concat_arrays(pieces.chunks) if isinstance(pieces, pa.ChunkedArray) else pieces
