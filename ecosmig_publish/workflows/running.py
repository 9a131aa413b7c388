"""One run: issue what is due, publish what waits, prove what was published, say what was done."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.errors import ChangesLostError, DestinationError, EcosmigError, ExitStatus, SourceError
from ecosmig_publish.workflows.anchoring.anchoring import anchor_chain
from ecosmig_publish.workflows.following import begin_following, prove_by_changes, prove_by_listing
from ecosmig_publish.workflows.guarding import RefusedSlot, guard_waiting
from ecosmig_publish.workflows.planning import RunInstant, due_slots_of, run_instant
from ecosmig_publish.workflows.publishing import Published, Stopped, publish_waiting
from ecosmig_publish.workflows.publishing_ahead import Ahead, may_go_ahead, publishing_ahead
from ecosmig_publish.workflows.recovery.behind import refuse_unknown_issues, refused_streams, streams_behind
from ecosmig_publish.workflows.verifying import OF_STRANGERS, Discrepancy, prove

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta
    from threading import Event

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import Ledger, WaitingFile
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.anchoring.anchoring import ChainEnd
    from ecosmig_publish.workflows.issuing.braking import HeldBack
    from ecosmig_publish.workflows.issuing.policy import IssuingPolicy
    from ecosmig_publish.workflows.issuing.slot import IssuedSlot


@dataclass(frozen=True, slots=True)
class Parts:
    """What a run works with; `open_data` is called only where something is due, or waited and may go now."""

    ledger: Ledger
    outbox: Outbox
    destination: PublishingDestination
    open_data: Callable[[], MigrationData]
    policy: IssuingPolicy
    start: datetime
    settle: timedelta
    workers: int
    now: Callable[[], datetime]
    forecast: Callable[[int, int], str]
    """Says in words what placing so many files in so many folders will take, where that can be said."""
    ahead: Ahead = field(default_factory=Ahead)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What a run is narrowed to; empty means all.

    Suppliers, and the names of files, narrow what is published, never what is issued.
    """

    reports: Collection[Report] = ()
    suppliers: Collection[Signifier] = ()
    names: Collection[str] = ()

    def covers(self, file: WaitingFile) -> bool:
        """Whether a file is to be published in this run."""
        return self.covers_stream(file.report, file.recipient) and (not self.names or file.name in self.names)

    def covers_stream(self, report: Report, recipient: Signifier) -> bool:
        """Whether files of a stream may be published in this run."""
        return (not self.reports or report in self.reports) and (not self.suppliers or recipient in self.suppliers)


class Watcher:
    """Is told what goes on; does nothing. The command line shows it."""

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Take note of the slots that are issued next."""

    def slot_begins(self, slot: Slot) -> None:
        """Take note of the slot whose rows are computed and written now."""

    def rows_written(self, rows: int) -> None:
        """Count rows of the present slot that were written."""

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Take note of how many files are published while slots are still issued; not in the thread of these."""

    def files_wait(self, files: int, forecast: str) -> None:
        """Take note of how many files are published next, and of what that will take, `""` where nobody can say."""

    def file_placed(self, file: WaitingFile) -> None:
        """Take note that a file stands in its folder."""


@dataclass(slots=True)
class RunOutcome:
    """What a run did and what is left."""

    run: RunInstant
    due: tuple[Slot, ...]
    swept: tuple[str, ...] = ()
    issued: list[IssuedSlot] = field(default_factory=list)
    held_back: list[HeldBack] = field(default_factory=list)
    refused: list[RefusedSlot] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    published: Published = field(default_factory=lambda: Published(0, 0, ()))
    placed_reports: list[Report] = field(default_factory=list)
    proved: list[WaitingFile] = field(default_factory=list)
    doubts: list[Discrepancy] = field(default_factory=list)
    waiting: list[WaitingFile] = field(default_factory=list)
    source_error: EcosmigError | None = None
    destination_error: EcosmigError | None = None
    chain: ChainEnd | None = None
    """What the chain of acts ends with; that it isn't anchored changes no exit status."""

    @property
    def findings(self) -> list[str]:
        """What the source showed that its contract rules out."""
        of_slots = [*(slot.findings for slot in self.issued), *(slot.findings for slot in self.held_back)]
        return [finding for findings in of_slots for finding in findings]

    @property
    def exit_status(self) -> ExitStatus:
        """The largest of 20 to 30, else 10, else 0 (interface.md)."""
        statuses = [stopped.exit_status for stopped in self.published.stopped]
        statuses += [slot.error.exit_status for slot in self.refused]
        if self.source_error is not None:
            statuses.append(self.source_error.exit_status)
        if self.destination_error is not None:
            statuses.append(self.destination_error.exit_status)
        if self.findings or any(doubt.kind in OF_STRANGERS for doubt in self.doubts):
            statuses.append(ExitStatus.FINDING)
        if self.waiting or self.doubts or self.held_back:
            statuses.append(ExitStatus.UNPROVED)
        return max(statuses, default=ExitStatus.OK)


def planned(parts: Parts, as_of: datetime | None, narrowing: Narrowing) -> tuple[RunInstant, list[Slot]]:
    """Return the instant to act at and the slots that are due then."""
    run = run_instant(now=parts.now(), as_of=as_of, settle=parts.settle, last_cut_off=parts.ledger.last_cut_off())
    last = {report: entry.slot.due_at for report, entry in parts.ledger.last_slots().items()}
    return run, due_slots_of(start=parts.start, at=run.at, last_slots=last, reports=narrowing.reports)


def run_everything(parts: Parts, *, as_of: datetime | None, narrowing: Narrowing, watcher: Watcher) -> RunOutcome:
    """Do one run and return what it did.

    A source that can't be used stops the issuing, not the publishing of what was issued before. Raises
    `LedgerBehindError` where the outbox shows that the ledger is not the newest.
    """
    refuse_unknown_issues(parts.ledger, parts.outbox)
    run, due = planned(parts, as_of, narrowing)
    outcome = RunOutcome(run, tuple(due))
    outcome.swept = _swept(parts)
    _issue(parts, outcome, narrowing, watcher)
    publish_covered(parts, outcome, narrowing, watcher)
    return outcome


def _swept(parts: Parts) -> tuple[str, ...]:
    """Clear the outbox of what no run will ever record; return what that was."""
    # In this order a run that stands still here, and is taken over from, takes away nothing that the other one makes:
    # what was there before the lease was confirmed was made by an earlier run.
    names = parts.outbox.names()
    known = parts.ledger.outbox_directories()
    if not known.issuperset(names):
        parts.ledger.confirm_lease(anew=True)
    return tuple(parts.outbox.sweep(known, among=names))


def publish_covered(parts: Parts, outcome: RunOutcome, narrowing: Narrowing, watcher: Watcher) -> None:
    """Publish and prove what waits and is covered, and anchor the chain; `outcome` takes what became of it."""
    outcome.waiting = [file for file in parts.ledger.waiting() if narrowing.covers(file)]
    # With nothing to put and nothing to prove, the destination isn't asked for anything.
    if outcome.waiting:
        try:
            _publish(parts, outcome, narrowing, watcher)
        except DestinationError as error:
            outcome.destination_error = error
        outcome.waiting = [file for file in parts.ledger.waiting() if narrowing.covers(file)]
    outcome.published = replace(
        outcome.published, stopped=(*outcome.published.stopped, *_stand_still(parts, outcome, narrowing))
    )
    outcome.chain = anchor_chain(parts.ledger, parts.destination, failed=outcome.destination_error)


def _stand_still(parts: Parts, outcome: RunOutcome, narrowing: Narrowing) -> list[Stopped]:
    """Return the streams that a recovery refused and of which nothing waits: every run says so until it is settled."""
    if narrowing.names:
        return []
    said = {(it.recipient, it.report) for it in outcome.published.stopped}
    return [
        Stopped(recipient, report, str(error), error.hint, error.exit_status, 0)
        for (recipient, report), error in refused_streams(parts.ledger).items()
        if (recipient, report) not in said and narrowing.covers_stream(report, recipient)
    ]


def _publish(parts: Parts, outcome: RunOutcome, narrowing: Narrowing, watcher: Watcher) -> None:
    """Place what waits and prove what was placed; raise `DestinationError` where the destination as a whole fails."""
    destination = parts.destination
    folders = parts.ledger.folders()
    # Where nobody who waits has a folder, the destination isn't asked for anything either.
    beginning, behind = None, {}
    if isinstance(destination, FollowsChanges) and any(file.recipient in folders for file in outcome.waiting):
        beginning = begin_following(parts.ledger, destination)
    unplaced = [file for file in outcome.waiting if file.published_at is None]
    if unplaced:
        homes = {file.recipient for file in unplaced} & folders.keys()
        behind = streams_behind(homes, ledger=parts.ledger, destination=destination, beginning=beginning)
        watcher.files_wait(len(unplaced), _forecast(parts, unplaced, homes))
        _guard(parts, outcome, [file for file in unplaced if _may_go(file, homes, behind)])
    published = _place(parts, outcome, watcher, outcome.waiting, behind, refused={it.slot for it in outcome.refused})
    outcome.published = _together(outcome.published, published)
    unproved = [file for file in parts.ledger.waiting() if narrowing.covers(file)]
    on_its_way = [file for file in unproved if file.published_at is not None]
    outcome.doubts = _prove(on_its_way, beginning.token if beginning else None, parts)
    left = {file.file_id for file in parts.ledger.waiting()}
    outcome.proved = [file for file in on_its_way if file.file_id not in left]


def _place_ahead(
    parts: Parts, outcome: RunOutcome, narrowing: Narrowing, watcher: Watcher, slots: Collection[Slot], stopping: Event
) -> None:
    """Place what these slots issued while others are still issued; what is left, whyever, is left to the end.

    Nothing is proved here: that takes one look at all that was placed. Raises as `_publish` does.
    """
    ledger, destination, folders = parts.ledger, parts.destination, parts.ledger.folders()
    covered = (file for file in ledger.waiting() if narrowing.covers(file))
    files = [file for file in may_go_ahead(covered, slots) if file.recipient in folders]
    if not files:
        return
    # Its token is kept until something is proved: the end of the run follows from the same.
    beginning = begin_following(ledger, destination) if isinstance(destination, FollowsChanges) else None
    homes = {file.recipient for file in files}
    behind = streams_behind(homes, ledger=ledger, destination=destination, beginning=beginning)
    watcher.files_go_ahead(len(files), _forecast(parts, files, homes))
    placed = _place(parts, outcome, watcher, files, behind, stopping=stopping)
    outcome.published = _together(outcome.published, replace(placed, stopped=()))


def _place(
    parts: Parts,
    outcome: RunOutcome,
    watcher: Watcher,
    files: Sequence[WaitingFile],
    behind: Mapping[tuple[Signifier, Report], EcosmigError],
    *,
    refused: Collection[Slot] = (),
    stopping: Event | None = None,
) -> Published:
    def placed(file: WaitingFile) -> None:
        outcome.placed_reports.append(file.report)
        watcher.file_placed(file)

    return publish_waiting(
        files,
        ledger=parts.ledger,
        outbox=parts.outbox,
        destination=parts.destination,
        workers=parts.workers,
        now=parts.now,
        on_file=placed,
        behind=behind,
        refused=refused,
        stopping=stopping,
    )


def _forecast(parts: Parts, files: Sequence[WaitingFile], homes: Collection[Signifier]) -> str:
    placeable = sum(file.recipient in homes for file in files)
    return parts.forecast(placeable, len(homes)) if placeable else ""


def _together(earlier: Published, later: Published) -> Published:
    return Published(earlier.placed + later.placed, earlier.adopted + later.adopted, (*earlier.stopped, *later.stopped))


def _may_go(file: WaitingFile, homes: Collection[Signifier], behind: Collection[tuple[Signifier, Report]]) -> bool:
    return file.recipient in homes and (file.recipient, file.report) not in behind and file.brake is None


def _guard(parts: Parts, outcome: RunOutcome, files: Sequence[WaitingFile]) -> None:
    """Let the leak guard read what waited since an earlier run; what this run made has passed it already."""
    fresh = {issued.slot for issued in outcome.issued}
    waited = [file for file in files if Slot(file.due_at, file.report) not in fresh]
    guarded = guard_waiting(waited, ledger=parts.ledger, outbox=parts.outbox, open_data=parts.open_data)
    outcome.refused += guarded.refused
    outcome.source_error = outcome.source_error or guarded.source_error


def _prove(placed: Sequence[WaitingFile], token: str | None, parts: Parts) -> list[Discrepancy]:
    """Prove by what changed where that can be followed, else by listing the folders."""
    ledger, destination, now = parts.ledger, parts.destination, parts.now
    if token is None or not isinstance(destination, FollowsChanges):
        return prove(placed, ledger=ledger, destination=destination, now=now)
    try:
        return prove_by_changes(placed, token=token, ledger=ledger, destination=destination, now=now)
    except ChangesLostError:
        return prove_by_listing(placed, ledger=ledger, destination=destination, now=now)


def _issue(parts: Parts, outcome: RunOutcome, narrowing: Narrowing, watcher: Watcher) -> None:
    """Issue what is due; where that is much, what was issued is published meanwhile."""
    if not outcome.due:
        return
    # Only here, so that a run with nothing due doesn't pay for the engine.
    from ecosmig_publish.workflows.issuing.run import issue_due_slots  # noqa: PLC0415

    watcher.slots_are_due(outcome.due)
    with publishing_ahead(partial(_place_ahead, parts, outcome, narrowing, watcher), parts.ahead) as tell:
        try:
            for issued in issue_due_slots(
                outcome.due,
                open_data=parts.open_data,
                ledger=parts.ledger,
                outbox=parts.outbox,
                policy=parts.policy,
                run=outcome.run,
                on_slot=watcher.slot_begins,
                on_rows=watcher.rows_written,
                on_held_back=outcome.held_back.append,
                on_refused=outcome.refused.append,
                on_note=outcome.notes.append,
            ):
                outcome.issued.append(issued)
                if issued.slot != outcome.due[-1]:
                    tell(issued)
        except SourceError as error:
            outcome.source_error = error
