"""What an issue should have held by the source as it stands now: its recipient's rows, and what is not theirs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from ecosmig_publish.emrr.catalogue import SUMMARIES
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import HeldEntry
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.reports.registry import ROWS
from ecosmig_publish.workflows.amending.carried import carried_rows
from ecosmig_publish.workflows.issuing.exclusions import (
    DOUBLED,
    Exclusions,
    add_claimed_twice,
    add_doubled_devices,
)
from ecosmig_publish.workflows.issuing.keys import ledger_key
from ecosmig_publish.workflows.issuing.register import known_parties

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ecosmig_publish.workflows.amending.carried import Carried
    from ecosmig_publish.workflows.amending.target import Target
    from ecosmig_publish.workflows.issuing.slot import Issuing


@dataclass(slots=True)
class Recomputed:
    """One recipient's rows as record batches, for the writer of files; what it counts is right once they are read.

    `rows` are the recipient's, `held` the others that the issue carried, by key; `problems` are rows of the recipient
    that a summary can't show; `gone` counts what the source no longer has.
    """

    batches: Iterator[Any]
    rows: int = 0
    gone: int = 0
    problems: int = 0
    held: dict[str, HeldEntry] = field(default_factory=dict)


def recompute(target: Target, issuing: Issuing, keep: Callable[[Any], Any]) -> Recomputed:
    """Begin to compute what a correction holds; all of `Issuing` is as for a slot that is issued now."""
    if target.report in SUMMARIES:
        return _summary(target, issuing, keep)
    assert target.issue is not None  # noqa: S101 - whoever chose the target made sure of it
    carried = carried_rows(target.issue, ledger=issuing.ledger, outbox=issuing.outbox, data=issuing.data)
    return _rows(target, issuing, keep, carried)


def _rows(target: Target, issuing: Issuing, keep: Callable[[Any], Any], carried: Carried) -> Recomputed:
    report, data = target.report, issuing.data
    question = _question(target, issuing, keep, only=data.memory_table(carried.keys))
    exclusions = _exclusions(report, question, issuing, carried)
    if exclusions.keys:
        question = _question(
            target,
            issuing,
            keep,
            only=data.memory_table(carried.keys),
            excluded=data.memory_table(exclusions.table(report)),
        )
    held = {key: HeldEntry(key, (reason,), None) for key, reason in exclusions.held.items()}
    found = Recomputed(iter(()), gone=carried.gone, held=held)
    # Whatever belongs to the report no more is held too: the next slot says so, and closes it.
    unseen = {ledger_key(report, key) for key in carried.keys["key"].to_pylist()} - held.keys()

    def batches() -> Iterator[Any]:
        for batch in data.stream(ROWS[report](question)):
            keys = batch.column("key").to_pylist()
            unseen.difference_update(ledger_key(report, key) for key in keys)
            yield _own(batch, target, found)
        for key in sorted(unseen):
            found.held[key] = HeldEntry(key, (target.reason_to_hold,), None)

    found.batches = batches()
    return found


def _own(batch: Any, target: Target, found: Recomputed) -> Any:
    """Return the rows that go into the recipient's file; note the others, with why they are held."""
    is_own = pc.fill_null(
        pc.and_(batch.column("hold").is_null(), pc.equal(batch.column("recipient"), target.recipient)), False
    )
    own = batch.filter(is_own)
    found.rows += own.num_rows
    for row in batch.filter(pc.invert(is_own)).select(["hold", "recipient", "key"]).to_pylist():
        key = ledger_key(target.report, row["key"])
        reasons = tuple(row["hold"].split()) if row["hold"] else (target.reason_to_hold,)
        found.held[key] = HeldEntry(key, reasons, row["recipient"])
    return own


def _summary(target: Target, issuing: Issuing, keep: Callable[[Any], Any]) -> Recomputed:
    report, data = target.report, issuing.data
    question = _question(target, issuing, keep)
    exclusions = Exclusions()
    if report is not Report.ECOSMIG_005:
        add_doubled_devices(exclusions, report, question, data, issuing.doubled.devices())
    if exclusions.keys:
        question = _question(target, issuing, keep, excluded=data.memory_table(exclusions.table(report)))
    found = Recomputed(iter(()))

    def batches() -> Iterator[Any]:
        for batch in data.stream(ROWS[report](question)):
            mine = batch.filter(pc.fill_null(pc.equal(batch.column("recipient"), target.recipient), False))
            own = mine.filter(mine.column("hold").is_null())
            found.rows += own.num_rows
            found.problems += mine.num_rows - own.num_rows
            yield own

    found.batches = batches()
    return found


def _question(
    target: Target, issuing: Issuing, keep: Callable[[Any], Any], *, only: Any = None, excluded: Any = None
) -> Question:
    return Question(
        tables=issuing.data.tables,
        period=target.slot.period,
        bounds=Bounds(target.slot.period.end, issuing.run.cut_off),
        previous=None,
        known_parties=issuing.data.memory_table(known_parties(issuing.register)),
        only_keys=only,
        excluded_keys=excluded,
        keep=keep,
        gpf_meter_points=issuing.gpf_meter_points,
    )


def _exclusions(report: Report, question: Question, issuing: Issuing, carried: Carried) -> Exclusions:
    """Return the carried rows that nobody can tell right any more: their number, Device or supplier stands twice."""
    found = Exclusions()
    twice = issuing.doubled.attempts() if report in OUTCOMES else issuing.doubled.events()
    keys = carried.keys["key"]
    for key in keys.filter(pc.is_in(keys, value_set=twice["key"].combine_chunks().cast(keys.type))).to_pylist():
        found.keys.append(key)
        found.held[ledger_key(report, key)] = DOUBLED
    add_doubled_devices(found, report, question, issuing.data, issuing.doubled.devices())
    if report in OUTCOMES:
        add_claimed_twice(found, report, question, issuing.data)
    return found
