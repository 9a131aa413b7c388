"""Run all rules on an open source: few scans, examples only where there is something to show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.migration_data.check.faults import Fault
from ecosmig_publish.migration_data.check.relations import relations
from ecosmig_publish.migration_data.check.rules import RowRule, row_rules
from ecosmig_publish.migration_data.check.untypable import untypable_cells
from ecosmig_publish.migration_data.contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.migration_data.data import MigrationData


def check_migration_data(
    data: MigrationData, *, examples: int = 3, on_progress: Callable[[str, float], None] | None = None
) -> list[Fault]:
    """Return what breaks the contract, errors first. Raises `SourceError`."""
    tell = on_progress or (lambda _what, _share: None)
    rules, related = row_rules(), relations()
    steps = len(CONTRACT) + len(related) + 1
    faults = list(untypable_cells(data, examples))
    for done, name in enumerate(CONTRACT, 1):
        tell(name, done / steps)
        faults += _row_faults(data, name, [rule for rule in rules if rule.table == name], examples)
    for done, relation in enumerate(related, len(CONTRACT) + 1):
        tell(f"{relation.table}: {relation.rule}", done / steps)
        if relation.unbroken_where_increasing is not None:
            column = getattr(data.tables, relation.table)[relation.unbroken_where_increasing]
            if data.never_repeats(column):
                continue
        broken = relation.broken(data.tables)
        count = _first(data.fetch(broken.aggregate(n=broken.count())), "n")
        if count:
            shown = data.fetch(broken.order_by("example").limit(examples))["example"].to_pylist()
            faults.append(_fault(relation, count, shown))
    tell("done", 1.0)
    return sorted(faults, key=lambda fault: (fault.severity, fault.table, fault.rule, fault.columns))


def _row_faults(data: MigrationData, name: str, rules: list[RowRule], examples: int) -> Iterator[Fault]:
    table = getattr(data.tables, name)
    counts = data.fetch(
        table.aggregate(
            **{f"n{number}": rule.breaks(table).fill_null(False).sum() for number, rule in enumerate(rules)}
        )
    )
    for number, rule in enumerate(rules):
        count = _first(counts, f"n{number}") or 0
        if count:
            rows = table.filter(rule.breaks(table))
            key = _key_of(rows, name)
            first = rows.order_by(key).limit(examples)
            shown = data.fetch(first.select(example=_key_of(first, name).cast("string")))["example"].to_pylist()
            yield _fault(rule, count, shown)


def _key_of(table: Any, name: str) -> Any:
    """Return what names a row: its key, else its Device, else the model."""
    key = CONTRACT[name].key or ("device_id" if "device_id" in table.columns else "model")
    return table[key]


def _fault(rule: Any, count: int, examples: list[str | None]) -> Fault:
    shown = tuple("(empty)" if example is None else example for example in examples)
    return Fault(rule.table, rule.columns, rule.rule, rule.severity, count, shown, rule.message, rule.next_step)


def _first(table: Any, column: str) -> int:
    value = table[column][0].as_py()
    return int(value or 0)
