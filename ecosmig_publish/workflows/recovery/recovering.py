"""To recover: bring an old or empty ledger to what the recipients' folders hold, and say what can't be known."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import SUMMARIES
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus, InvalidFileError, UsageError
from ecosmig_publish.ledger import PublishedEntry, RecoveredReport, Recovery
from ecosmig_publish.ledger.stopped import reason_of
from ecosmig_publish.workflows.anchoring.lost import lost_anchors, newest_hash
from ecosmig_publish.workflows.recovery.reading_folders import Seen, SeenStream, Stream, read_folders
from ecosmig_publish.workflows.recovery.recovering_files import Files
from ecosmig_publish.workflows.recovery.recovering_slots import doubted, issues_of
from ecosmig_publish.workflows.recovery.recovering_streams import Agreement, Found, agree, ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.ledger import Ledger, RecordedFile
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.recovery.recovering_slots import Doubted


@dataclass(frozen=True, slots=True)
class RecoveryParts:
    """What a recovery works with; `open_data` is called only where rows have to be told.

    `lost` are numbers of which an operator says that they were used, and that nobody has their files any more.
    """

    ledger: Ledger
    outbox: Outbox
    destination: PublishingDestination
    open_data: Callable[[], MigrationData]
    settle: timedelta
    now: Callable[[], datetime]
    lost_head: str | None = None
    lost: Mapping[Stream, Collection[int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StreamOutcome:
    """One stream as the plan shows it; numbers are written `1-4, 7`."""

    report: Report
    recipient: Signifier
    in_ledger: int
    in_folder: str
    recovered: int
    waiting: int
    gives_way: tuple[str, ...]
    missing: tuple[str, ...]
    refused: tuple[str, ...]
    lost: tuple[int, ...] = ()

    @property
    def is_touched(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.recovered or self.gives_way or self.missing or self.refused or self.lost)


@dataclass(slots=True)
class RecoveryPlan:
    """What would be recorded, and what a person should know beforehand.

    `stopped` says which streams an earlier recovery left stopped. `unissued` are summaries that gave way, and that no
    folder has: they are issued by `issue correct`. `unanswered` counts by report the printed rows that no source row
    answers to.
    """

    seen: Seen
    streams: list[StreamOutcome]
    recovery: Recovery
    files: Files
    stopped: Mapping[Stream, str] = field(default_factory=dict)
    unissued: list[tuple[Slot, Signifier]] = field(default_factory=list)
    unanswered: dict[Report, int] = field(default_factory=dict)

    @property
    def refused(self) -> list[StreamOutcome]:
        """The streams that don't agree, and stay stopped."""
        return [stream for stream in self.streams if stream.refused]

    @property
    def changes(self) -> bool:
        """Whether there is anything to record; of a lost chain alone only where every folder could be read."""
        refused = {stream: reason_of(reasons) for stream, reasons in self.recovery.refused.items()}
        is_lost = bool(self.recovery.lost_anchors) and not self.seen.unread
        is_found = bool(self.recovery.reports or self.recovery.published or self.recovery.lost)
        return is_found or is_lost or refused != self.stopped

    @property
    def exit_status(self) -> ExitStatus:
        """22 where a stream or a folder does not agree, else 0."""
        return ExitStatus.STREAM_CONFLICT if self.refused or self.seen.unread else ExitStatus.OK


def plan_recovery(parts: RecoveryParts, on_folder: Callable[[], None] = lambda: None) -> RecoveryPlan:
    """Read the folders, fetch what the ledger doesn't know, and return what `recover` would record.

    What was fetched stands in the outbox, unmarked: `files.discard` takes it away. Raises `UsageError` where no folder
    is pinned, `SourceError` where rows have to be told and the source can't be used, `DestinationError` where it can't
    be read which chain was lost.
    """
    ledger = parts.ledger
    if not ledger.folders():
        raise UsageError(
            "no recipient's folder is pinned in this ledger, so there is nothing to recover from",
            hint="Pin the folders first: ecosmig supplier onboard --all. Folders that exist are taken over.",
        )
    seen = read_folders(ledger, parts.outbox, parts.destination, on_folder)
    files = Files(parts.outbox, parts.destination, ledger.folders())
    try:
        return _plan(parts, seen, files)
    except BaseException:
        files.discard()
        raise


def recover(plan: RecoveryPlan, ledger: Ledger) -> None:
    """Record a plan, in one transaction with its act; before it nothing is known, after it everything is."""
    plan.files.seal()
    ledger.record_recovery(plan.recovery)
    plan.files.mark()


def _plan(parts: RecoveryParts, seen: Seen, files: Files) -> RecoveryPlan:
    now = parts.now()
    agreements: dict[Stream, Agreement] = {}
    found: dict[Stream, list[Found]] = {}
    for key in parts.lost:
        seen.stream(key)
    for key, stream in seen.streams.items():
        agreement = agree(stream, now, parts.lost.get(key, ()))
        if agreement.wanted:
            agreement, found[key] = _fetched(agreement, files)
        agreements[key] = agreement
    streams = [
        _outcome(key, seen.streams[key], agreements[key], found.get(key, []), parts.lost.get(key, ()))
        for key in sorted(seen.streams)
    ]
    planning = _Planning(parts, seen, agreements, found, now)
    reports = tuple(planning.reports())
    published = tuple(
        PublishedEntry(file.file_id, seen.streams[key].there[file.file_id].id, adopted=True, published_at=now)
        for key, agreement in agreements.items()
        for file in agreement.arrived
        if file.issue_id not in planning.giving_way
    )
    refused = {(it.report, it.recipient): it.refused for it in streams if it.refused}
    lost = {
        key: sorted(set(numbers) - seen.streams[key].lost)
        for key, numbers in parts.lost.items()
        if key not in refused and not seen.streams[key].lost.issuperset(numbers)
    }
    anchors = lost_anchors(parts.ledger, parts.destination)
    head = parts.lost_head or newest_hash(anchors)
    names = tuple((anchor.name, anchor.hash) for anchor in anchors)
    recovery = Recovery(now, reports, published, refused, lost, head, names)
    stopped = parts.ledger.stopped_streams()
    return RecoveryPlan(seen, streams, recovery, files, stopped, planning.unissued, planning.unanswered)


def _fetched(agreement: Agreement, files: Files) -> tuple[Agreement, list[Found]]:
    """Fetch what a stream wants; where a file isn't right, the stream is refused."""
    found = []
    for standing in agreement.wanted:
        try:
            found.append(files.fetch(standing))
        except InvalidFileError as error:
            files.drop(agreement.wanted)
            return Agreement(refused=(str(error),)), []
    return agreement, found


def _outcome(
    key: Stream, stream: SeenStream, agreement: Agreement, found: Sequence[Found], lost: Collection[int]
) -> StreamOutcome:
    report, recipient = key
    return StreamOutcome(
        report=report,
        recipient=recipient,
        in_ledger=max([stream.seed, *(file.sequence for file in stream.known)]),
        in_folder=ranges(stream.in_folder),
        recovered=len(found),
        waiting=sum(it.item_id is None for it in found),
        gives_way=tuple(file.name for file in stream.known if file.issue_id in agreement.giving_way),
        missing=tuple(stream.missing),
        refused=agreement.refused,
        lost=() if agreement.refused else tuple(sorted(lost)),
    )


def _by_number(found: Found) -> int:
    return found.header.sequence


class _Planning:
    """Puts the streams of each report together."""

    def __init__(
        self,
        parts: RecoveryParts,
        seen: Seen,
        agreements: dict[Stream, Agreement],
        found: dict[Stream, list[Found]],
        now: datetime,
    ) -> None:
        self.giving_way = {issue_id for agreement in agreements.values() for issue_id in agreement.giving_way}
        self.unissued: list[tuple[Slot, Signifier]] = []
        self.unanswered: dict[Report, int] = {}
        self._parts, self._seen, self._agreements, self._found, self._now = parts, seen, agreements, found, now

    def reports(self) -> Iterator[RecoveredReport]:
        touched = [report for report in Report if any(of is report and it for (of, _), it in self._found.items())]
        if not touched:
            return
        if all(report in SUMMARIES for report in touched):
            for report in touched:
                yield self._report(report, None)
            return
        with self._parts.open_data() as data:
            for report in touched:
                yield self._report(report, data)

    def _report(self, report: Report, data: MigrationData | None) -> RecoveredReport:
        found = [it for (of, _), some in self._found.items() if of is report for it in some]
        files = [file for (of, _), stream in self._seen.streams.items() if of is report for file in stream.known]
        issues = issues_of(found, self._parts.settle)
        known = self._parts.ledger.slots(report)
        mine = {file.issue_id for file in files} & self.giving_way
        it = doubted(report, issues, known, files, mine)
        if report not in SUMMARIES:
            mine |= self._never_left(it, found)
            self.giving_way |= mine
            it = doubted(report, issues, known, files, mine)
        gone = [file for file in files if file.issue_id in mine]
        if report in SUMMARIES or data is None:
            self._note_unissued(it, gone)
            return RecoveredReport(report, it.slots, it.due_again, frozenset(mine))
        # The engine is slow to import, and nothing but rows needs it.
        from ecosmig_publish.workflows.recovery.recovering_accounts import account_for  # noqa: PLC0415

        accounted, slots = account_for(it, self._parts, data, self._now)
        if accounted.unanswered:
            self.unanswered[report] = accounted.unanswered
        return RecoveredReport(report, slots, it.due_again, frozenset(mine), accounted.held, accounted.reported)

    def _never_left(self, it: Doubted, found: Sequence[Found]) -> set[int]:
        """Return the issues of slots in doubt of which no file is in its folder: their rows are told anew.

        Those stay that the lost ledger knew as well: they were made before anything that was found, or what was found
        of their stream goes on from their numbers.
        """
        there = {file_id for stream in self._seen.streams.values() for file_id in stream.there}
        earliest = min((one.header.created_at for one in found), default=None)
        highest = {one.header.recipient: one.header.sequence for one in sorted(found, key=_by_number)}
        stays = {
            file.issue_id
            for file in it.kept
            # Of a folder that can't be read nobody knows.
            if file.published_at is not None
            or file.file_id in there
            or file.recipient in self._seen.unread
            or (earliest is not None and parse_file_name(file.name).created_at < earliest)
            or file.sequence < highest.get(file.recipient, 0)
        }
        return {file.issue_id for file in it.kept} - stays

    def _note_unissued(self, it: Doubted, gone: Sequence[RecordedFile]) -> None:
        slots = {slot.entry.slot.due_at: slot for slot in it.slots}
        kept = {(file.due_at, file.recipient) for file in it.kept}
        for file in gone:
            slot = slots.get(file.due_at)
            if slot is None or file.part != 1 or (file.due_at, file.recipient) in kept:
                continue
            if file.recipient not in {issue.recipient for issue in slot.issues}:
                self.unissued.append((slot.entry.slot, file.recipient))
