"""Report files in an SQLite database: one table for each report, and one for the files themselves.

The rules are those that suppliers' systems know from neighbouring files: the next number is the last one plus one; the
same number with the same bytes is a copy to ignore, with other bytes an error.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE, FieldKind
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import InvalidFileError, UsageError
from ecosmig_publish.recipients.files import ReportFile, in_order, opened, sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ecosmig_publish.emrr.records import Header
    from ecosmig_publish.emrr.values import Value

# Dates and DateTimes are text in ISO 8601, which SQLite's date functions take and which orders as they do.
_TYPES = {
    FieldKind.TEXT: "TEXT",
    FieldKind.INTEGER: "INTEGER",
    FieldKind.DATETIME: "TEXT",
    FieldKind.DATE: "TEXT",
}
_FILES = """
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, report TEXT NOT NULL, recipient TEXT NOT NULL, sequence INTEGER NOT NULL,
    created_at TEXT NOT NULL, period_start TEXT NOT NULL, period_end TEXT NOT NULL, rows INTEGER NOT NULL,
    sha256 TEXT NOT NULL, UNIQUE (report, recipient, sequence)
) STRICT
"""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: files and details that came in, files that were there already."""

    files: int
    rows: int
    copies: int


def import_files(paths: Iterable[Path], database: Path, *, allow_gaps: bool = False) -> Imported:
    """Bring files into the database, made where there is none, in the order of their streams; each whole or not at all.

    What came in before a file that is refused stays. Raises `InvalidFileError` for a gap in a stream (unless
    `allow_gaps`), a number with other bytes than before, or a file that isn't whole; `UsageError` where something
    can't be read or written.
    """
    ordered = in_order(paths)
    files = rows = copies = 0
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as connection:
            connection.execute(_FILES)
            for report in Report:
                connection.execute(_table(report))
            for file in ordered:
                sha256 = sha256_of(file.path)
                if _is_copy(connection, file, sha256):
                    copies += 1
                    continue
                _refuse_gap(connection, file, allow_gaps=allow_gaps)
                rows += _bring_in(connection, file, sha256)
                files += 1
    except sqlite3.Error as error:
        raise UsageError(f"{database}: {error}", hint="Name a database of this command's, or a new one.") from error
    return Imported(files, rows, copies)


def table_of(report: Report) -> str:
    """Return the name of a report's table: `ecosmig_001`."""
    return report.value.lower().replace("-", "_")


def _table(report: Report) -> str:
    fields = ", ".join(
        f"{it.name} {_TYPES[it.kind]}{'' if it.optional else ' NOT NULL'}" for it in CATALOGUE[report].fields
    )
    return (
        f"CREATE TABLE IF NOT EXISTS {table_of(report)} (recipient TEXT NOT NULL, sequence INTEGER NOT NULL, "
        f"row INTEGER NOT NULL, {fields}, PRIMARY KEY (recipient, sequence, row)) STRICT"
    )


def _is_copy(connection: sqlite3.Connection, file: ReportFile, sha256: str) -> bool:
    key = (file.name.report, file.name.recipient, file.name.sequence)
    known = connection.execute(
        "SELECT name, sha256 FROM files WHERE report = ? AND recipient = ? AND sequence = ?", key
    ).fetchone()
    if known is None:
        return False
    if known != (file.path.name, sha256):
        raise InvalidFileError(
            f"{file.path}: number {file.name.sequence} of this stream came in as {known[0]} with other bytes",
            hint="A number has one set of bytes for ever: ask DCC which of the two is right.",
        )
    return True


def _refuse_gap(connection: sqlite3.Connection, file: ReportFile, *, allow_gaps: bool) -> None:
    key = (file.name.report, file.name.recipient)
    last: int | None = connection.execute(
        "SELECT max(sequence) FROM files WHERE report = ? AND recipient = ?", key
    ).fetchone()[0]
    if last is None or allow_gaps or file.name.sequence == last + 1:
        return
    raise InvalidFileError(
        f"{file.path}: number {file.name.sequence} doesn't follow {last}, the last of this stream that came in",
        hint="Fetch the numbers between first; where one was withdrawn: --allow-gaps",
    )


def _bring_in(connection: sqlite3.Connection, file: ReportFile, sha256: str) -> int:
    fields = CATALOGUE[file.name.report].fields
    places = ", ".join("?" * (3 + len(fields)))
    insert = f"INSERT INTO {table_of(file.name.report)} VALUES ({places})"  # noqa: S608 - names of the catalogue
    connection.execute("BEGIN IMMEDIATE")
    try:
        with opened(file) as (header, details):
            origin = (header.recipient, header.sequence)
            connection.executemany(
                insert, ((*origin, row, *map(_stored, detail)) for row, detail in enumerate(details, 1))
            )
        rows = connection.execute(
            f"SELECT count(*) FROM {table_of(header.report)} WHERE recipient = ? AND sequence = ?",  # noqa: S608 - as above
            origin,
        ).fetchone()[0]
        connection.execute(
            "INSERT INTO files VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _known_by(file, header, rows, sha256)
        )
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return int(rows)


def _known_by(file: ReportFile, header: Header, rows: int, sha256: str) -> tuple[object, ...]:
    return (
        file.path.name,
        header.report.value,
        header.recipient,
        header.sequence,
        _stored(header.created_at),
        _stored(header.period.start),
        _stored(header.period.last_second),
        rows,
        sha256,
    )


def _stored(value: Value) -> str | int | None:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M:%SZ}"
    return value.isoformat() if isinstance(value, date) else value
