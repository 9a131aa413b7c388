"""An installation that loses its ledger, or gets an old copy of it back."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from ecosmig_publish.workflows.recovery.checking import check_installation
from ecosmig_publish.workflows.recovery.recovering import RecoveryPlan, plan_recovery, recover
from tests.installation import at

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger.checking import LedgerFault
    from ecosmig_publish.wiring import Wiring
    from tests.installation import Installation

TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = (at(f"2024-03-0{day}T06:00:00") for day in (5, 6, 7, 8))

LEDGER_FILES = ("ecosmig.db", "ecosmig.db-wal", "ecosmig.db-shm")


def copy_ledger(home: Path, to: Path) -> None:
    """Copy the ledger of an installation that nobody uses at this moment."""
    to.mkdir(parents=True)
    for name in LEDGER_FILES:
        if (home / "state" / name).exists():
            shutil.copy(home / "state" / name, to / name)


def put_back(home: Path, copy: Path) -> None:
    """Put a copy of the ledger in its place."""
    lose_ledger(home)
    for path in copy.iterdir():
        shutil.copy(path, home / "state" / path.name)


def lose_ledger(home: Path) -> None:
    """Take the ledger away."""
    for name in LEDGER_FILES:
        (home / "state" / name).unlink(missing_ok=True)


def lose_outbox(home: Path) -> None:
    """Take the outbox away."""
    shutil.rmtree(home / "state" / "outbox")


def recovered(wiring: Wiring, lost: Mapping[tuple[Report, Signifier], Collection[int]] | None = None) -> RecoveryPlan:
    """Do what `ecosmig ledger recover --yes` does, `--without` these numbers."""
    with wiring.locked_ledger() as ledger:
        plan = plan_recovery(wiring.recovery(ledger, lost=lost))
        if plan.changes:
            recover(plan, ledger)
        else:
            plan.files.discard()
        return plan


def faults_of(made: Installation) -> list[LedgerFault]:
    """What `ecosmig ledger check` finds."""
    wiring = made.wiring()
    with wiring.ledger() as ledger:
        return check_installation(ledger, wiring.outbox(), reads_all=True).faults
