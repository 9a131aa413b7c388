"""To issue one slot: whole, for all recipients, at one cut-off, or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.catalogue import HOLDING
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.errors import ForeignRowError
from ecosmig_publish.ledger import (
    FileEntry,
    HeldEntry,
    IssueEntry,
    Ledger,
    ProblemEntry,
    SlotBirth,
    SlotEntry,
)
from ecosmig_publish.outbox.writing import WrittenSlot, write_slot
from ecosmig_publish.reports.attempts import unreported
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.reports.registry import ROWS
from ecosmig_publish.workflows.guarding import guard_finished
from ecosmig_publish.workflows.issuing.braking import HeldBack, held_back, oversized
from ecosmig_publish.workflows.issuing.exclusions import (
    Exclusions,
    add_claimed_twice,
    add_doubled_devices,
    broken_rows,
)
from ecosmig_publish.workflows.issuing.holds import settle_holds
from ecosmig_publish.workflows.issuing.keys import ledger_key, packed, source_keys
from ecosmig_publish.workflows.issuing.register import known_parties
from ecosmig_publish.workflows.issuing.reported import reported_before
from ecosmig_publish.workflows.issuing.watermark import changed_behind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ecosmig_publish.ledger import OpenHold, SourceWatermark
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.issuing.doubled import Doubled
    from ecosmig_publish.workflows.issuing.policy import IssuingPolicy
    from ecosmig_publish.workflows.issuing.several import Several
    from ecosmig_publish.workflows.planning import RunInstant


@dataclass(frozen=True, slots=True)
class Issuing:
    """What every slot of a run is issued from; the data and the register are read once a run."""

    data: MigrationData
    ledger: Ledger
    outbox: Outbox
    policy: IssuingPolicy
    run: RunInstant
    register: Mapping[Signifier, str]
    doubled: Doubled
    several: Several
    gpf_meter_points: Callable[[], Any]
    """What is printed for each GPF, computed once for the slots of the run that need it for all."""
    tried: dict[Report, set[str]] = field(default_factory=dict)
    """Holds that this run has tried already: the slots of one run see the same data, so they stay held."""
    source_watermarks: Mapping[str, SourceWatermark] = field(default_factory=dict)
    """What parts of the source look like in this run, kept with the first slot that is recorded."""


@dataclass(frozen=True, slots=True)
class IssuedSlot:
    """What a slot became: files and rows issued, rows held, problems listed, findings about the source."""

    slot: Slot
    recipients: int
    files: int
    rows: int
    held: int
    problems: int
    findings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Numbers:
    """Hands out the next number of each stream that a slot touches."""

    last: Mapping[Signifier, int]
    used: dict[Signifier, int] = field(default_factory=dict)

    def next_of(self, recipient: Signifier) -> int:
        number = self.used.get(recipient, self.last.get(recipient, 0)) + 1
        self.used[recipient] = number
        return number

    def expected_last(self) -> dict[Signifier, int]:
        return {recipient: self.last.get(recipient, 0) for recipient in self.used}


@dataclass(slots=True)
class _ReportedKeys:
    """Collects the keys of the rows that went into files, as far as anybody asks for them."""

    report: Report
    asked: pa.Array | None
    keeps_all: bool
    arrays: list[pa.Array] = field(default_factory=list)
    of_holds: set[str] = field(default_factory=set)

    def add(self, keys: Any) -> None:
        if self.keeps_all:
            self.arrays.append(keys)
        if self.asked is not None:
            found = keys.filter(pc.is_in(keys, value_set=self.asked))
            self.of_holds.update(ledger_key(self.report, key) for key in found.to_pylist())


def issue_slot(slot: Slot, issuing: Issuing, *, on_rows: Callable[[int], None] | None = None) -> IssuedSlot | HeldBack:
    """Compute, write and record one slot; what it wrote stays unknown to all if this doesn't return.

    Where the brake holds the slot back, nothing of it is recorded but that.
    Raises `ForeignRowError` where the leak guard stops the slot, `SourceError`, `OutboxError` or `LedgerError`; then no
    number is used and the next run clears the outbox.
    """
    with issuing.data.keeping() as keep:
        return _issue_slot(slot, issuing, keep, on_rows)


def _issue_slot(
    slot: Slot, issuing: Issuing, keep: Callable[[Any], Any], on_rows: Callable[[int], None] | None
) -> IssuedSlot | HeldBack:
    report, data, ledger = slot.report, issuing.data, issuing.ledger
    open_holds = ledger.open_holds(report) if report in HOLDING else []
    last = ledger.last_slots().get(report)
    tried = issuing.tried.get(report, set())
    untried = [hold for hold in open_holds if hold.key not in tried]
    question = _question(slot, last, issuing, untried, keep)
    covered = issuing.several.coverage(report, question)
    findings = changed_behind(last, covered.earlier, ledger)
    exclusions = broken_rows(
        report,
        question,
        data,
        # Where no attempt is new and none is held, none can be in the slot twice.
        issuing.doubled if covered.fresh != 0 or open_holds else None,
        {hold.key for hold in open_holds},
        has_unplaceable=covered.unplaceable > 0,
    )
    if report in (Report.ECOSMIG_003, Report.ECOSMIG_004, Report.ECOSMIG_006):
        add_doubled_devices(
            exclusions, report, _excluding(question, exclusions, report, data), data, issuing.doubled.devices()
        )
    expected = covered.fresh if not untried and not exclusions.keys else None
    narrowed = issuing.several.narrowed(report, question)
    written, numbers, reported = _write(slot, issuing, narrowed, exclusions, untried, expected, on_rows)
    issues = written_issues(written, issuing.outbox)
    brake = held_back(slot, issues, issuing)
    if brake is not None:
        if written.files:
            issuing.outbox.discard(written.files[0].path.parent)
        return HeldBack(brake, findings)
    _guard(written, slot, issuing)
    held, problems = _sorted_out(report, written, exclusions)
    closed: dict[str, str] = {}
    if report in HOLDING:
        held |= {
            hold.key: HeldEntry(hold.key, hold.reasons, hold.recipient) for hold in open_holds if hold.key in tried
        }
        held, closed = settle_holds(report, untried, held, reported.of_holds, data)
    birth = SlotBirth(
        entry=SlotEntry(
            slot=slot,
            period=question.period,
            cut_off=issuing.run.cut_off,
            generated_at=issuing.run.at,
            watermark=covered.watermark,
        ),
        issues=issues,
        held=tuple(held.values()),
        closed=closed,
        problems=problems,
        reported_keys=packed(reported.arrays),
        expected_last=numbers.expected_last(),
        brakes=oversized(slot, issues, last, issuing),
        source_watermarks=issuing.source_watermarks,
    )
    ledger.record_slot(birth)
    if written.files:
        issuing.outbox.mark_issued(written.files[0].path.parent)
    issuing.tried[report] = set(held)
    return IssuedSlot(
        slot=slot,
        recipients=len(birth.issues),
        files=len(written.files),
        rows=sum(file.rows for file in written.files),
        held=len(birth.held),
        problems=sum(problem.count for problem in problems),
        findings=findings,
    )


def _guard(written: WrittenSlot, slot: Slot, issuing: Issuing) -> None:
    """Let what was written be read again, and leave nothing of it where it must not go out."""
    try:
        guard_finished(written.files, slot, data=issuing.data, ledger=issuing.ledger)
    except ForeignRowError:
        issuing.outbox.discard(written.files[0].path.parent)
        raise


def _question(
    slot: Slot, last: SlotEntry | None, issuing: Issuing, open_holds: list[OpenHold], keep: Callable[[Any], Any]
) -> Question:
    """Return what a slot is asked; `last` is the report's slot before."""
    period = period_of(slot)
    data, memory = issuing.data, issuing.data.memory_table
    reported = reported_before(issuing.ledger) if slot.report is Report.ECOSMIG_006 else None
    numbers_all = slot.report is Report.ECOSMIG_002 and last is None
    return Question(
        tables=data.tables,
        period=period,
        bounds=Bounds(period.end, issuing.run.cut_off),
        previous=Bounds(last.period.end, last.cut_off) if last else None,
        known_parties=memory(known_parties(issuing.register)),
        held_keys=memory(source_keys(slot.report, (hold.key for hold in open_holds))) if open_holds else None,
        reported_keys=memory(reported) if reported is not None else None,
        keep=keep,
        gpf_meter_points=issuing.gpf_meter_points,
        parts=data.parts_of(data.tables.migration_attempts, issuing.policy.rows_in_part) if numbers_all else 1,
    )


def _write(
    slot: Slot,
    issuing: Issuing,
    question: Question,
    exclusions: Exclusions,
    open_holds: list[OpenHold],
    expected: int | None,
    on_rows: Callable[[int], None] | None,
) -> tuple[WrittenSlot, _Numbers, _ReportedKeys]:
    """Write the slot's files; where two spans claim an attempt, or two rows its Device, leave it out and write again.

    More rows than attempts show it, so that the common case pays for a count only. `expected` is that count where it
    is known; where it is 0 there is nothing to compute.
    """
    report, data = slot.report, issuing.data
    if expected == 0 and not issuing.policy.issues_empty_reports:
        return WrittenSlot((), (), 0), _Numbers({}), _ReportedKeys(report, None, keeps_all=False)
    while True:
        asked = _excluding(question, exclusions, report, data)
        numbers = _Numbers(issuing.ledger.last_sequences(report))
        reported = _ReportedKeys(
            report,
            asked=source_keys(report, (hold.key for hold in open_holds))["key"].combine_chunks()
            if open_holds
            else None,
            keeps_all=report is Report.ECOSMIG_006,
        )
        directory = issuing.outbox.begin(slot)
        written = write_slot(
            data.stream(ROWS[report](asked)),
            report=report,
            period=question.period,
            created_at=issuing.run.at,
            rows_per_file=issuing.policy.rows_per_file,
            directory=directory,
            next_sequence=numbers.next_of,
            empty_for=list(issuing.register) if issuing.policy.issues_empty_reports else (),
            on_keys=reported.add,
            on_rows=on_rows,
            interrupt=data.interrupt,
        )
        if report in OUTCOMES and (expected is None or exclusions.keys):
            expected = _expected_rows(report, asked, data)
        has_more = report in OUTCOMES and written.rows != expected
        if has_more and _add_what_multiplies(exclusions, report, asked, issuing):
            issuing.outbox.discard(directory)
            continue
        if written.files:
            issuing.outbox.seal(directory)
        else:
            issuing.outbox.discard(directory)
        return written, numbers, reported


def _add_what_multiplies(exclusions: Exclusions, report: Report, asked: Question, issuing: Issuing) -> bool:
    """Add what made more rows than there are attempts; return whether anything did."""
    return add_doubled_devices(exclusions, report, asked, issuing.data, issuing.doubled.devices()) or add_claimed_twice(
        exclusions, report, asked, issuing.data
    )


def _excluding(question: Question, exclusions: Exclusions, report: Report, data: MigrationData) -> Question:
    if not exclusions.keys:
        return question
    return replace(question, excluded_keys=data.memory_table(exclusions.table(report)))


def _expected_rows(report: Report, question: Question, data: MigrationData) -> int:
    counted = unreported(question, OUTCOMES[report])
    return int(data.fetch(counted.aggregate(rows=counted.count()))["rows"][0].as_py())


def _sorted_out(
    report: Report, written: WrittenSlot, exclusions: Exclusions
) -> tuple[dict[str, HeldEntry], list[ProblemEntry]]:
    """Return the held rows by key, and the problems of the slot."""
    problems = [ProblemEntry(reason=reason, key=key, recipient=None) for key, reason in exclusions.problems.items()]
    held = {key: HeldEntry(key, (reason,), None) for key, reason in exclusions.held.items()}
    if report in HOLDING:
        for row in written.held:
            key = ledger_key(report, row.key)
            held[key] = HeldEntry(key, row.reasons, row.recipient)
        return held, problems
    counted = Counter((row.reasons[0], ledger_key(report, row.key), row.recipient) for row in written.held)
    problems.extend(
        ProblemEntry(reason=reason, key=key, recipient=recipient, count=count)
        for (reason, key, recipient), count in counted.items()
    )
    return held, problems


def written_issues(written: WrittenSlot, outbox: Outbox) -> tuple[IssueEntry, ...]:
    """Return what was written as the ledger takes it, an issue for each recipient."""
    by_recipient: dict[Signifier, list[FileEntry]] = {}
    for file in written.files:
        by_recipient.setdefault(file.recipient, []).append(
            FileEntry(
                sequence=file.sequence,
                part=file.part,
                name=file.name,
                outbox_path=outbox.relative(file.path),
                rows=file.rows,
                size=file.fingerprint.size,
                sha256=file.fingerprint.sha256,
                quick_xor_hash=file.fingerprint.quick_xor_hash,
            )
        )
    return tuple(IssueEntry(recipient, tuple(files)) for recipient, files in by_recipient.items())
