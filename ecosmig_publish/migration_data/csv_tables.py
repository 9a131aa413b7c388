"""CSV: every cell is read as text and typed by the contract, so that nothing is guessed.

A cell that can't be typed becomes null; where that would change what a row means (the end of a span), the column that
the contract names is voided with it, so that the row means nothing rather than something else.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.contract import CONTRACT, Column, Kind
from ecosmig_publish.migration_data.sql_text import escaped, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

RAW_SUFFIX = "__as_read"
"""The table of texts that a typed table was made from, for `data check`."""

_INSTANT = r"[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)? ?(Z|[+-][0-9]{2}(:?[0-9]{2})?)?)?"
"""What the contract takes for an instant; the engine alone would take `infinity` and the names of zones."""

_CHUNK = 1 << 20
_LONGEST_HEADER = 1 << 16

_TYPES = {Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.TIMESTAMP: "TIMESTAMP", Kind.BOOLEAN: "BOOLEAN"}


def load_csv(backend: Any, table: str, path: Path, source: str) -> None:
    """Load a file, or a folder of files, into the table `table`. Raises `SourceError`."""
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    for file in files:
        _refuse_open_quote(file, source)
    parts = [_select(file, source) for file in files]
    # Several files may have their columns in several orders.
    # In their own order, so that a check can name a record by its place.
    backend.raw_sql("SET preserve_insertion_order = true")
    backend.raw_sql(f'CREATE TABLE "{table}{RAW_SUFFIX}" AS {" UNION ALL BY NAME ".join(parts)}')
    backend.raw_sql("SET preserve_insertion_order = false")
    contract = CONTRACT.get(table)
    known = {column.name: column for column in contract.columns} if contract else {}
    header = _header(files[0], source)
    listed = [f"{typed_cell(known[name])} AS {quoted(name)}" if name in known else quoted(name) for name in header]
    for column in known.values():
        # One of them may be missing, which is said with whatever else is.
        if column.voids and {column.name, column.voids} <= {*header}:
            _void(listed, known[column.voids], column)
    backend.raw_sql(f'CREATE VIEW "{table}" AS SELECT {", ".join(listed)} FROM "{table}{RAW_SUFFIX}"')


def _select(file: Path, source: str) -> str:
    columns = ", ".join(f"'{escaped(name)}': 'VARCHAR'" for name in _header(file, source))
    return (
        f"SELECT * FROM read_csv('{escaped(str(file))}', columns = {{{columns}}}, header = true, "
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true, "
        "max_line_size = 10000000, parallel = false)"
    )


def _header(file: Path, source: str) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(_short_lines(lines)), [])
    except csv.Error as error:
        raise SourceError(
            f"{source}: {file}: its first line is no record: {error}",
            hint="The first line names the columns of the contract, parted by commas.",
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(f"{source}: {file}: not UTF-8", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{source}: {file}: {error.strerror}", hint="Let this user read it.") from error
    # The engine tells columns apart without regard to case.
    if not names or len({name.casefold() for name in names}) != len(names):
        raise SourceError(
            f"{source}: {file}: its first line names no columns, or one twice",
            hint="The first line names the columns of the contract, parted by commas.",
        )
    return names


def _short_lines(file: IO[str]) -> Iterator[str]:
    """Yield a file's lines, one that is too long for names of columns in parts: a file may be one line of gigabytes."""
    while line := file.readline(_LONGEST_HEADER):
        yield line


def _refuse_open_quote(file: Path, source: str) -> None:
    """Refuse a file with an odd number of quotes: the engine would swallow all that follows the open one."""
    try:
        with file.open("rb") as lines:
            quotes = sum(chunk.count(b'"') for chunk in iter(lambda: lines.read(_CHUNK), b""))
    except OSError as error:
        raise SourceError(f"{source}: {file}: {error.strerror}", hint="Let this user read it.") from error
    if quotes % 2:
        raise SourceError(
            f"{source}: {file}: not RFC 4180: a quote is never closed ({quotes:,} quotes in the file)",
            hint='Quote each value that holds a quote, and double the quote in it: "5"" pipe".',
        )


def typed_cell(column: Column) -> str:
    """Return the SQL that turns the text of a cell into the column's kind, or null where it is none."""
    name = quoted(column.name)
    if column.kind is Kind.TEXT:
        return name
    if column.kind is Kind.TIMESTAMP:
        # An offset is converted to UTC; digits below a microsecond are cut, not rounded.
        cut = f"regexp_replace({name}, '(\\.[0-9]{{6}})[0-9]+', '\\1')"
        instant = f"CAST(try_cast({cut} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)"
        return f"CASE WHEN regexp_full_match({name}, '{_INSTANT}') THEN {instant} END"
    if column.kind is Kind.INTEGER:
        return f"CASE WHEN regexp_full_match({name}, '[+-]?[0-9]+') THEN try_cast({name} AS BIGINT) END"
    return f"CASE lower({name}) WHEN 'true' THEN true WHEN 'false' THEN false END"


def _void(listed: list[str], voided: Column, by: Column) -> None:
    """Let `voided` be null where the cell of `by` holds something that can't be typed."""
    typed, name = typed_cell(voided), quoted(by.name)
    whole = f"CASE WHEN {name} IS NULL OR ({typed_cell(by)}) IS NOT NULL THEN {typed} END AS {quoted(voided.name)}"
    plain = f"{typed} AS {quoted(voided.name)}"
    listed[listed.index(plain)] = whole
