"""The rules that several rows keep or break together: keys, spans, references, the order of recording."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import ibis

from ecosmig_publish.migration_data.check.faults import Severity
from ecosmig_publish.migration_data.contract import CONTRACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.migration_data.data import Tables

_HOLDS = "Mend the rows in the source; until then publish holds what depends on them."
_LOOK = "Have a look at the warnings; publish holds only what a warning says is held."
_FAR = ibis.timestamp("9999-12-31 23:59:59.999999")


@dataclass(frozen=True, slots=True)
class Relation:
    """`broken` gives a table with the column `example`: one row for each breach.

    `unbroken_where_increasing` names a column of the table: where its values strictly increase as the rows lie, nobody
    need look any further.
    """

    table: str
    columns: tuple[str, ...]
    rule: str
    severity: Severity
    message: str
    next_step: str
    broken: Callable[[Tables], Any]
    unbroken_where_increasing: str | None = None


def relations() -> list[Relation]:
    """Return every rule that looks at several rows."""
    return [*_keys(), *_references(), _overlaps(), *_backwards()]


def _keys() -> Iterator[Relation]:
    for table in CONTRACT.values():
        if table.key is not None:
            yield Relation(
                table.name,
                (table.key,),
                "key-twice",
                Severity.ERROR,
                f"{table.key} is a key and stands in several rows",
                _HOLDS,
                partial(_doubled, name=table.name, key=table.key),
                unbroken_where_increasing=table.key,
            )


def _references() -> Iterator[Relation]:
    for name in ("responsibilities", "migration_attempts", "device_status_events", "network_notifications"):
        severity = Severity.WARNING if name == "responsibilities" else Severity.ERROR
        yield Relation(
            name,
            ("device_id",),
            "unknown-device",
            severity,
            "the Device has no row in devices",
            _HOLDS if severity is Severity.ERROR else _LOOK,
            partial(_strangers, name=name, known="devices", column="device_id"),
        )
    yield Relation(
        "responsibilities",
        ("sec_party_id",),
        "unknown-party",
        Severity.ERROR,
        "the party is not in the register: it has no folder and gets no reports",
        _HOLDS,
        partial(_strangers, name="responsibilities", known="parties", column="sec_party_id"),
    )
    yield Relation(
        "network_notifications",
        ("device_id",),
        "not-a-gpf",
        Severity.WARNING,
        "a notification of a Device that is no GPF counts for nothing",
        _LOOK,
        _not_gpfs,
    )


def _overlaps() -> Relation:
    return Relation(
        "responsibilities",
        ("effective_from", "effective_to"),
        "overlapping-spans",
        Severity.ERROR,
        "two suppliers, or one twice, are responsible for the Device at one instant",
        _HOLDS,
        _overlapping,
    )


def _backwards() -> Iterator[Relation]:
    for name, key in (("migration_attempts", "attempt_id"), ("device_status_events", "event_id")):
        yield Relation(
            name,
            ("recorded_at",),
            "recorded-backwards",
            Severity.WARNING,
            f"recorded_at runs backwards: earlier than that of the {key} before it",
            "A row recorded behind a cut-off already used is never reported: make sure recorded_at is set on arrival.",
            partial(_running_backwards, name=name, key=key),
        )


def _doubled(tables: Tables, *, name: str, key: str) -> Any:
    table = getattr(tables, name)
    rows = table.filter(table[key].notnull())
    twice = rows.group_by(key).having(rows.count() > 1).agg()
    return twice.select(example=twice[key].cast("string"))


def _strangers(tables: Tables, *, name: str, known: str, column: str) -> Any:
    table = getattr(tables, name)
    rows = table.filter(table[column].notnull()).anti_join(getattr(tables, known), column)
    return rows.select(example=rows[column])


def _not_gpfs(tables: Tables) -> Any:
    others = tables.devices.filter(tables.devices.device_type != "GPF")
    rows = tables.network_notifications.semi_join(others, "device_id")
    return rows.select(example=rows.device_id)


def _overlapping(tables: Tables) -> Any:
    """Look only at Devices with several spans: few of tens of millions."""
    spans = tables.responsibilities
    spans = spans.filter(
        spans.effective_from.notnull(), spans.effective_to.isnull() | (spans.effective_to > spans.effective_from)
    )
    several = spans.group_by("device_id").having(spans.count() > 1).agg()
    spans = spans.semi_join(several, "device_id")
    order = [spans.effective_from, spans.effective_to]
    spans = spans.mutate(
        next_from=spans.effective_from.lead().over(group_by=spans.device_id, order_by=order),
        ends=spans.effective_to.fill_null(_FAR),
    )
    rows = spans.filter(spans.next_from < spans.ends)
    return rows.select(example=rows.device_id).distinct()


def _running_backwards(tables: Tables, *, name: str, key: str) -> Any:
    table = getattr(tables, name)
    ordered = table.select(key=table[key], recorded_at=table.recorded_at)
    ordered = ordered.mutate(before=ordered.recorded_at.lag().over(order_by=ordered.key))
    rows = ordered.filter(ordered.recorded_at < ordered.before)
    return rows.select(example=rows.key.cast("string"))
