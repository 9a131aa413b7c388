"""CSV: every cell is read as text and typed by the contract, so that nothing is guessed.

A cell that can't be typed becomes null; where that would change what a row means (the end of a span), the column that
the contract names is voided with it, so that the row means nothing rather than something else.
"""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import SourceError
from ecosmig_publish.migration_data.contract import CONTRACT, Column, Kind

if TYPE_CHECKING:
    from pathlib import Path

RAW_SUFFIX = "__as_read"
"""The table of texts that a typed table was made from, for `data check`."""

_TYPES = {Kind.TEXT: "VARCHAR", Kind.INTEGER: "BIGINT", Kind.TIMESTAMP: "TIMESTAMP", Kind.BOOLEAN: "BOOLEAN"}


def load_csv(backend: Any, table: str, path: Path, source: str) -> None:
    """Load a file, or a folder of files, into the table `table`. Raises `SourceError`."""
    files = sorted(path.rglob("*.csv")) if path.is_dir() else [path]
    parts = [_select(file, source) for file in files]
    # Several files may have their columns in several orders.
    backend.raw_sql(f'CREATE TABLE "{table}{RAW_SUFFIX}" AS {" UNION ALL BY NAME ".join(parts)}')
    contract = CONTRACT.get(table)
    known = {column.name: column for column in contract.columns} if contract else {}
    listed = [
        f"{_typed(known[name])} AS {_name(name)}" if name in known else _name(name)
        for name in _header(files[0], source)
    ]
    for column in known.values():
        if column.voids and column.voids in known:
            _void(listed, known[column.voids], column)
    backend.raw_sql(f'CREATE VIEW "{table}" AS SELECT {", ".join(listed)} FROM "{table}{RAW_SUFFIX}"')


def _select(file: Path, source: str) -> str:
    columns = ", ".join(f"'{_escaped(name)}': 'VARCHAR'" for name in _header(file, source))
    return (
        f"SELECT * FROM read_csv('{_escaped(str(file))}', columns = {{{columns}}}, header = true, "
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = '', strict_mode = true, "
        "max_line_size = 10000000, parallel = false)"
    )


def _header(file: Path, source: str) -> list[str]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            names = next(csv.reader(lines), [])
    except UnicodeDecodeError as error:
        raise SourceError(f"{source}: {file}: not UTF-8", hint="Save it as UTF-8.") from error
    except OSError as error:
        raise SourceError(f"{source}: {file}: {error.strerror}", hint="Let this user read it.") from error
    if not names or len(set(names)) != len(names):
        raise SourceError(
            f"{source}: {file}: its first line names no columns, or one twice",
            hint="The first line names the columns of the contract, parted by commas.",
        )
    return names


def _typed(column: Column) -> str:
    name = _name(column.name)
    if column.kind is Kind.TEXT:
        return name
    if column.kind is Kind.TIMESTAMP:
        # An offset is converted to UTC; digits below a microsecond are cut, not rounded.
        cut = f"regexp_replace({name}, '(\\.[0-9]{{6}})[0-9]+', '\\1')"
        return f"CAST(try_cast({cut} AS TIMESTAMPTZ) AT TIME ZONE 'UTC' AS TIMESTAMP)"
    if column.kind is Kind.INTEGER:
        return f"CASE WHEN regexp_full_match({name}, '[+-]?[0-9]+') THEN try_cast({name} AS BIGINT) END"
    return f"CASE lower({name}) WHEN 'true' THEN true WHEN 'false' THEN false END"


def _void(listed: list[str], voided: Column, by: Column) -> None:
    """Let `voided` be null where the cell of `by` holds something that can't be typed."""
    typed, name = _typed(voided), _name(by.name)
    whole = f"CASE WHEN {name} IS NULL OR ({_typed(by)}) IS NOT NULL THEN {typed} END AS {_name(voided.name)}"
    plain = f"{typed} AS {_name(voided.name)}"
    listed[listed.index(plain)] = whole


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _escaped(text: str) -> str:
    return text.replace("'", "''")
