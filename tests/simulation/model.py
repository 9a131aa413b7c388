"""A stateful random model: a small installation, everything that may happen to it, and what each recipient must hold.

What must stand in the folders is said by the plain implementation of the six reports; what was ever seen there is
judged by `History`.
"""

from __future__ import annotations

import errno
import shutil
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.anchoring.checking import audit_chain
from ecosmig_publish.workflows.running import Narrowing
from tests.crashes.disturbing import Disturbance
from tests.destinations.sharepoint.driven import DrivenTime
from tests.plain.amending import SUMMARIES, correct, release
from tests.plain.reports import Reports, Run, _Slot, slots
from tests.sharepoint.faults import kinds
from tests.simulation.history import Gone, History, ReadersBecame
from tests.simulation.ledgers import InFile, OnServer
from tests.simulation.places import FolderPlace, Place, SharePointPlace
from tests.simulation.publisher import OUR_FAULT, Publisher
from tests.workflows.made import attempt, device_id, failed, installation, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plain.data import Data, Row
    from tests.plain.reports import Issued
    from tests.postgresql import Server

BEGINS = datetime(2024, 3, 31, 18, 30)  # noqa: DTZ001 - naive UTC, as in the source
"""The Sunday before a Monday that is the 1st: within two days every report falls due."""
HOUR, DAY, SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)
DEVICES = 8
PARTIES = ("PXX001", "PXX002", "PXX003", "PXX004")
CALM_RUNS = 6
KINDS = sorted(kinds(DrivenTime()))

_devices = st.integers(1, DEVICES)
_parties = st.sampled_from(PARTIES)
_sooner = st.integers(0, 7).flatmap(lambda octave: st.integers(1, 2**octave))
"""Points of a run, the first ones more often than their share."""
_some = st.integers(0, 1 << 16)
_hours = st.sampled_from([6, 12, 24, 12, 0, 6, 31])
"""How long after the last run the next one begins."""


class Model(RuleBasedStateMachine):
    """One installation; its kind of destination is a subclass's."""

    place: Place
    server: ClassVar[Server | None] = None
    """Where the ledgers are, each in a database of its own; None: in a file."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="ecosmig-model-"))
        self.driven = DrivenTime()
        self.place = self.make_place()
        self.data: Data = source(DEVICES)
        self.data.parties[1]["party_name"] = 'Baker & "Co"'
        self.plain = Reports(BEGINS)
        self.expected: dict[str, bytes] = {}
        self.history = History(None)
        self.publisher = Publisher(
            self.home,
            self.place,
            BEGINS,
            f"parquet:{self.home / 'data'}",
            ledger=OnServer(self.server) if self.server else InFile(self.home),
        )
        self.at = BEGINS
        self.number = 0
        self.decided: list[Issued] = []
        """What was taken back: a ledger that is lost takes that with it, and no folder can tell."""
        self.undo: list[Callable[[], None]] = []
        self.has_changed = True
        self.untried: set[str] = set()
        """Reports whose held rows a recovery found, and no slot has tried yet: why they are held is not known."""

    def make_place(self) -> Place:
        """Return where this model publishes to."""
        raise NotImplementedError

    @initialize(issues_empty=st.booleans(), rows_per_file=st.sampled_from([7, 999_999]))
    def begin(self, issues_empty: bool, rows_per_file: int) -> None:  # noqa: FBT001 - hypothesis names it
        self.plain = Reports(BEGINS, issues_empty=issues_empty, rows_per_file=rows_per_file)
        empty = "issue" if issues_empty else "skip"
        self.publisher.options = f'empty_reports = "{empty}"\nrows_per_file = {rows_per_file}\n'
        self.place.onboard(self.register(), self.publisher.wiring(self.register()))
        for of in range(1, DEVICES + 1):
            self.a_meter_is_installed(of, "PENDING", of)
            self.an_attempt_is_recorded(of, is_success=of % 3 == 0, hours_late=9 * of)
        # Of the days before: of what was recorded a second ago, the first run sees all.
        self.at += HOUR

    def teardown(self) -> None:
        """Let everything be put right, and look at what every recipient holds."""
        try:
            self.put_right()
            self.judge()
        finally:
            self.place.close()
            shutil.rmtree(self.home)

    # Time and data

    @rule(of=_devices, is_success=st.booleans(), hours_late=st.sampled_from([0, 0, 1, 7, 30, 200]))
    def an_attempt_is_recorded(self, of: int, is_success: bool, hours_late: int) -> None:  # noqa: FBT001
        self.number += 1
        completed_at = self.at - hours_late * HOUR - timedelta(milliseconds=self.number)
        row = (attempt if is_success else failed)(self.number, of, completed_at, recorded_at=self.at + SECOND)
        self.changed(self.data.migration_attempts, row)

    @rule(of=_devices, comes_from=st.sampled_from(["PENDING", "WHITELISTED", "SUSPENDED"]), late=st.integers(0, 40))
    def a_meter_is_installed(self, of: int, comes_from: str, late: int) -> None:
        self.number += 1
        row = installation(self.number, of, self.at - late * HOUR, from_status=comes_from, recorded_at=self.at + SECOND)
        self.changed(self.data.device_status_events, row)

    @rule(of=_devices, kind=st.sampled_from(["mpxn", "ecos", "model", "type", "gone", "back"]), way=st.booleans())
    def a_device_is_mended_or_spoilt(self, of: int, kind: str, way: bool) -> None:  # noqa: FBT001
        rows = [row for row in self.data.devices if row["device_id"] == device_id(of)]
        for row in rows:
            if kind == "mpxn":
                row["mpxn"] = "1200034567013" if way else None
            elif kind == "ecos":
                row["installed_with_ecos"] = way
            elif kind == "model":
                row["model"] = "54342152" if way else "m" * 31
            elif kind == "type":
                row["device_type"] = "ESME" if way else "GSME"
            elif kind == "gone":
                self.data.devices.remove(row)
        if not rows and kind == "back":
            self.data.devices += [row for row in source(DEVICES).devices if row["device_id"] == device_id(of)]
        self.has_changed = True

    @rule(of=_devices, party=_parties, hours=st.sampled_from([-800, -30, -1, 0, 3, 40]))
    def a_device_changes_its_supplier(self, of: int, party: str, hours: int) -> None:
        """Also after the fact: then what was reported stays, and what is still to come follows the mended span."""
        if hours < 0 and self.waits():
            # The leak guard would stop the slot of what waits, until it is taken back.
            return
        since = self.at + hours * HOUR
        spans = [row for row in self.data.responsibilities if row["device_id"] == device_id(of)]
        last = max(spans, key=lambda row: row["effective_from"])
        if last["effective_from"] < since:
            last["effective_to"] = since
            self.changed(
                self.data.responsibilities,
                {**last, "sec_party_id": party, "effective_from": since, "effective_to": None},
            )

    @rule(gone=_parties, into=_parties)
    def suppliers_merge(self, gone: str, into: str) -> None:
        for of in range(1, DEVICES + 1):
            spans = [row for row in self.data.responsibilities if row["device_id"] == device_id(of)]
            if max(spans, key=lambda row: row["effective_from"])["sec_party_id"] == gone:
                self.a_device_changes_its_supplier(of, into, 3)

    @rule(party=_parties)
    def a_supplier_is_registered_or_renamed(self, party: str) -> None:
        known = [row for row in self.data.parties if row["sec_party_id"] == party]
        self.number += 1
        if known:
            known[0]["party_name"] = f"Renamed {self.number}"
        else:
            self.data.parties.append({"sec_party_id": party, "party_name": f"New {self.number}"})
        self.has_changed = True

    @rule()
    def everybody_is_onboarded(self) -> None:
        self.place.onboard(self.register(), self.publisher.wiring(self.register()))

    # Runs

    @rule(after=_hours)
    def it_publishes(self, after: int) -> None:
        self.ran(self.publisher.run(self.ready(after), self.register()))

    @rule(
        after=_hours,
        reports=st.sets(st.sampled_from(list(Report)), max_size=3),
        suppliers=st.sets(_parties, max_size=2),
    )
    def it_publishes_a_part(self, after: int, reports: set[Report], suppliers: set[str]) -> None:
        narrowing = Narrowing(frozenset(reports), frozenset(map(Signifier, suppliers)))
        self.ran(self.publisher.run(self.ready(after), self.register(), narrowing))

    @rule(after=_hours, kind=st.sampled_from(["kill", "kill", "tear"]), at=_sooner)
    def it_is_killed_at_an_act(self, after: int, kind: str, at: int) -> None:
        self.ran(self.publisher.run_in_child(self.ready(after), self.register(), Disturbance(kind, at)), -9)

    @rule(after=_hours, number=st.sampled_from([errno.ENOSPC, errno.EROFS, errno.EMFILE, errno.EIO]), at=_sooner)
    def its_disk_fails(self, after: int, number: int, at: int) -> None:
        self.ran(self.publisher.run_in_child(self.ready(after), self.register(), Disturbance("fail", at, number)), 1)

    # Amendments

    @precondition(lambda self: self.plain.issues)
    @rule(which=_some, after=_hours, publishes=st.sampled_from([True, True, False]))
    def an_issue_is_corrected(self, which: int, after: int, publishes: bool) -> None:  # noqa: FBT001
        issue = self.issue_to_amend(which)
        if issue is not None:
            at = self.ready(after)
            status = self.publisher.correct(issue.names[0], at, self.register(), publishes=publishes)
            self.expected |= correct(self.plain, issue, at, self.data).files
            self.ran(status)

    @precondition(lambda self: self.plain.issues)
    @rule(which=_some, is_deleted=st.booleans())
    def an_issue_is_sent_again(self, which: int, is_deleted: bool) -> None:  # noqa: FBT001
        issue = self.issue_to_amend(which)
        if issue is not None and self.stands(issue):
            for name in issue.names if is_deleted else ():
                self.place.remove(issue.recipient, name)
            self.ran(self.publisher.resend(issue.names[0], self.register()))

    @precondition(lambda self: self.plain.issues)
    @rule(which=_some, removes=st.booleans(), releases=st.booleans())
    def an_issue_is_taken_back(self, which: int, removes: bool, releases: bool) -> None:  # noqa: FBT001
        issue = self.issue_to_amend(which)
        if issue is None or not self.stands(issue):
            return
        self.ready()
        releases &= issue.report not in SUMMARIES
        self.publisher.withdraw(issue.names[0], self.register(), removes=removes, releases=releases)
        self.decided.append(issue)
        if releases:
            release(self.plain, issue)
        for name in issue.names if removes else ():
            del self.expected[f"{issue.recipient}/{name}"]
            self.history.see(Gone(issue.recipient, name))

    def waits(self) -> bool:
        """Whether something that was issued is still to be placed."""
        with self.publisher.wiring(self.register()).ledger() as ledger:
            return any(file.published_at is None for file in ledger.waiting())

    def issue_to_amend(self, which: int) -> Issued | None:
        """Return an issue that nothing was decided of, once everything that people did is put right."""
        free = [issue for issue in self.plain.issues if not issue.is_superseded and issue not in self.decided]
        self.an_operator_puts_it_right_anyway()
        self.place.calm()
        return free[which % len(free)] if free else None

    def stands(self, issue: Issued) -> bool:
        """Whether all of an issue was published."""
        return issue.recipient in self.place.folders and set(issue.names) <= set(self.place.names(issue.recipient))

    # State

    @rule()
    def its_ledger_is_copied(self) -> None:
        self.publisher.ledger.copy()

    @precondition(lambda self: self.expected and not self.decided)
    @rule(wholly=st.booleans())
    def its_ledger_is_lost_and_recovered(self, wholly: bool) -> None:  # noqa: FBT001
        """Wholly, or for an old copy: where anything was issued since, nothing may go on before it is rebuilt."""
        register = self.register()
        # Lost between a slot's commit and its mark in the outbox, a number that nobody saw is used anew.
        self.publisher.finish_marking(register)
        numbers = self.publisher.last_numbers(register)
        self.an_operator_puts_it_right_anyway()
        self.place.calm()
        if wholly:
            self.publisher.ledger.lose()
        elif not self.publisher.ledger.put_back():
            return
        if self.publisher.last_numbers(register) != numbers:
            assert self.publisher.run(self.ready(), register) == ExitStatus.STREAM_CONFLICT
            assert self.place.seen() == []
        self.place.onboard_again(register, self.publisher.wiring(register))
        assert self.publisher.recover(register) == ExitStatus.OK
        assert self.publisher.last_numbers(register) == numbers
        with self.publisher.wiring(register).ledger() as ledger:
            # Slots of which nothing is in any folder are forgotten, and due again.
            last = {it[-3:]: slot.slot.due_at.replace(tzinfo=None) for it, slot in ledger.last_slots().items()}
        self.plain.last_slot = last
        self.untried = set(last)

    # People

    @precondition(lambda self: self.expected)
    @rule(file=_some, act=st.sampled_from(["delete", "edit", "rename", "misplace"]), other=_parties)
    def somebody_meddles(self, file: int, act: str, other: str) -> None:
        path = sorted(self.expected)[file % len(self.expected)]
        owner, _, name = path.partition("/")
        if owner not in self.place.folders or name not in self.place.names(owner):
            return
        content = self.place.read(owner, name)
        if act == "misplace" and other in self.place.folders and other != owner:
            self.place.move(owner, name, other, name)
            self.undo.append(lambda: self.take_back(owner, other, name))
        elif act == "rename":
            self.place.move(owner, name, owner, f"old {name}")
            self.undo.append(lambda: self.place.move(owner, f"old {name}", owner, name))
        elif act == "delete":
            self.place.remove(owner, name)
            self.undo.append(lambda: self.place.put(owner, name, content))
        elif act == "edit":
            self.place.put(owner, name, content.replace(b"0", b"1"))
            self.undo.append(lambda: self.place.put(owner, name, content))
        self.people_were_seen()

    @rule(which=_some, owner=_parties)
    def somebody_drops_a_file(self, which: int, owner: str) -> None:
        """Under the name of one that waits, where any does."""
        if owner not in self.place.folders:
            return
        with self.publisher.wiring(self.register()).ledger() as ledger:
            waiting = [file.name for file in ledger.waiting() if str(file.recipient) == owner and not file.published_at]
        name = waiting[which % len(waiting)] if waiting else f"notes {which}.txt"
        if name not in self.place.names(owner):
            self.place.put(owner, name, b"mine")
            self.undo.append(lambda: self.drop_away(owner, name))
            self.people_were_seen()

    @rule(owner=_parties)
    def somebody_lets_others_read(self, owner: str) -> None:
        if owner not in self.place.folders or owner in self.history.shut:
            return
        take_back = self.place.widen(owner)
        if take_back is not None:
            self.history.see(ReadersBecame(owner, right=False))
            self.undo.append(lambda: self.narrow(owner, take_back))

    @precondition(lambda self: self.undo)
    @rule()
    def an_operator_puts_it_right(self) -> None:
        while self.undo:
            self.undo.pop()()
            self.people_were_seen()

    @precondition(lambda self: self.expected)
    @rule(which=_some)
    def a_file_of_the_outbox_is_damaged(self, which: int) -> None:
        with self.publisher.wiring(self.register()).ledger() as ledger:
            waiting = [file for file in ledger.waiting() if not file.published_at]
        if waiting:
            path = self.home / "state/outbox" / waiting[which % len(waiting)].outbox_path
            content = path.read_bytes()
            path.write_bytes(content.replace(b"DCC", b"dcc"))
            self.undo.append(lambda: (path.write_bytes(content), None)[1])

    # What holds at all times

    @invariant()
    def nothing_wrong_was_ever_seen(self) -> None:
        assert self.history.violations == []

    # How it is done

    def register(self) -> dict[str, str]:
        return {row["sec_party_id"]: row["party_name"] for row in self.data.parties}

    def changed(self, table: list[Row], row: dict[str, Any]) -> None:
        table.append(row)
        self.has_changed = True

    def ready(self, after: int = 0) -> datetime:
        """Return the instant of the next run, so many hours after the last one; the source is as it is by then."""
        self.at += after * HOUR
        if self.has_changed:
            # Rows are recorded a second from now: the cut-off may have been used.
            self.data.write_parquet(self.home / "data")
            self.has_changed = False
        return self.at

    def ran(self, status: int, *allowed: int) -> None:
        """Let the plain implementation do the slots that were issued, and look at what came to stand anywhere."""
        note(f"it ended with {status}: {self.publisher.said}")
        assert status != OUR_FAULT, self.publisher.said
        assert status in {0, 10, 20, 21, 22, *allowed}
        with self.publisher.wiring(self.register()).ledger() as ledger:
            for recorded in reversed(ledger.slots()):
                report, due_at = recorded.slot.report[-3:], recorded.slot.due_at.replace(tzinfo=None)
                if due_at > self.plain.last_slot.get(report, BEGINS):
                    assert recorded.generated_at == self.at.replace(tzinfo=UTC)
                    run = Run()
                    _Slot(self.plain, report, due_at, self.at, self.at, self.data, run).issue()
                    self.plain.last_slot[report] = due_at
                    self.untried.discard(report)
                    self.expected |= run.files
        self.look()

    def look(self) -> None:
        for event in self.place.seen():
            self.history.see(event)
            assert self.expected.get(f"{event.owner}/{event.name}") == event.content, f"{event.owner}/{event.name}"

    def people_were_seen(self) -> None:
        for event in self.place.seen(thoroughly=True):
            self.history.see(replace(event, by="somebody"))

    def take_back(self, owner: str, other: str, name: str) -> None:
        self.place.move(other, name, owner, name)
        self.history.see(Gone(other, name))

    def drop_away(self, owner: str, name: str) -> None:
        self.place.remove(owner, name)
        self.history.see(Gone(owner, name))

    def narrow(self, owner: str, take_back: Callable[[], object]) -> None:
        take_back()
        self.history.see(ReadersBecame(owner, right=True))

    def put_right(self) -> None:
        self.place.calm()
        self.an_operator_puts_it_right_anyway()
        self.everybody_is_onboarded()
        status = -1
        for _ in range(CALM_RUNS):
            self.publisher.let_go(self.register())
            status = self.publisher.run(self.ready(), self.register())
            self.ran(status)
            if status == 0:
                return
        assert status == 0

    def an_operator_puts_it_right_anyway(self) -> None:
        while self.undo:
            self.undo.pop()()
            self.people_were_seen()

    def judge(self) -> None:
        for event in self.place.seen(thoroughly=True):
            self.history.see(event)
        for report in self.plain.last_slot:
            assert slots(report, self.plain.last_slot[report], self.at) == []
        standing = {
            f"{owner}/{name}": self.place.read(owner, name)
            for owner in self.place.folders
            for name in self.place.names(owner)
        }
        assert standing == self.expected
        wiring = self.publisher.wiring(self.register())
        with wiring.ledger() as ledger:
            self.history.close({(str(it.report), str(it.recipient)): it.last_sequence for it in ledger.streams()})
            held = {(hold.report[-3:], hold.key, hold.reasons) for hold in ledger.open_holds()}
            audited = audit_chain(ledger, wiring.outbox(), wiring.anchors())
        assert self.history.violations == []
        expected = {(it, key, reasons) for it, keys in self.plain.open.items() for key, reasons in keys.items()}
        assert {it for it in held if it[0] not in self.untried} == {it for it in expected if it[0] not in self.untried}
        # A recovery holds what no file shows, also what no slot has looked at yet: an ECoS flag that was mended since.
        untried = {it[:2] for it in held if it[0] == "006" and it[0] in self.untried}
        assert {it[:2] for it in held} == {it[:2] for it in expected} | untried
        assert (audited.checked.faults, audited.unanchored, audited.error) == ([], 0, None)
        assert self.place.strays() == []


class FolderModel(Model):
    """On a disk."""

    def make_place(self) -> Place:
        return FolderPlace(self.home, self.driven)


class SharePointModel(Model):
    """In the stand-in, with its faults."""

    def make_place(self) -> Place:
        return SharePointPlace(self.home, self.driven, 2)

    @rule(
        after=_hours,
        faults=st.lists(st.tuples(st.sampled_from(KINDS), _sooner), min_size=1, max_size=4),
        second=st.one_of(st.just(0), _sooner),
        keeps_truncated=st.booleans(),
    )
    def it_publishes_through_faults(
        self,
        after: int,
        faults: list[tuple[str, int]],
        second: int,
        keeps_truncated: bool,  # noqa: FBT001
    ) -> None:
        assert isinstance(self.place, SharePointPlace)
        known = kinds(self.driven)
        self.place.sandbox.keeps_truncated = keeps_truncated
        self.place.sandbox.faults.add(*(replace(known[kind], at=at) for kind, at in faults))

        def on_request(number: int, moment: str) -> None:
            if number == second and moment == "before":
                assert not self.publisher.lets_another_in(self.register())

        self.place.line.begin(on_request)
        status = self.publisher.run(self.ready(after), self.register())
        self.place.line.begin()
        self.place.calm()
        self.ran(status)

    @rule(after=_hours, at=_sooner, moment=st.sampled_from(["before", "after"]))
    def it_is_killed_at_a_request(self, after: int, at: int, moment: str) -> None:
        at_, register = self.ready(after), self.register()
        self.ran(
            self.publisher.run_in_child(at_, register, Disturbance(), dies_at_request=at, moment=moment),
            -9,
        )
