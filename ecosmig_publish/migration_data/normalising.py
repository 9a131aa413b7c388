"""A source's table as the contract has it: its columns, its kinds, an empty text null."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from ecosmig_publish.migration_data.contract import Column, Kind, Table

if TYPE_CHECKING:
    from collections.abc import Callable

_WANTED = {
    Kind.TEXT: "text",
    Kind.INTEGER: "an integer",
    Kind.TIMESTAMP: "a timestamp",
    Kind.BOOLEAN: "a boolean",
}


def normalised(raw: Any, table: Table) -> tuple[Any, list[str]]:
    """Return `raw` with exactly the contract's columns, and what is missing or of the wrong kind."""
    faults: list[str] = []
    columns: dict[str, Any] = {}
    schema = raw.schema()
    if not any(column.name in schema for column in table.columns):
        wanted = ", ".join(column.name for column in table.columns)
        return raw, [f"table {table.name}: none of its columns is there: {wanted} (there are: {', '.join(schema)})"]
    for column in table.columns:
        if column.name not in schema:
            known = {name.strip().lower(): name for name in schema}
            near = difflib.get_close_matches(column.name, list(known), n=1)
            meant = f"; is it {known[near[0]]!r}?" if near else f" (there are: {', '.join(schema)})"
            faults.append(f"table {table.name}: column {column.name} is missing{meant}")
            continue
        convert = _conversion(column, schema[column.name])
        if convert is None:
            faults.append(
                f"table {table.name}: column {column.name} is {schema[column.name]}; "
                f"the contract wants {_WANTED[column.kind]}"
            )
            continue
        columns[column.name] = convert(raw[column.name])
    return (raw.select(**columns) if columns else raw), faults


def _conversion(column: Column, kind: Any) -> Callable[[Any], Any] | None:
    """Return what makes a value of `kind` the contract's, or None where nothing can."""
    if column.kind is Kind.TIMESTAMP:
        return _of_timestamp(kind) if kind.is_timestamp() else None
    if column.kind is Kind.INTEGER:
        is_whole = kind.is_integer() or (kind.is_decimal() and kind.scale == 0)
        return (_same if kind.is_int64() else lambda value: value.cast("int64")) if is_whole else None
    if column.kind is Kind.TEXT:
        return (lambda value: value.nullif("")) if kind.is_string() else None
    return _same if kind.is_boolean() else None


def _of_timestamp(kind: Any) -> Callable[[Any], Any]:
    if kind.timezone is not None:
        return lambda value: value.cast("timestamp('UTC')").cast("timestamp(6)")
    # Left as it is where it can be, so that filters reach the files.
    return _same if kind.scale in (None, 6) else lambda value: value.cast("timestamp(6)")


def _same(value: Any) -> Any:
    return value
