"""To check the ledger: against itself, against the outbox, and who may read either."""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.ledger.checking import NEXT_STEPS as OF_LEDGER
from ecosmig_publish.ledger.checking import LedgerFault, check_ledger, count_files, database_files
from ecosmig_publish.ledger.checking.fault import DATABASE
from ecosmig_publish.ledger.checking.stored import stored_ends
from ecosmig_publish.workflows.recovery.checking_outbox import NEXT_STEPS as OF_OUTBOX
from ecosmig_publish.workflows.recovery.checking_outbox import check_outbox, check_permissions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ecosmig_publish.errors import LedgerError
    from ecosmig_publish.ledger import Act, Ledger
    from ecosmig_publish.outbox import Outbox

NEXT_STEPS = {**OF_LEDGER, **OF_OUTBOX}
"""What to do about each kind of fault."""

KEPT = 10_000
"""So many faults are named; of a ledger that is wrong throughout the others are counted."""

_PRIMARY_CODE = 0xFF
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


@dataclass(slots=True)
class CheckedLedger:
    """What a check looked at and found; `first` and `newest` are what the chain begins and ends with, None without."""

    faults: list[LedgerFault] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    files: int = 0
    first: Act | None = None
    newest: Act | None = None

    @property
    def total(self) -> int:
        """How many faults there are, named or not."""
        return self.counts.total()

    def take(self, faults: Iterable[LedgerFault]) -> None:
        """Take faults as they are found."""
        for fault in faults:
            self.counts[fault.kind] += 1
            if len(self.faults) < KEPT:
                self.faults.append(fault)


def check_installation(
    ledger: Ledger,
    outbox: Outbox,
    *,
    head: str | None = None,
    with_outbox: bool = True,
    reads_all: bool = False,
    on_file: Callable[[], None] = lambda: None,
) -> CheckedLedger:
    """Check the ledger, the outbox where that is wanted, and who may use them; changes nothing.

    `head` is the newest act's hash as it was noted elsewhere; `reads_all` compares every file's bytes.
    """
    checked = CheckedLedger()
    with ledger.at_one_moment() as connection:
        checked.take(check_ledger(connection, head=head))
        checked.files = count_files(connection)
        checked.first, checked.newest = stored_ends(connection)
        if with_outbox:
            checked.take(check_outbox(connection, outbox, reads_all=reads_all, on_file=on_file))
        checked.take(check_permissions([*database_files(connection), outbox.path]))
    return checked


def check_absence(outbox: Outbox) -> CheckedLedger:
    """Check an installation that has no ledger: it is wrong where something was issued."""
    checked = CheckedLedger()
    if any(name.startswith("ECOSMIG-") for name in outbox.names()):
        what = f"there is none, and files were issued: they wait in {outbox.path}"
        checked.take([LedgerFault(DATABASE, "the ledger", what)])
    return checked


def check_damage(error: LedgerError) -> CheckedLedger:
    """Return what an error of opening the ledger says of its file; raise it where that is something else."""
    cause = error.__cause__
    code = getattr(getattr(cause, "orig", None) or cause, "sqlite_errorcode", None)
    if code is None or code & _PRIMARY_CODE not in _DAMAGE:
        raise error
    checked = CheckedLedger()
    checked.take([LedgerFault(DATABASE, "the database", str(error))])
    return checked
