"""Rows that a slot's expression must not see, because they break the contract: what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.emrr.catalogue import HOLDING
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports import contract_breaks, ecosmig_006
from ecosmig_publish.reports.responsible_supplier import OVERLAPPING
from ecosmig_publish.workflows.issuing.keys import BY_ATTEMPT, ledger_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Question
    from ecosmig_publish.workflows.issuing.doubled import Doubled


DOUBLED = "duplicate-key"


@dataclass(slots=True)
class Exclusions:
    """Keys left out of the slot's rows, with the reason; `held` are tried again, `problems` are only listed.

    `keys` are the source's own; `held` and `problems` are named as the ledger does.
    """

    keys: list[object] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)

    def table(self, report: Report) -> pa.Table:
        """Return the keys as a table of one column, `key`."""
        kind = pa.int64() if report in BY_ATTEMPT else pa.string()
        return pa.table({"key": pa.array(self.keys, kind)})


def broken_rows(
    report: Report,
    question: Question,
    data: MigrationData,
    doubled: Doubled | None,
    open_holds: Collection[str],
    *,
    has_unplaceable: bool,
) -> Exclusions:
    """Return what can be told before the slot's rows are computed: missing instants and outcomes, doubled keys.

    `doubled` is None where no doubled key can matter.
    """
    found = Exclusions()
    if report in BY_ATTEMPT and has_unplaceable:
        unplaceable = data.fetch(contract_breaks.unplaceable_attempts(report, question))
        for key, reason in zip(unplaceable["key"].to_pylist(), unplaceable["reason"].to_pylist(), strict=True):
            found.held[ledger_key(report, key)] = reason
    if report in BY_ATTEMPT and doubled is not None and (keys := doubled.attempts()).num_rows:
        _add_doubled(found, report, question, data, keys, open_holds)
    if report is Report.ECOSMIG_006 and has_unplaceable:
        found.held["event:"] = "empty:event_id"
    if report is Report.ECOSMIG_006 and doubled is not None and (keys := doubled.events()).num_rows:
        rows = ecosmig_006.belonging(question)
        here = data.memory_table(keys)
        _add(
            found,
            report,
            data.fetch(rows.semi_join(here, "key").select("key").distinct())["key"].to_pylist(),
            DOUBLED,
        )
    return found


def _add_doubled(
    found: Exclusions,
    report: Report,
    question: Question,
    data: MigrationData,
    doubled: pa.Table,
    open_holds: Collection[str],
) -> None:
    here = data.fetch(contract_breaks.doubled_here(report, data.memory_table(doubled), question))
    for row in here.to_pylist():
        key = ledger_key(report, row["key"])
        found.keys.append(row["key"])
        if row["was_reported"] and key not in open_holds:
            # One of the two went out already: the number can't go out again, so nothing is left to try.
            if row["is_new"]:
                found.problems[key] = row["reason"]
        else:
            found.held[key] = row["reason"]


def add_doubled_devices(
    found: Exclusions, report: Report, question: Question, data: MigrationData, doubled: pa.Table
) -> bool:
    """Add the rows whose Device stands in `devices` more than once: nobody can say which row is right.

    Returns whether there are any.
    """
    if not doubled.num_rows:
        return False
    expression = contract_breaks.of_doubled_devices(report, data.memory_table(doubled), question)
    keys = data.fetch(expression)["key"].to_pylist()
    _add(found, report, keys, "duplicate-device")
    return bool(keys)


def add_claimed_twice(found: Exclusions, report: Report, question: Question, data: MigrationData) -> bool:
    """Add the attempts that two spans claim; return whether there are any."""
    keys = data.fetch(contract_breaks.claimed_twice(report, question))["key"].to_pylist()
    _add(found, report, keys, OVERLAPPING)
    return bool(keys)


def _add(found: Exclusions, report: Report, keys: list[object], reason: str) -> None:
    found.keys.extend(keys)
    listed = found.held if report in HOLDING else found.problems
    for key in keys:
        listed.setdefault(ledger_key(report, key), reason)
