"""What a slot's bounds cover: what is new, and whether anything changed behind a cut-off already used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.ledger import Watermark
from ecosmig_publish.reports import watermarks
from ecosmig_publish.reports.contract_breaks import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.ledger import Ledger, SlotEntry
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.reports.question import Question

BEHIND_CUT_OFF = "behind-cut-off"


@dataclass(frozen=True, slots=True)
class Coverage:
    """What lies under the slot's bounds, what lies under the previous ones now, and what is new.

    None where a report carries nothing over; `fresh` is None where it isn't told by bounds.
    """

    watermark: Watermark | None
    earlier: Watermark | None
    fresh: int | None
    unplaceable: int


def coverage(report: Report, question: Question, data: MigrationData) -> Coverage:
    """Count what a slot is about."""
    if report in OUTCOMES:
        row = data.fetch(watermarks.of_attempts(report, question)).to_pylist()[0]
        return _coverage(row, question, fresh=row["fresh"])
    if report is Report.ECOSMIG_006:
        row = data.fetch(watermarks.of_installations(question)).to_pylist()[0]
        return _coverage(row, question, fresh=None)
    return Coverage(None, None, None, 0)


def changed_behind(last: SlotEntry | None, earlier: Watermark | None, ledger: Ledger) -> tuple[str, ...]:
    """Record and say that what lies under the last slot's bounds is no longer what it was; the same is said once."""
    if last is None or last.watermark is None or earlier == last.watermark:
        return ()
    was, now = last.watermark.count, earlier.count if earlier else 0
    due_at, cut_off = f"{last.slot.due_at:%Y-%m-%dT%H:%M:%SZ}", f"{last.cut_off:%Y-%m-%dT%H:%M:%SZ}"
    detail = {
        "report": last.slot.report.value,
        "slot": due_at,
        "cut_off": cut_off,
        "rows_then": was,
        "rows_now": now,
    }
    # A slot that is tried anew, because the brake held it back or a run was interrupted, sees the same again.
    if not ledger.record_finding_once(BEHIND_CUT_OFF, detail):
        return ()
    changed = f"{last.slot.report}: {now - was:+,} source rows behind the cut-off {cut_off} that its slot {due_at} used"
    return (f"{changed} ({was:,} then, {now:,} now): {_what_happened(was, now)}",)


def _what_happened(was: int, now: int) -> str:
    """Say as much as two counts can tell: what vanished may hide as much that turned up."""
    if now > was:
        return f"{now - was:,} or more turned up too late to be reported"
    if now < was:
        return f"{was - now:,} or more vanished after they were reported or held"
    return "some were moved in time, or as many vanished as turned up"


def _coverage(row: Mapping[str, int], question: Question, *, fresh: int | None) -> Coverage:
    earlier = Watermark(row["earlier_count"], row["earlier_checksum"]) if question.previous else None
    return Coverage(Watermark(row["count"], row["checksum"]), earlier, fresh, row["unplaceable"])
