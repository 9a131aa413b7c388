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


def normalised(raw: Any, table: Table) -> tuple[Any, list[str]]:  # noqa: ANN401 - Ibis tables
    """Return `raw` with exactly the contract's columns, and what is missing or of the wrong kind."""
    faults: list[str] = []
    columns: dict[str, Any] = {}
    schema = raw.schema()
    for column in table.columns:
        if column.name not in schema:
            near = difflib.get_close_matches(column.name, list(schema), n=1)
            meant = f"; is it {near[0]}?" if near else f" (there are: {', '.join(schema)})"
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


def _conversion(column: Column, kind: Any) -> Callable[[Any], Any] | None:  # noqa: ANN401 - an Ibis type
    if column.kind is Kind.TEXT:
        return (lambda value: value.nullif("")) if kind.is_string() else None
    if column.kind is Kind.BOOLEAN:
        return _same if kind.is_boolean() else None
    if column.kind is Kind.INTEGER:
        if not kind.is_integer() and not (kind.is_decimal() and kind.scale == 0):
            return None
        return _same if kind.is_int64() else lambda value: value.cast("int64")
    if not kind.is_timestamp():
        return None
    if kind.timezone is None:
        # Left as it is where it can be, so that filters reach the files.
        return _same if kind.scale in (None, 6) else lambda value: value.cast("timestamp(6)")
    return lambda value: value.cast("timestamp('UTC')").cast("timestamp(6)")


def _same(value: Any) -> Any:  # noqa: ANN401
    return value
