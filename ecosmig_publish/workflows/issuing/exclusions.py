"""Rows that a slot's expression must not see, because they break the contract: what becomes of each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyarrow as pa

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.reports import contract_breaks
from ecosmig_publish.workflows.issuing.keys import BY_ATTEMPT, ledger_key

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Question


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
        kind = pa.int64() if report in (*BY_ATTEMPT, Report.ECOSMIG_005) else pa.string()
        return pa.table({"key": pa.array(self.keys, kind)})


def broken_rows(
    report: Report, question: Question, data: MigrationData, doubled: pa.Table, open_holds: Collection[str]
) -> Exclusions:
    """Return what can be told before the slot's rows are computed: missing instants and outcomes, doubled keys."""
    found = Exclusions()
    if report in BY_ATTEMPT:
        unplaceable = data.fetch(contract_breaks.unplaceable_attempts(report, question))
        for key, reason in zip(unplaceable["key"].to_pylist(), unplaceable["reason"].to_pylist(), strict=True):
            if key is None:
                found.problems["attempt:"] = "empty:attempt_id"
            else:
                found.held[ledger_key(report, key)] = reason
        if doubled.num_rows:
            _add_doubled(found, report, question, data, doubled, open_holds)
    if report is Report.ECOSMIG_006 and doubled.num_rows:
        for key in doubled["key"].to_pylist():
            found.keys.append(key)
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


def add_ambiguous(found: Exclusions, report: Report, question: Question, data: MigrationData) -> bool:
    """Add the rows that two spans, or two rows of `devices`, claim; return whether there are any."""
    ambiguous = data.fetch(contract_breaks.ambiguous(report, question)).to_pylist()
    for row in sorted(ambiguous, key=lambda row: (str(row["key"]), row["reason"])):
        key = f"attempt:{row['key']}" if report is Report.ECOSMIG_005 else ledger_key(report, row["key"])
        found.keys.append(row["key"])
        listed = found.held if report in (*BY_ATTEMPT, Report.ECOSMIG_006) else found.problems
        listed.setdefault(key, row["reason"])
    return bool(ambiguous)
