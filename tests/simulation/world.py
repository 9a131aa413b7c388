"""One world: a source that grows, an installation that publishes it, and whatever happens to both."""

from __future__ import annotations

import signal
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.ledger import check
from ecosmig_publish.workflows.anchoring.checking import audit_chain
from ecosmig_publish.workflows.verifying import OF_STRANGERS, verify_folders
from tests.destinations.sharepoint.driven import DrivenTime
from tests.simulation.decisions import decide
from tests.simulation.growing_source import DAY, LONG_AGO, GrowingSource
from tests.simulation.history import HOLDING, History
from tests.simulation.ledgers import InFile, OnServer
from tests.simulation.mischief import Mischief
from tests.simulation.places import FolderPlace, Place, SharePointPlace
from tests.simulation.publisher import OUR_FAULT, Publisher
from tests.simulation.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.running import Narrowing
    from tests.crashes.disturbing import Disturbance
    from tests.postgresql import Server

BEGINS = datetime(2024, 3, 1, 0, 30)  # noqa: DTZ001 - naive UTC, as in the source
_CALM_RUNS = 6


@dataclass(frozen=True, slots=True)
class Scale:
    """How big a world is, and what it publishes to."""

    destination: str = "folder"
    recipients: int = 120
    devices: int = 3
    attempts_a_day: float = 150
    days: int = 60
    empty_reports: bool = True
    rows_per_file: int = 999_999
    runs_an_episode: int = 6


class World:
    """Everything is decided by the seed, but for the order in which threads take turns."""

    def __init__(self, seed: int, scale: Scale, home: Path, server: Server | None = None) -> None:
        self.seed, self.scale, self.home = seed, scale, home
        self.random = Random(seed)
        self.tally = Tally(worlds=1)
        home.mkdir(parents=True)
        self.driven = DrivenTime()
        self.source = GrowingSource(self.random, home / "data")
        self.place: Place = (
            FolderPlace(home, self.driven)
            if scale.destination == "folder"
            else SharePointPlace(home, self.driven, self.random.choice([1, 1, 2, 4]))
        )
        self.history = History(self.source)
        self.mischief = Mischief(self)
        self.at = BEGINS
        self.homeless: set[str] = set()
        """Parties of the register whose folder is still to come."""
        self._issues = 0
        self._recovered_at = LONG_AGO
        # A ledger that is lost takes what was decided with it, and nobody can know it again.
        self._decides = self.random.random() < 0.4
        self._ever_held: set[str] = set()
        self._counted = (0, 0, 0)
        self._requests = 0
        empty = "issue" if scale.empty_reports else "skip"
        options = f'empty_reports = "{empty}"\nrows_per_file = {scale.rows_per_file}\n'
        self._publisher = Publisher(
            home,
            self.place,
            BEGINS,
            f"parquet:{self.source.folder}",
            options,
            ledger=OnServer(server) if server else InFile(home),
        )

    def play(self) -> Iterator[Tally]:
        """Yield what was counted after each episode: disturbed runs, then calm ones, then the judgement."""
        try:
            self.begin()
            while (self.at - BEGINS) / DAY < self.scale.days and not self.tally.wrong:
                began, counted = time.monotonic(), Tally()
                counted, self.tally = self.tally, counted
                self._play_episode()
                if (self.at - BEGINS) / DAY >= self.scale.days:
                    self._judge_in_the_end()
                self.tally.worlds += counted.worlds
                self.tally.seconds = time.monotonic() - began
                yield self.tally
        finally:
            self.place.close()

    def begin(self) -> None:
        """Let there be suppliers with Devices and folders."""
        for _ in range(self.scale.recipients):
            self.source.add_supplier(self.at, devices=1 + self.random.randrange(2 * self.scale.devices))
        self.source.write()
        self.onboard(self.source.register())

    # What the world does

    def wiring(self) -> Wiring:
        """Return the wiring of the configuration as it stands now."""
        return self._publisher.wiring(self.source.register())

    def onboard(self, suppliers: dict[str, str]) -> None:
        """Give suppliers their folders."""
        self.place.onboard(suppliers, self.wiring())

    def run(self, narrowing: Narrowing | None = None) -> int:
        """Do what `ecosmig publish --all --as-of` does, and return its exit status."""
        return self._publisher.run(self.at, self.source.register(), narrowing)

    def run_in_child(self, disturbance: Disturbance, dies_at_request: int = 0, moment: str = "before") -> int:
        """Run where it may be killed; return the exit status, minus the signal's number where one ended it."""
        status = self._publisher.run_in_child(
            self.at, self.source.register(), disturbance, dies_at_request=dies_at_request, moment=moment
        )
        if status == OUR_FAULT:
            self.wrong(f"a run ended with a fault of this program: {self._publisher.said}")
        return status

    @property
    def said(self) -> str:
        """What the last run in this process was stopped by."""
        return self._publisher.said[:2000]

    def run_second(self) -> None:
        """Let another run begin while one is under way: it must be refused."""
        if self._publisher.lets_another_in(self.source.register()):
            self.wrong("a second run was let in")

    def people_were_seen(self) -> None:
        """Let the judge know that what is new in the folders was done by people."""
        for event in self.place.seen(thoroughly=True):
            self.history.see(replace(event, by="somebody"))

    def wrong(self, what: str) -> None:
        """Note what must not be."""
        self.tally.wrong.append(f"seed {self.seed} {self.scale.destination}, {self.at:%Y-%m-%d %H:%M}: {what}")

    # Episodes

    def _play_episode(self) -> None:
        self.mischief.change_the_world()
        if self._decides and self.random.random() < 0.5:
            decide(self)
        for _ in range(self.random.randint(1, self.scale.runs_an_episode)):
            self._let_time_pass()
            self._count(self.mischief.run())
            self._look()
            self.mischief.meddle()
        if not self._decides and self.random.random() < 0.25:
            self._lose_the_ledger()
        self._calm_down()
        self.judge()
        if self.random.random() < 0.5:
            self._publisher.ledger.copy()

    def _lose_the_ledger(self) -> None:
        """Take it away, or put an old copy in its place: nothing may be published before it is rebuilt."""
        suppliers = self.source.register()
        numbers = self._publisher.last_numbers(suppliers)
        if self.random.random() < 0.3:
            self._publisher.ledger.lose()
        elif not self._publisher.ledger.put_back():
            return
        self.tally.recoveries += 1
        self.mischief.undo()
        self.place.calm()
        if self._publisher.last_numbers(suppliers) != numbers:
            status = self.run()
            self._count(status)
            if status != ExitStatus.STREAM_CONFLICT:
                self.wrong(f"without its ledger a run ended with {status}: {self.said}")
            if self.place.seen():
                self.wrong("without its ledger a run published")
        # A supplier that was onboarded since the copy was made has to be pinned anew.
        self.place.onboard_again(suppliers, self.wiring())
        status = self._publisher.recover(suppliers)
        if status != ExitStatus.OK:
            self.wrong(f"ledger recover ended with {status}")
        if self._publisher.last_numbers(suppliers) != numbers:
            self.wrong("ledger recover came to other numbers than were issued")
        self._recovered_at = self.at

    def _let_time_pass(self) -> None:
        since = self.at
        hours = self.random.choice([6, 24, 24, 24, 24, 30, 48, 72, 120])
        until = (since + timedelta(hours=hours)).replace(minute=self.random.choice([0, 1, 30]), second=0)
        if self.random.random() < 0.8:
            # As a scheduler has it: right after the slots of the morning.
            until = until.replace(hour=8)
        self.at = max(until, since + timedelta(minutes=1))
        self.source.pass_time(since, self.at, self.scale.attempts_a_day)
        if self.random.random() < 0.3:
            self.source.break_some(since, self.at)
        self.source.write()
        self.tally.days += (self.at - since) / DAY

    def _calm_down(self) -> None:
        """Undo what people did, let faults end, and run until nothing waits."""
        self.mischief.undo()
        self.place.calm()
        if self.homeless:
            register = self.source.register()
            self.onboard({signifier: register[signifier] for signifier in self.homeless})
            self.homeless.clear()
        for _ in range(_CALM_RUNS):
            self.place.calm()
            self.tally.released += self._publisher.let_go(self.source.register())
            status = self.run()
            self._count(status)
            self._look()
            if status == ExitStatus.OK:
                return
        self.wrong(f"calm runs go on to end with {status}: {self.said}")

    def _count(self, status: int) -> None:
        self.tally.runs += 1
        self.tally.statuses[status] += 1
        self.tally.kills += status == -signal.SIGKILL

    def _look(self) -> None:
        """Let the judge see what is new in the folders."""
        for event in self.place.seen():
            self.history.see(event)

    # Judgement

    def judge(self) -> None:
        """Look at everything that is new, once nothing is disturbed any more, and note what breaks a promise."""
        for event in self.place.seen(thoroughly=True):
            self.history.see(event)
        with self.wiring().ledger() as ledger:
            last = {(str(it.report), str(it.recipient)): it.last_sequence for it in ledger.streams()}
            slots = ledger.last_slots()
            holds = {(str(hold.report), hold.key) for hold in ledger.open_holds()}
            if ledger.waiting():
                self.wrong("files still wait")
            self._judge_the_chain(ledger)
            self.tally.issues = sum(it.issues for it in ledger.slots()) - self._issues
        self._issues += self.tally.issues
        self.history.close(last)
        for report in HOLDING:
            slot = slots.get(Report(report))
            if slot is None:
                continue
            end, cut_off, tried_at = (
                it.replace(tzinfo=None) for it in (slot.period.end, slot.cut_off, slot.generated_at)
            )
            due = dict(self.source.due(report, end, cut_off))
            held = {key for of, key in holds if of == report}
            # After a recovery what stands in no file is held, whatever it is like, until the next slot tries it.
            is_tried = tried_at > self._recovered_at
            holdable = {
                key for key in held & due.keys() if not is_tried or self.source.can_be_held(key, due[key], tried_at)
            }
            self.history.account(report, due=due, held=held, holdable=holdable)
            self.tally.held += len(held - self._ever_held)
            self._ever_held |= held
        for stray in self.place.strays():
            self.wrong(f"{stray} was left")
        self._count_history()

    def _judge_the_chain(self, ledger: Ledger) -> None:
        """Compare chain, rows and anchors: whatever was lost and recovered, each anchor is accounted for."""
        wiring = self.wiring()
        audited = audit_chain(ledger, wiring.outbox(), wiring.anchors())
        for fault in audited.checked.faults:
            self.wrong(f"audit check: {fault}")
        if audited.unanchored or audited.error is not None:
            self.wrong(f"{audited.unanchored} acts are not anchored: {audited.error}")

    def _count_history(self) -> None:
        history, counted = self.history, self._counted
        self.tally.files = history.files - counted[0]
        self.tally.files_with_rows = history.with_rows - counted[1]
        self.tally.rows = history.rows - counted[2]
        self._counted = (history.files, history.with_rows, history.rows)
        for violation in history.violations:
            self.tally.broken[violation.promise.name] += 1
            self.wrong(str(violation))
        history.violations.clear()
        if isinstance(self.place, SharePointPlace):
            self.tally.requests = self.place.line.seen - self._requests
            self._requests = self.place.line.seen

    def _judge_in_the_end(self) -> None:
        """Compare ledger and folders both ways, and look at the chain of acts."""
        wiring = self.wiring()
        with wiring.ledger() as ledger:
            verified = verify_folders(ledger=ledger, destination=wiring.publishing(ledger))
            for found in verified.discrepancies:
                if found.kind in OF_STRANGERS:
                    self.wrong(f"in the end {found.name} is {found.kind}: {found.detail}")
            for broken in check(ledger.acts()):
                self.wrong(f"the chain of acts: {broken}")
