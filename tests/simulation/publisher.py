"""An installation that publishes to a place: run as an operator's scheduler runs it, or in a child that is killed."""

from __future__ import annotations

import os
import signal
import sys
import traceback
import warnings
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, ExitStatus, LockedError
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.amending.choosing import Meant, chosen_issues, chosen_targets
from ecosmig_publish.workflows.amending.publishing import publish_made
from ecosmig_publish.workflows.amending.removing import remove_files
from ecosmig_publish.workflows.amending.resending import resend
from ecosmig_publish.workflows.amending.running import correct_all, open_correcting
from ecosmig_publish.workflows.amending.withdrawing import planned_withdrawal, record_withdrawal
from ecosmig_publish.workflows.publishing_ahead import Ahead
from ecosmig_publish.workflows.running import Narrowing, Watcher, run_everything
from tests.simulation.places import SharePointPlace
from tests.workflows.recovery.made import recovered

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.workflows.running import Parts, RunOutcome
    from tests.crashes.disturbing import Disturbance
    from tests.simulation.ledgers import LedgerPlace
    from tests.simulation.places import Place

AT_ONCE = Ahead(rows=1, files=1)
OUR_FAULT = 99
"""How a child ends where something was raised that no operator is told of."""


@dataclass(slots=True)
class Publisher:
    """One configuration, its ledger and outbox below `home`. Instants are naive UTC, as in the source."""

    home: Path
    place: Place
    start: datetime
    source_url: str
    options: str = ""
    """Keys of the configuration's top."""
    ledger: LedgerPlace = field(kw_only=True)
    said: str = ""
    """What the last run in this process was stopped by, or what a child that ended with `OUR_FAULT` said."""
    _configured: tuple[str, Wiring] | None = field(default=None)

    def wiring(self, suppliers: Mapping[str, str]) -> Wiring:
        """Return the wiring of the configuration, with these parties' readers in it."""
        text = (
            f"start = {self.start:%Y-%m-%dT%H:%M:%SZ}\n{self.options}"
            f'[source]\nurl = "{self.source_url}"\n'
            f'[ledger]\nurl = "{self.ledger.url}"\n[outbox]\npath = "state/outbox"\n'
        ) + self.place.destination(suppliers)
        if self._configured is None or self._configured[0] != text:
            path = self.home / "ecosmig.toml"
            path.write_text(text, encoding="utf-8")
            settings = load_settings(path, {}, self.home)
            driven = self.place.driven
            self._configured = (text, Wiring(settings, driven.now, driven.timing()))
        return self._configured[1]

    def run(self, at: datetime, suppliers: Mapping[str, str], narrowing: Narrowing | None = None) -> int:
        """Do what `ecosmig publish --all --as-of` does, and return its exit status.

        On every other day it goes on as a long run does, and publishes each slot while it issues the next one.
        """
        wiring = self.wiring(suppliers)
        self.said = ""
        try:
            with wiring.locked_ledger() as ledger:
                parts = wiring.parts(ledger)
                outcome = run_everything(
                    replace(parts, ahead=AT_ONCE) if at.day % 2 else parts,
                    as_of=at.replace(tzinfo=UTC),
                    narrowing=narrowing or Narrowing(),
                    watcher=Watcher(),
                )
                self.said = _said(outcome)
                return int(outcome.exit_status)
        except EcosmigError as error:
            self.said = str(error)
            return int(error.exit_status)

    def run_in_child(
        self,
        at: datetime,
        suppliers: Mapping[str, str],
        disturbance: Disturbance,
        *,
        dies_at_request: int = 0,
        moment: str = "before",
    ) -> int:
        """Run where it may be killed; return the exit status, minus the signal's number where one ended it."""
        said = self.home / "said"
        self.wiring(suppliers)
        with self.place.forking(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            sys.stdout.flush()
            child = os.fork()
            if not child:
                status = OUR_FAULT
                try:
                    self.place.taken_over()
                    disturbance.install()
                    if dies_at_request and isinstance(self.place, SharePointPlace):
                        self.place.line.begin(_dying(dies_at_request, moment))
                    status = self.run(at, suppliers)
                except BaseException:  # noqa: BLE001 - it is said, and judged by the parent
                    said.write_text(traceback.format_exc())
                finally:
                    os._exit(status)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status == OUR_FAULT:
            self.said = said.read_text() if said.exists() else "nothing"
        return status

    def let_go(self, suppliers: Mapping[str, str]) -> int:
        """Do what `ecosmig issue release --all --yes` does; return how much was let go."""
        with self.wiring(suppliers).locked_ledger() as ledger:
            issues, slots = ledger.braked_issues(), ledger.braked_slots()
            if issues or slots:
                ledger.release([issue.issue_id for issue in issues], [it.slot for it in slots])
            return len(issues) + len(slots)

    def correct(self, name: str, at: datetime, suppliers: Mapping[str, str], *, publishes: bool) -> int:
        """Do what `ecosmig issue correct --yes --as-of` does; where it doesn't publish, it was killed before that."""
        wiring = self.wiring(suppliers)
        with wiring.locked_ledger() as ledger:
            parts = wiring.parts(ledger)
            targets = chosen_targets(Meant(names=[name]), ledger)
            with open_correcting(parts, targets, at.replace(tzinfo=UTC)) as issuing:
                (done,) = correct_all(targets, issuing, reason="the story asks for it")
                names = done.file_names(issuing)
            return self._published(names, parts) if publishes else int(ExitStatus.UNPROVED)

    def resend(self, name: str, suppliers: Mapping[str, str]) -> int:
        """Do what `ecosmig issue resend --yes` does."""
        wiring = self.wiring(suppliers)
        with wiring.locked_ledger() as ledger:
            parts = wiring.parts(ledger)
            (issue,) = chosen_issues(Meant(names=[name]), ledger)
            resend(issue, ledger=ledger, outbox=parts.outbox, reason="the story asks for it", now=wiring.now)
            return self._published([file.name for file in issue.files], parts)

    def withdraw(self, name: str, suppliers: Mapping[str, str], *, removes: bool, releases: bool) -> None:
        """Do what `ecosmig issue withdraw --yes` does, with `--remove-file` and `--release` where it is to."""
        wiring = self.wiring(suppliers)
        with wiring.locked_ledger() as ledger:
            (issue,) = chosen_issues(Meant(names=[name]), ledger)
            planned = planned_withdrawal(
                issue,
                removes=removes,
                releases=releases,
                ledger=ledger,
                outbox=wiring.outbox(),
                open_data=wiring.data,
                still_stands=lambda: False,
            )
            record_withdrawal(planned, ledger=ledger, reason="the story asks for it", now=wiring.now)
            if removes:
                removed = remove_files(issue, ledger=ledger, destination=wiring.onboarding())
                assert [it.error for it in removed if it.error] == []

    def _published(self, names: Sequence[str], parts: Parts) -> int:
        outcome = publish_made(names, parts, Watcher())
        self.said = _said(outcome)
        return int(outcome.exit_status)

    def finish_marking(self, suppliers: Mapping[str, str]) -> None:
        """Do what the next run does first: mark what a crash between commit and mark left, sweep what nobody knows."""
        wiring = self.wiring(suppliers)
        with wiring.locked_ledger() as ledger:
            wiring.outbox().sweep(ledger.outbox_directories())

    def recover(self, suppliers: Mapping[str, str]) -> int:
        """Do what `ecosmig ledger recover --yes` does, and return its exit status."""
        return int(recovered(self.wiring(suppliers)).exit_status)

    def last_numbers(self, suppliers: Mapping[str, str]) -> dict[tuple[str, str], int]:
        """Return the last number of each stream."""
        with self.wiring(suppliers).ledger() as ledger:
            return {(str(it.report), str(it.recipient)): it.last_sequence for it in ledger.streams()}

    def lets_another_in(self, suppliers: Mapping[str, str]) -> bool:
        """Whether another run could begin now."""
        try:
            with self.wiring(suppliers).locked_ledger():
                return True
        except LockedError:
            return False


def _said(outcome: RunOutcome) -> str:
    """Return everything that kept a run from ending with 0."""
    faults = [outcome.source_error, outcome.destination_error, *(slot.error for slot in outcome.refused)]
    doubts = [f"{doubt.recipient} {doubt.name} {doubt.kind}: {doubt.detail}" for doubt in outcome.doubts]
    stopped = [stopped.reason for stopped in outcome.published.stopped]
    held_back = [str(it) for it in outcome.held_back]
    return "; ".join([*(str(it) for it in faults if it), *outcome.findings, *held_back, *doubts, *stopped])


def _dying(at: int, moment: str) -> Callable[[int, str], None]:
    def on_request(number: int, when: str) -> None:
        if number == at and when == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    return on_request
