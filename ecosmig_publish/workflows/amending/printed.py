"""What an issue's files print: read again from the outbox, where they must be as they were issued."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.emrr.reading import file_chunks, read_report
from ecosmig_publish.errors import InvalidFileError, OutboxError
from ecosmig_publish.fingerprint import Fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.ledger import RecordedFile, RecordedIssue
    from ecosmig_publish.outbox import Outbox

TELLING = ("firmware_version", "error_code", "error_sub_code")
"""What else a row prints of an attempt, to tell two of one Device in one second apart."""
_HINT = "Restore it from a backup of the outbox; it can't be amended without it."


def intact_file(file: RecordedFile, outbox: Outbox) -> Path:
    """Return where an issued file stands in the outbox. Raises `OutboxError` where it is gone, or not as issued."""
    path = outbox.file(file.outbox_path)
    if outbox.fingerprint(file.outbox_path) != Fingerprint(file.size, file.sha256, file.quick_xor_hash):
        raise OutboxError(f"{path} is not what the ledger issued as {file.name}: its bytes changed", hint=_HINT)
    return path


def printed_rows(issue: RecordedIssue, outbox: Outbox) -> pa.Table:
    """Return one row for each detail: `device_id`, `at` (naive UTC, whole seconds), and of `TELLING` what is printed.

    Raises `OutboxError` where a file is gone, or not as it was issued.
    """
    report = issue.slot.report
    names = [field.name for field in CATALOGUE[report].fields]
    places = [names.index("device_id"), names.index(CATALOGUE[report].order[0])]
    told = [name for name in TELLING if name in names]
    places += [names.index(name) for name in told]
    columns: list[list[object]] = [[] for _ in places]
    for file in issue.files:
        for values in _details(intact_file(file, outbox)):
            for column, place in zip(columns, places, strict=True):
                column.append(values[place])
    instants = [moment.astimezone(UTC).replace(tzinfo=None) for moment in columns[1]]  # type: ignore[attr-defined]
    table = {"device_id": pa.array(columns[0], pa.string()), "at": pa.array(instants, pa.timestamp("us"))}
    for name, column in zip(told, columns[2:], strict=True):
        table[name] = pa.array(column, pa.int64() if name == "error_sub_code" else pa.string())
    return pa.table(table)


def _details(path: Path) -> Iterator[tuple[object, ...]]:
    try:
        _, details = read_report(file_chunks(path))
        yield from details
    except OSError as error:
        raise OutboxError(f"outbox {path}: {error.strerror}", hint=_HINT) from error
    except InvalidFileError as error:
        raise OutboxError(f"outbox {path}: {error}", hint=_HINT) from error
