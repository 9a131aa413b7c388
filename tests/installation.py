"""An installation in a folder, driven in this process through the product's own wiring."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.onboarding import onboard_suppliers
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, Watcher, run_everything

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import OpenHold
    from ecosmig_publish.workflows.publishing_ahead import Ahead
    from ecosmig_publish.workflows.running import Parts

LONG_AFTER = datetime(2036, 1, 1, tzinfo=UTC)
"""The present, as far as these tests are concerned."""


@dataclass(slots=True)
class Installation:
    """A configuration, its ledger, outbox and folders below `home`."""

    home: Path
    start: datetime
    source_url: str
    extra: dict[str, str] = field(default_factory=dict)
    now: datetime = LONG_AFTER
    rows_in_part: int = 0
    """So many attempts are numbered at once; 0: as the product has it."""
    reports: tuple[Report, ...] = ()
    """What a run is about that isn't narrowed otherwise; empty: all."""

    def copied(self, home: Path) -> Installation:
        """Return a copy in `home`, which is not there yet, with a copy of the source where that stands below it."""
        shutil.copytree(self.home, home)
        source_url = self.source_url.replace(str(self.home), str(home))
        made = replace(self, home=home, source_url=source_url, extra=dict(self.extra))
        made.wiring()
        return made

    def wiring(self) -> Wiring:
        """Return the wiring of the configuration as it stands now."""
        self.home.mkdir(parents=True, exist_ok=True)
        path = self.home / "ecosmig.toml"
        path.write_text(
            f'start = {self.start:%Y-%m-%dT%H:%M:%SZ}\n[source]\nurl = "{self.source_url}"\n'
            '[ledger]\nurl = "sqlite:state/ecosmig.db"\n[outbox]\npath = "state/outbox"\n'
            '[destination]\nkind = "folder"\n[destination.folder]\npath = "published"\n',
            encoding="utf-8",
        )
        environment = {f"ECOSMIG_{key}": value for key, value in self.extra.items()}
        return Wiring(load_settings(path, environment, self.home), now=lambda: self.now)

    def onboard_all(self) -> None:
        """Onboard every party of the register as it stands now."""
        wiring = self.wiring()
        with wiring.data() as data:
            register = party_register(data)
        with wiring.locked_ledger() as ledger:
            list(onboard_suppliers(register, ledger=ledger, destination=wiring.onboarding(), now=wiring.now))

    def run(
        self,
        as_of: datetime,
        narrowing: Narrowing | None = None,
        *,
        ahead: Ahead | None = None,
        watcher: Watcher | None = None,
    ) -> RunOutcome:
        """Do what `ecosmig publish --all --as-of` does; `ahead` says from when on files are published meanwhile."""
        wiring = self.wiring()
        with wiring.locked_ledger() as ledger:
            parts = wiring.parts(ledger)
            if self.rows_in_part:
                parts = replace(parts, policy=replace(parts.policy, rows_in_part=self.rows_in_part))
            return run_once(parts, as_of, narrowing or Narrowing(reports=self.reports), ahead, watcher)

    def open_holds(self) -> list[OpenHold]:
        """Return what is held now."""
        with self.wiring().ledger() as ledger:
            return ledger.open_holds()

    def published(self) -> dict[str, bytes]:
        """Return every file in the recipients' folders: `<signifier>/<file name>` to its bytes."""
        folder = self.home / "published"
        return {
            f"{path.parent.name[:6]}/{path.name}": path.read_bytes()
            for path in sorted(folder.glob("*/*"))
            if path.is_file()
        }

    def issued(self) -> dict[str, bytes]:
        """Return every file that the ledger knows, from the outbox."""
        wiring = self.wiring()
        outbox = wiring.outbox()
        with wiring.ledger() as ledger:
            return {
                f"{file.recipient}/{file.name}": outbox.file(file.outbox_path).read_bytes() for file in ledger.files()
            }


def run_once(
    parts: Parts, as_of: datetime, narrowing: Narrowing, ahead: Ahead | None, watcher: Watcher | None
) -> RunOutcome:
    """Do a run; `ahead` None: files are published beside the issuing where the product would."""
    parts = parts if ahead is None else replace(parts, ahead=ahead)
    return run_everything(parts, as_of=as_of, narrowing=narrowing, watcher=watcher or Watcher())


def at(text: str) -> datetime:
    """Return an instant written as `2024-02-26T06:00:00`, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


SECOND = timedelta(seconds=1)
