"""Where a month is played: an installation made for it, its stand-in, its time, the operator's own source."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.access import look_at_access
from ecosmig_publish.workflows.anchoring.checking import audit_chain
from ecosmig_publish.workflows.onboarding import onboard_suppliers
from ecosmig_publish.workflows.recovery.checking import check_installation
from ecosmig_publish.workflows.rehearsing.judging import Ending, astray, not_issued
from ecosmig_publish.workflows.rehearsing.playing import Left
from ecosmig_publish.workflows.running import Narrowing, Watcher, run_everything
from ecosmig_publish.workflows.verifying import verify_folders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.views.rehearse_stand_in import RehearsalStandIn
    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.settings import Settings
    from ecosmig_publish.workflows.rehearsing.played_time import PlayedTime
    from ecosmig_publish.workflows.running import RunOutcome

_RUNS_LAST = timedelta(hours=1)
"""A proof of access that is good for less is made anew before a run."""


def played_wiring(settings: Settings, time: PlayedTime) -> Wiring:
    """Return the wiring whose every clock is the played one, SharePoint's waits too."""
    from ecosmig_publish.destinations.sharepoint.opening import Timing  # noqa: PLC0415 - slow to import

    return Wiring(settings, now=time.now, sharepoint_timing=Timing(time.clock, time.sleep, time.now))


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a run is played with. `ledger` stays open all the time and is read; each run opens its own."""

    wiring: Wiring
    ledger: Ledger
    place: RehearsalStandIn
    time: PlayedTime
    data: MigrationData

    def onboard(self, register: Mapping[Signifier, str], at: datetime) -> dict[Signifier, str]:
        """Onboard every party (name by signifier); return why some couldn't be."""
        refused: dict[Signifier, str] = {}
        self.time.set(at)
        with self.wiring.locked_ledger() as ledger:
            for _ in onboard_suppliers(
                register,
                ledger=ledger,
                destination=self.wiring.onboarding(),
                now=self.time.now,
                on_error=lambda signifier, error: refused.update({signifier: str(error)}),
            ):
                pass
        # The runs' traffic is counted, not this.
        self.place.traffic()
        return refused

    def prove_access(self, start: datetime) -> None:
        """Let an administrator look who can read the folders, where the last look is too old for a run at `start`.

        A publisher that is no owner isn't shown the grants, at the stand-in as at SharePoint: `supplier access`, which
        is to be scheduled daily, is part of the month.
        """
        sharepoint = self.wiring.settings.destination.sharepoint
        max_age = sharepoint.access_proof_max_age if sharepoint else timedelta.max
        looks = [proof.looked_at for proof in self.ledger.access_proofs().values()]
        if looks and start - min(looks) > max(max_age - _RUNS_LAST, max_age / 2):
            self.place.calm()
            with self.wiring.ledger() as ledger:
                for _ in look_at_access((), ledger=ledger, destination=self.wiring.onboarding(), now=self.time.now):
                    pass
        self.place.traffic()

    def run(self, start: datetime) -> RunOutcome:
        """Do one run as of `start`, as a process of its own would: lease, sign-in, what it knows of the library.

        But for the engine: a large source takes long to open, and shows no run more than its cut-off lets it see.
        """
        with self.wiring.locked_ledger() as ledger:
            parts = replace(self.wiring.parts(ledger), open_data=self.data.lent)
            return run_everything(parts, as_of=start, narrowing=Narrowing(), watcher=Watcher())

    def left(self) -> Left:
        """Return what is held and braked now."""
        ledger = self.ledger
        return Left(len(ledger.open_holds()), len(ledger.braked_issues()) + len(ledger.braked_slots()))

    def end(self, due: Sequence[Slot], until: datetime) -> Ending:
        """Return what stands at the end; the service is calm by then."""
        self.place.calm()
        self.time.set(max(until, self.time.now()))
        self.prove_access(until)
        ledger = self.ledger
        files = list(ledger.files())
        checked = check_installation(ledger, self.wiring.outbox(), reads_all=True)
        compared = audit_chain(ledger, self.wiring.outbox(), self.wiring.anchors()).anchors
        checked.take(compared.faults if compared else ())
        return Ending(
            until=until,
            slots=ledger.slots(),
            not_issued=not_issued(due, ledger),
            files=files,
            holds=ledger.open_holds(),
            braked_issues=ledger.braked_issues(),
            braked_slots=ledger.braked_slots(),
            verified=verify_folders(ledger=ledger, destination=self.wiring.publishing(ledger)),
            checked=checked,
            anchors=len(compared.agreed) if compared else 0,
            astray=astray(files, self.place.ever_visible(ledger.folders().values())),
        )
