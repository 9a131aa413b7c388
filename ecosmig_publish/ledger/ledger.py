"""The ledger: what was issued and what became of it."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Self

from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger import (
    access,
    acts,
    anchors,
    births,
    brakes,
    corrections,
    findings,
    folders,
    heads,
    holds,
    issues,
    loading,
    publications,
    readings,
    recalls,
    receipts,
    recovering,
    resends,
    seeds,
    slots,
    source_watermarks,
    stopped,
    streams,
    version,
    withdrawals,
)
from ecosmig_publish.ledger.databases import database_at
from ecosmig_publish.ledger.leases import TERMS, Lease, holding, told_of_loss

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType

    from sqlalchemy import Connection, Engine

    from ecosmig_publish.emrr.terms import Report, Signifier, Slot
    from ecosmig_publish.ledger.amendments import CorrectionBirth, IssueName, ResendEntry, WithdrawalEntry
    from ecosmig_publish.ledger.anchors import Anchor, AnchoredAct
    from ecosmig_publish.ledger.chain import Act, Deed
    from ecosmig_publish.ledger.databases import Database
    from ecosmig_publish.ledger.entries import (
        AccessChange,
        AccessProof,
        Actor,
        FolderEntry,
        PublishedEntry,
        ReceiptEntry,
        SlotBirth,
        SlotEntry,
        Watermark,
    )
    from ecosmig_publish.ledger.heads import Head
    from ecosmig_publish.ledger.leases import LeaseTerms
    from ecosmig_publish.ledger.recovering import Recovery
    from ecosmig_publish.ledger.seeds import SlotSeed, StreamSeed
    from ecosmig_publish.ledger.spans import Spans
    from ecosmig_publish.ledger.views import (
        BrakedIssue,
        BrakedSlot,
        Finding,
        OpenHold,
        RecordedFile,
        RecordedIssue,
        RecordedReceipt,
        RecordedSlot,
        RecordedStream,
        SlotKeys,
        SlotProblem,
        SourceWatermark,
        WaitingFile,
    )


class Ledger:
    """One ledger, open: every reading is of one moment, every writing one transaction with its act.

    Made by `open` or `open_existing`. Several threads and processes may use it at once. Everything here may
    raise `LedgerError`, and then nothing was recorded.
    """

    def __init__(self, database: Database, engine: Engine, actor: Actor, now: Callable[[], datetime]) -> None:
        self._database = database
        self._engine = engine
        self._actor = actor
        self._now = now
        self._lease: Lease | None = None

    @classmethod
    def open(cls, url: str, *, base: Path, actor: Actor, now: Callable[[], datetime]) -> Self:
        """Open the ledger to read and write; make it, or bring it up to this version, where needed."""
        database = database_at(url, base=base)
        with database.faults():
            database.make()
        ledger = cls(database, database.engine(read_only=False), actor, now)
        try:
            ledger._bring_up_to_date()
        except BaseException:
            ledger.close()
            raise
        return ledger

    @classmethod
    def open_existing(cls, url: str, *, base: Path, actor: Actor, now: Callable[[], datetime]) -> Self | None:
        """Open the ledger to read only, or return None where there is none yet; makes and changes nothing."""
        database = database_at(url, base=base)
        with database.faults():
            if not database.is_there():
                return None
        ledger = cls(database, database.engine(read_only=True), actor, now)
        try:
            revision = ledger._known_revision()
        except BaseException:
            ledger.close()
            raise
        if revision == version.CURRENT:
            return ledger
        ledger.close()
        if revision is None:
            return None
        raise LedgerError(
            f"ledger {database.name}: its schema is {revision}, this ecosmig {actor.version} reads {version.CURRENT}",
            hint="The next run brings it up to date: ecosmig publish --all",
        )

    @property
    def name(self) -> str:
        """What the ledger is called in messages: where it is kept, without a password."""
        return self._database.name

    @contextmanager
    def leased(self, terms: LeaseTerms = TERMS) -> Iterator[Lease]:
        """Hold the ledger's lease: from now on a record is refused with `LeaseLostError` once another run has it.

        Raises `LockedError` where another run has it now.
        """
        with holding(Lease(self._database, self._engine, self._actor, self._now, terms=terms)) as lease:
            self._lease = lease
            try:
                yield lease
            finally:
                self._lease = None

    def confirm_lease(self, *, anew: bool = False) -> None:
        """Raise `LeaseLostError` where another run took the lease over; said before anything outside is changed.

        Costs nothing soon after a renewal; `anew` looks in any case. A ledger opened without a lease has none to lose.
        """
        if self._lease is not None:
            self._lease.confirm(anew=anew)

    def close(self) -> None:
        """Close the ledger's connections."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def last_slots(self) -> dict[Report, SlotEntry]:
        """Return the latest slot of each report that has one."""
        with self._reading() as connection:
            return slots.last_slots(connection)

    def last_cut_off(self) -> datetime | None:
        """Return the latest cut-off that any slot used, None before the first."""
        with self._reading() as connection:
            return slots.last_cut_off(connection)

    def last_sequences(self, report: Report) -> dict[Signifier, int]:
        """Return the last number of every stream of a report that has one."""
        with self._reading() as connection:
            return streams.last_sequences(connection, report)

    def open_holds(self, report: Report | None = None) -> list[OpenHold]:
        """Return what is held now, by report, the longest held first."""
        with self._reading() as connection:
            return holds.open_holds(connection, report)

    def keys_ever_held(self, report: Report) -> set[str]:
        """Return the keys of all rows that a report has ever held, whatever became of them since."""
        with self._reading() as connection:
            return holds.keys_ever_held(connection, report)

    def reported_keys(self, report: Report, after: datetime | None = None) -> Iterator[bytes]:
        """Yield what slots of a report, due `after` an instant, recorded as reported, in the order in which it was."""
        with self._reading() as connection:
            yield from slots.reported_keys(connection, report, after)

    def out_of_report(self, report: Report) -> dict[str, datetime]:
        """Return the rows that an issue carried until it was amended, and that belonged in its report no more.

        By key: when the latest slot fell due that found so.
        """
        with self._reading() as connection:
            return recalls.out_of_report(connection, report)

    def outbox_directories(self) -> set[str]:
        """Return the first path component of every file's place in the outbox."""
        with self._reading() as connection:
            return slots.outbox_directories(connection)

    def waiting(self) -> list[WaitingFile]:
        """Return every file not yet proved in its folder, by recipient, report and number."""
        with self._reading() as connection:
            return publications.waiting_files(connection)

    def files(
        self,
        recipient: Signifier | None = None,
        report: Report | None = None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
    ) -> Iterator[RecordedFile]:
        """Yield every issued file, or those of a recipient or report, by recipient, report and number.

        `since` leaves out those of slots that fell due before it, `until` those of slots due at it or later.
        """
        with self._reading() as connection:
            yield from publications.read_files(connection, recipient, report, since=since, until=until)

    def files_named(self, names: Collection[str]) -> dict[str, RecordedFile]:
        """Return the issued files of these names, by name."""
        with self._reading() as connection:
            return publications.files_named(connection, names)

    def files_of_items(self, item_ids: Collection[str]) -> dict[str, RecordedFile]:
        """Return the published files that the destination knows by these ids, by id."""
        with self._reading() as connection:
            return publications.files_of_items(connection, item_ids)

    def readings(self) -> Spans[datetime]:
        """Return when files were last read again, by their numbers; those in no span never were."""
        with self._reading() as connection:
            return readings.read_spans(connection)

    def reading_counts(self) -> tuple[int, int, datetime | None]:
        """Return how many files were read again, how many of them were not as issued, when the first of them was."""
        with self._reading() as connection:
            return readings.count_readings(connection)

    def last_file_number(self) -> int:
        """Return the number of the newest file, 0 before the first."""
        with self._reading() as connection:
            return readings.last_number(connection)

    def standing_files(self, first: int, last: int, limit: int) -> list[RecordedFile]:
        """Return the first so many files between two numbers that are proved in their folders, and not removed."""
        with self._reading() as connection:
            return publications.standing_files(connection, first, last, limit)

    def weigh(self, ranges: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """Return how many such files there are in ranges of numbers, and how many bytes they have."""
        with self._reading() as connection:
            return readings.weigh(connection, ranges)

    def receipts(self, recipient: Signifier | None = None) -> dict[int, RecordedReceipt]:
        """Return what is known of who read the published files, by file id; of the others nothing is."""
        with self._reading() as connection:
            return receipts.read_receipts(connection, recipient)

    def receipt_counts(self) -> tuple[dict[str, int], int, datetime | None]:
        """Return how many proved files are known as read, opened, not yet, how many there are, when was last asked."""
        with self._reading() as connection:
            return receipts.count_receipts(connection)

    def slots(self, report: Report | None = None, limit: int | None = None) -> list[RecordedSlot]:
        """Return the slots with their counts, latest first."""
        with self._reading() as connection:
            return slots.read_slots(connection, report, limit)

    def issues(self, named: IssueName) -> list[RecordedIssue]:
        """Return the issues that a name fits, oldest first."""
        with self._reading() as connection:
            return issues.read_issues(connection, named)

    def amended_issues(self) -> list[RecordedIssue]:
        """Return the issues that were superseded, withdrawn, or made by a correction, oldest first."""
        with self._reading() as connection:
            return issues.amended_issues(connection)

    def slot_entry(self, slot: Slot) -> SlotEntry | None:
        """Return a slot as it was issued or skipped, None where it is not recorded."""
        with self._reading() as connection:
            return slots.slot_entry(connection, slot)

    def slot_before(self, slot: Slot) -> SlotEntry | None:
        """Return the slot of the same report before one, None where there is none."""
        with self._reading() as connection:
            return slots.slot_before(connection, slot)

    def keys_of(self, issue: RecordedIssue) -> SlotKeys:
        """Return what is known of the rows that an issue's slot reported, beside its bounds."""
        with self._reading() as connection:
            return issues.keys_of(connection, issue)

    def streams(self) -> list[RecordedStream]:
        """Return all streams, by report and recipient, with what waits in each."""
        with self._reading() as connection:
            return streams.read_streams(connection)

    def problems(self, slot: Slot | None = None, report: Report | None = None) -> list[SlotProblem]:
        """Return problems as they were listed, latest slot first: of one slot, of one report, or all."""
        with self._reading() as connection:
            return slots.read_problems(connection, slot, report)

    def folders(self) -> dict[Signifier, FolderEntry]:
        """Return every onboarded recipient's folder, by signifier."""
        with self._reading() as connection:
            return folders.read_folders(connection)

    def access_proofs(self) -> dict[Signifier, AccessProof]:
        """Return the latest look at who can read each recipient's folder, by signifier."""
        with self._reading() as connection:
            return access.read_access_proofs(connection)

    def change_token(self, library: str) -> str | None:
        """Return the token from which a library's changes are followed next, None before the first."""
        with self._reading() as connection:
            return access.change_token(connection, library)

    def heads(self) -> dict[tuple[Report, Signifier], Head]:
        """Return the highest number that was seen in a folder, of every stream of which anything was."""
        with self._reading() as connection:
            return heads.read_heads(connection)

    def unknown_heads(self, seen: Iterable[Head]) -> dict[tuple[Report, Signifier], Head]:
        """Return the highest of what was seen where it is beyond what was issued here, or under another name."""
        with self._reading() as connection:
            return heads.unknown_heads(connection, seen)

    def never_published(self) -> set[Signifier]:
        """Return the onboarded recipients into whose folders nothing was published yet."""
        with self._reading() as connection:
            return heads.never_published(connection)

    def recent_sizes(self, report: Report, recipient: Signifier, limit: int) -> list[int]:
        """Return how many rows the latest issues of a stream have, latest first; not those held or taken back."""
        with self._reading() as connection:
            return brakes.recent_sizes(connection, report, recipient, limit)

    def steady_recipients(self, report: Report, count: int) -> set[Signifier]:
        """Return who had rows in each of a report's last `count` slots."""
        with self._reading() as connection:
            return brakes.steady_recipients(connection, report, count)

    def recipients_with_rows(self, slot: Slot) -> set[Signifier] | None:
        """Return who had rows in a slot, None where it is not recorded."""
        with self._reading() as connection:
            return brakes.recipients_with_rows(connection, slot)

    def slot_brake(self, slot: Slot) -> BrakedSlot | None:
        """Return what the brake recorded of a slot, released or not."""
        with self._reading() as connection:
            return brakes.slot_brake(connection, slot)

    def braked_slots(self) -> list[BrakedSlot]:
        """Return the slots that the brake holds now, oldest first."""
        with self._reading() as connection:
            return brakes.braked_slots(connection)

    def braked_issues(self) -> list[BrakedIssue]:
        """Return the issues that the brake holds now, oldest slot first."""
        with self._reading() as connection:
            return brakes.braked_issues(connection)

    def source_watermark(self, subject: str) -> SourceWatermark | None:
        """Return what was kept of a part of the source, None where nothing was."""
        with self._reading() as connection:
            return source_watermarks.read_source_watermark(connection, subject)

    def seeded_numbers(self) -> dict[tuple[Report, Signifier], int]:
        """Return the last number of every stream that was taken over from an older system."""
        with self._reading() as connection:
            return seeds.seeded_numbers(connection)

    def stopped_streams(self) -> dict[tuple[Report, Signifier], str]:
        """Return why each stream that the latest recovery refused is stopped."""
        with self._reading() as connection:
            return stopped.read_stopped(connection)

    def lost_numbers(self) -> dict[tuple[Report, Signifier], set[int]]:
        """Return the numbers of each stream that were used and whose files nobody has, by an operator's word."""
        with self._reading() as connection:
            return stopped.read_lost(connection)

    def gave_way(self) -> set[str]:
        """Return the names of all files that gave way to what a recovery found."""
        with self._reading() as connection:
            return recovering.gave_way(connection)

    def reported_holds(self, report: Report, since: datetime) -> set[str]:
        """Return the keys of the holds that ended as reported by a slot due at `since` or later."""
        with self._reading() as connection:
            return recovering.reported_holds(connection, report, since)

    def reported_keys_before(self, report: Report, due_at: datetime) -> list[bytes]:
        """Return what slots due before an instant recorded as reported."""
        with self._reading() as connection:
            return recovering.reported_keys_before(connection, report, due_at)

    def findings(self) -> list[Finding]:
        """Return all findings, oldest first."""
        with self._reading() as connection:
            return findings.read_findings(connection)

    def acts(self, limit: int | None = None, *, kind: str | None = None) -> Iterator[Act]:
        """Yield the acts oldest first: all, the newest `limit` of them, or those of one kind."""
        with self._reading() as connection:
            yield from acts.read_acts(connection, limit=limit, kind=kind)

    def newest_act(self) -> Act | None:
        """Return the act that the chain ends with, None where there is none."""
        return next(self.acts(limit=1), None)

    def head(self) -> str:
        """Return the hash of the newest act, with which the chain ends; empty where there is none."""
        newest = self.newest_act()
        return newest.hash if newest else ""

    def chain_end(self) -> tuple[Act, Anchor | None] | None:
        """Return the newest act, and its anchor unless that was written already; None where there is no act."""
        with self._reading() as connection:
            newest = next(acts.read_acts(connection, limit=1), None)
            first = acts.read_act(connection, 1)
            if newest is None or first is None:
                return None
            anchor = anchors.anchor_of(first, newest)
            return newest, None if anchors.is_anchored(connection, anchor.name) else anchor

    def anchored(self) -> list[AnchoredAct]:
        """Return the acts that were anchored, in their order."""
        with self._reading() as connection:
            return anchors.read_anchored(connection)

    def newest_anchored(self) -> AnchoredAct | None:
        """Return the newest act that was anchored, None where none was."""
        with self._reading() as connection:
            return anchors.newest_anchored(connection)

    def record_slot(self, birth: SlotBirth) -> None:
        """Record a slot with all that is born with it: numbers, files, holds, problems."""
        self._record(lambda connection: births.record_slot(connection, birth))

    def record_correction(self, birth: CorrectionBirth) -> None:
        """Record an issue that corrects a slot for one recipient, with all that is born with it."""
        self._record_all(corrections.changes(birth, self._now()))

    def record_withdrawal(self, entry: WithdrawalEntry) -> None:
        """Record that an issue is taken back."""
        self._record(lambda connection: withdrawals.record_withdrawal(connection, entry))

    def record_resend(self, entry: ResendEntry) -> None:
        """Let an issue's published files wait once more."""
        self._record(lambda connection: resends.record_resend(connection, entry))

    def record_all_published(self, entries: Iterable[PublishedEntry]) -> None:
        """Record that files stand in their folders: all of them, or none.

        Streams go in order; the same again changes nothing.
        """
        self._record_all(
            partial(
                publications.record_published,
                file_id=it.file_id,
                item_id=it.item_id,
                published_at=it.published_at,
                adopted=it.adopted,
            )
            for it in entries
        )

    def record_proved(self, proved: Iterable[tuple[int, int, str]], proved_at: datetime) -> None:
        """Record what an independent listing showed: (file id, size, quickXorHash) each."""
        self._record(lambda connection: publications.record_proved(connection, proved, proved_at))

    def record_receipts(self, recipient: Signifier, entries: Sequence[ReceiptEntry], asked_at: datetime) -> None:
        """Record what a destination said of who read a recipient's files; what was once known stays known."""
        self._record(lambda connection: receipts.record_receipts(connection, recipient, entries, asked_at))

    def record_readings(self, agreed: Collection[int], failed: Collection[int], read_at: datetime) -> None:
        """Record which files, by their numbers, were read again and were as issued, and which were not."""
        self._record(lambda connection: readings.record_readings(connection, agreed, failed, read_at))

    def record_conflict(self, file_id: int, detail: str) -> None:
        """Record what stands in a file's place; shown until the file is published."""
        self._record(lambda connection: publications.record_conflict(connection, file_id, detail, self._now()))

    def record_folder(self, entry: FolderEntry) -> None:
        """Pin a recipient's folder by its id, once."""
        self._record(lambda connection: folders.record_folder(connection, entry))

    def record_access_proof(self, proof: AccessProof, changed: AccessChange | None = None) -> None:
        """Record who can read a recipient's folder, as an administrator saw it, and what was changed just before."""
        of_change = [] if changed is None else [lambda _connection: access.deed_of_change(proof, changed)]
        self._record_all([*of_change, lambda connection: access.record_access_proof(connection, proof)])

    def record_change_token(self, library: str, token: str) -> None:
        """Keep the token from which a library's changes are followed next; no act."""
        self._record(lambda connection: access.record_change_token(connection, library, token, self._now()))

    def record_anchor(self, anchor: Anchor) -> None:
        """Note that an act's anchor was written; no act."""
        self._record(lambda connection: anchors.record_anchor(connection, anchor, self._now()))

    def record_heads(self, seen: Sequence[Head]) -> None:
        """Let the heads rise to what was seen in recipients' folders; no act."""
        if seen:
            self._record(lambda connection: heads.record_heads(connection, seen, self._now()))

    def replace_heads(self, recipients: Collection[Signifier], seen: Sequence[Head]) -> None:
        """Let the heads of these recipients be what their folders were just seen to hold; no act."""
        self._record(lambda connection: heads.replace_heads(connection, recipients, seen, self._now()))

    def load_backup(self, path: Path) -> None:
        """Bring back all that a backup holds. Raises `UsageError` where this ledger knows a slot or a folder."""
        self._record(lambda connection: loading.load_backup(connection, path))

    def refuse_filled(self) -> None:
        """Raise `UsageError` where this ledger knows a slot or a folder: no backup goes over it."""
        with self._reading() as connection:
            loading.refuse_filled(connection)

    def record_recovery(self, recovery: Recovery) -> None:
        """Record what a recovery found: slots, issues, held rows, what gave way to them."""
        self._record(lambda connection: recovering.record_recovery(connection, recovery))

    def record_seeds(self, streams: tuple[StreamSeed, ...], slots: tuple[SlotSeed, ...]) -> None:
        """Record the last numbers and slots that an older system issued."""
        self._record(lambda connection: seeds.record_seeds(connection, streams, slots, self._now()))

    def record_finding(self, kind: str, detail: Mapping[str, object]) -> None:
        """Record what a person should look at; `detail` is what JSON can say, without personal data."""
        self._record(lambda connection: findings.record_finding(connection, kind, detail, self._now()))

    def record_finding_once(self, kind: str, detail: Mapping[str, object]) -> bool:
        """Record a finding, and return whether it is new; the same again changes nothing."""
        if any(known.kind == kind and known.detail == detail for known in self.findings()):
            return False
        self.record_finding(kind, detail)
        return True

    def hold_slot(self, slot: Slot, reason: str, held_at: datetime) -> None:
        """Record that the brake did not let a slot be issued; the same again changes nothing."""
        self._record(lambda connection: brakes.hold_slot(connection, slot, reason, held_at))

    def release(self, issue_ids: Iterable[int], slots: Iterable[Slot]) -> None:
        """Let issues be published and slots be issued that the brake holds: all of them, or none."""
        at = self._now()
        of_issues = [partial(brakes.release_issue, issue_id=it, released_at=at) for it in issue_ids]
        self._record_all([*of_issues, *(partial(brakes.release_slot, slot=it, released_at=at) for it in slots)])

    def rebase_watermark(self, report: Report, watermark: Watermark) -> None:
        """Let a report's latest slot be compared with `watermark` from now on: a finding was looked at."""
        self._record(lambda connection: slots.rebase_watermark(connection, report, watermark))

    @contextmanager
    def at_one_moment(self) -> Iterator[Connection]:
        """Yield a connection for what reads the ledger as a whole: all of it is as of one moment; it writes nothing."""
        with self._reading() as connection:
            yield connection

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._database.faults(), self._engine.connect() as connection:
            try:
                yield connection
            except (TypeError, ValueError) as error:
                # An instant, a number or a text in JSON that none of this program's versions wrote.
                raise LedgerError(
                    f"ledger {self.name}: a row of it can't be understood: {error}",
                    hint="ecosmig ledger check names every row that is wrong.",
                ) from error

    def _record(self, change: Callable[[Connection], Deed | None]) -> None:
        """Make a change and append its act, in one transaction; a change that was none leaves no act."""
        self._record_all((change,))

    def _record_all(self, changes: Iterable[Callable[[Connection], Deed | None]]) -> None:
        """Make several changes as `_record` does, in one transaction."""
        with (
            told_of_loss(self._lease),
            self._database.faults(),
            self._database.writing(self._engine).begin() as connection,
        ):
            if self._lease is not None:
                self._lease.refuse_lost(connection)
            for change in changes:
                deed = change(connection)
                if deed is not None:
                    acts.append_act(connection, deed, self._actor, self._now())

    def _known_revision(self) -> str | None:
        with self._reading() as connection:
            return self._revision_on(connection)

    def _revision_on(self, connection: Connection) -> str | None:
        revision = version.stored_revision(connection, self.name)
        if revision is not None:
            version.refuse_newer(connection, self.name, revision, self._actor.version)
        return revision

    def _bring_up_to_date(self) -> None:
        if self._known_revision() == version.CURRENT:
            return
        with self._database.faults(), self._database.writing(self._engine).begin() as connection:
            # Another process may have done it while this one waited for the lock.
            revision = self._revision_on(connection)
            if revision == version.CURRENT:
                return
            version.bring_up_to_date(connection)
            if revision is not None:
                acts.append_act(connection, version.upgrade_deed(revision), self._actor, self._now())
