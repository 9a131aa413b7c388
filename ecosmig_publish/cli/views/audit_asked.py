"""What `audit export` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.errors import UsageError
from ecosmig_publish.ledger.exporting import DueSpan, first_due_at

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring

DEADLINE = "1h"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of whom, of which slots, and where to."""

    suppliers: tuple[Signifier, ...]
    everybody: bool
    reports: tuple[Report, ...]
    since: datetime | None
    until: datetime | None
    out: Path | None
    force: bool

    def ledger(self, wiring: Wiring) -> Ledger | None:
        """Open the ledger, None where there is none yet. Raises `UsageError` where it never heard of a supplier."""
        if self.everybody and self.suppliers:
            raise UsageError("--all and --supplier don't go together", hint="Leave one of them out.")
        ledger = wiring.existing_ledger()
        try:
            refuse_strangers(self.suppliers, ledger)
        except BaseException:
            if ledger is not None:
                ledger.close()
            raise
        return ledger

    def span(self, ledger: Ledger, wiring: Wiring) -> DueSpan:
        """Return the span of due instants: from the first slot on record and up to now where nothing else is said."""
        now = wiring.now().replace(microsecond=0)
        until = self.until or now
        if until > now:
            raise UsageError(
                f"--to {until:%Y-%m-%dT%H:%M:%SZ} is later than now ({now:%Y-%m-%dT%H:%M:%SZ}): what falls due then is "
                "not on record yet",
                hint="Leave --to out: up to now.",
            )
        since = self.since
        if since is None:
            with ledger.at_one_moment() as connection:
                since = first_due_at(connection) or wiring.settings.start
        if since >= until:
            raise UsageError(
                f"--from {since:%Y-%m-%dT%H:%M:%SZ} is not before --to {until:%Y-%m-%dT%H:%M:%SZ}",
                hint="The span is half-open: a March is --from 2026-03-01 --to 2026-04-01.",
            )
        return DueSpan(since, until)


@dataclass(frozen=True, slots=True)
class PlainOptions:
    """What goes with a plain export alone; `form` is `csv`, `json`, or None where nothing was said."""

    form: str | None
    acts: bool
    spreadsheet: bool

    def refuse_any(self) -> None:
        """Raise `UsageError` where one was given together with --evidence."""
        given = {"--format": self.form is not None, "--acts": self.acts, "--spreadsheet": self.spreadsheet}
        for option in (option for option, is_given in given.items() if is_given):
            raise UsageError(f"{option} doesn't go with --evidence: a pack has JSON, CSV and acts in it", hint=_LEAVE)


@dataclass(frozen=True, slots=True)
class PackOptions:
    """What goes with --evidence alone."""

    deadline: str
    certificate: Path | None
    files: bool
    unsigned: bool
    offline: bool

    def refuse_any(self) -> None:
        """Raise `UsageError` where one was given without --evidence."""
        given = {
            "--deadline": self.deadline != DEADLINE,
            "--certificate": self.certificate is not None,
            "--files": self.files,
            "--unsigned": self.unsigned,
            "--offline": self.offline,
        }
        for option in (option for option, is_given in given.items() if is_given):
            raise UsageError(f"{option} goes with --evidence", hint="ecosmig audit export --evidence …")


_LEAVE = "Leave it out, or leave --evidence out."
