"""An installation whose destination is a SharePoint library of the stand-in, driven through the product's wiring."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import count
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.ledger import AccessProof, FolderEntry
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.anchoring.checking import audit_chain
from ecosmig_publish.workflows.issuing.run import issue_due_slots
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, Watcher, planned
from ecosmig_publish.workflows.verifying import Verified, verify_folders
from tests.installation import run_once

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report
    from ecosmig_publish.ledger import Finding, Ledger
    from ecosmig_publish.sandbox import Sandbox
    from ecosmig_publish.sandbox.request_log import LoggedRequest
    from ecosmig_publish.workflows.anchoring.checking import AuditedChain
    from ecosmig_publish.workflows.publishing_ahead import Ahead
    from ecosmig_publish.workflows.running import Parts
    from tests.destinations.sharepoint.driven import DrivenTime

_places = count(1)


def mail_of(signifier: str) -> str:
    return f"reader@{signifier.lower()}.test"


@dataclass(slots=True)
class SharePointInstallation:
    """A configuration, ledger and outbox below `home`; its folders are its own in a library that others use too."""

    home: Path
    sandbox: Sandbox
    driven: DrivenTime
    start: datetime
    source_url: str
    parties: Mapping[str, str]
    units: int = 0
    workers: int = 4
    reports: tuple[Report, ...] = ()
    """What a run is about that isn't narrowed otherwise; empty: all."""
    place: str = field(default_factory=lambda: f"place {next(_places)}")

    @property
    def root(self) -> str:
        return f"{self.place}/ECoS Migration Reports"

    @property
    def staging(self) -> str:
        return f"{self.place}/_staging"

    @property
    def anchors(self) -> str:
        return f"{self.staging}/anchors"

    def wiring(self) -> Wiring:
        """Return the wiring of the configuration as it stands now."""
        self.home.mkdir(parents=True, exist_ok=True)
        place = (
            f'root_folder = "{self.root}"\nstaging_folder = "{self.staging}"\nworkers = {self.workers}\n'
            f"resource_units_per_minute = {self.units}\n"
        )
        destination = self.sandbox.configuration().replace(
            "[destination.sharepoint]\n", f"[destination.sharepoint]\n{place}"
        )
        suppliers = "".join(
            f'[[suppliers]]\nsignifier = "{signifier}"\nusers = ["{mail_of(signifier)}"]\n'
            for signifier in self.parties
        )
        path = self.home / "ecosmig.toml"
        path.write_text(
            f'start = {self.start:%Y-%m-%dT%H:%M:%SZ}\n[source]\nurl = "{self.source_url}"\n'
            '[ledger]\nurl = "sqlite:state/ecosmig.db"\n[outbox]\npath = "state/outbox"\n' + destination + suppliers,
            encoding="utf-8",
        )
        settings = load_settings(path, {}, self.home)
        return Wiring(settings, now=self.driven.now, sharepoint_timing=self.driven.timing())

    def folder(self, signifier: str) -> str:
        """Return the path of a recipient's folder, as it was onboarded."""
        return f"{self.root}/{folder_name(Signifier(signifier), self.parties[signifier])}"

    def onboard_all(self) -> None:
        """Make staging and every party's folder, grant it to its user, pin it, leave an administrator's proof."""
        library = self.sandbox.library()
        library.make_folder(self.anchors)
        for signifier in self.parties:
            self.onboard(signifier)

    def onboard(self, signifier: str) -> None:
        """Make a party's folder, or take over the one that is there, as `onboard_all` does."""
        library, path = self.sandbox.library(), self.folder(signifier)
        item = library.make_folder(path)
        person = self.sandbox.people.add_person(mail_of(signifier), guest=True)
        library.break_inheritance(path, keep=False)
        library.grant(path, "siteGroup", "3", "owner")
        library.grant(path, "user", person.id, "read")
        now = self.driven.now()
        entry = FolderEntry(Signifier(signifier), item.id, path.rpartition("/")[2], self.parties[signifier], now)
        with self.wiring().locked_ledger() as ledger:
            ledger.record_folder(entry)
            ledger.record_access_proof(
                AccessProof(entry.signifier, item.id, (person.id,), is_exact=True, looked_at=now)
            )

    def prove_access(self, signifier: str, *, looked_at: datetime, is_exact: bool = True) -> None:
        """Leave another proof of a recipient's folder in the place of the one there is."""
        with self.wiring().locked_ledger() as ledger:
            proof = ledger.access_proofs()[Signifier(signifier)]
            ledger.record_access_proof(replace(proof, looked_at=looked_at, is_exact=is_exact))

    def issue(self, as_of: datetime) -> None:
        """Issue what is due, and publish nothing."""
        wiring = self.wiring()
        with wiring.locked_ledger() as ledger:
            self._issue(wiring.parts(ledger), as_of)

    def _issue(self, parts: Parts, as_of: datetime) -> None:
        run, due = planned(parts, as_of, Narrowing())
        for _ in issue_due_slots(
            due,
            open_data=parts.open_data,
            ledger=parts.ledger,
            outbox=parts.outbox,
            policy=parts.policy,
            run=run,
        ):
            pass

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
        narrowing = narrowing or Narrowing(reports=self.reports)
        with wiring.locked_ledger() as ledger:
            return run_once(wiring.parts(ledger), as_of, narrowing, ahead, watcher)

    def verify(self, *, deep: bool = False) -> Verified:
        """Do what `ecosmig verify` does."""
        wiring = self.wiring()
        with wiring.ledger() as ledger:
            return verify_folders(ledger=ledger, destination=wiring.publishing(ledger), deep=deep)

    def ledger(self) -> Ledger:
        return self.wiring().ledger()

    def findings(self) -> list[Finding]:
        with self.ledger() as ledger:
            return ledger.findings()

    def published(self) -> dict[str, bytes]:
        """Return every file below the recipients' folders: `<signifier>/<rest of its path>` to its bytes."""
        library, top = self.sandbox.library(), f"{self.root}/"
        found = {path.removeprefix(top): library.read(path) for path in library.files(self.root)}
        return {f"{path[:6]}/{path.partition('/')[2]}": data for path, data in found.items()}

    def staged(self) -> list[str]:
        files = self.sandbox.library().files(self.staging)
        return sorted(path.rpartition("/")[2] for path in files if not path.startswith(f"{self.anchors}/"))

    def unanchored(self) -> list[str]:
        """Return what is wrong with the anchors: one of the newest act is wanted, and those that the ledger noted."""
        there = {path.rpartition("/")[2] for path in self.sandbox.library().files(self.anchors)}
        with self.ledger() as ledger:
            wanted = {it.name for it in ledger.anchored()}
            end = ledger.chain_end()
        missing = sorted(wanted - there) + ([end[1].name] if end and end[1] else [])
        return [f"{name} is not anchored" for name in missing]

    def audited(self) -> AuditedChain:
        """Do what `ecosmig audit check` does."""
        wiring = self.wiring()
        with wiring.ledger() as ledger:
            return audit_chain(ledger, wiring.outbox(), wiring.anchors())

    def issued(self) -> dict[str, bytes]:
        """Return every file that the ledger knows, from the outbox: `<signifier>/<name>` to its bytes."""
        wiring = self.wiring()
        outbox = wiring.outbox()
        with wiring.ledger() as ledger:
            return {
                f"{file.recipient}/{file.name}": outbox.file(file.outbox_path).read_bytes() for file in ledger.files()
            }

    def ever_visible(self) -> Iterator[tuple[str, set[str]]]:
        """Yield each name that was ever visible in a recipient's folder, with the SHA-256 of what was under it."""
        for signifier in self.parties:
            seen = self.sandbox.library().ever_visible(self.folder(signifier))
            for name, versions in seen.items():
                yield f"{signifier}/{name}", {version.sha256 for version in versions}

    def asked(self) -> list[LoggedRequest]:
        """Return the requests since the last `clear_requests`."""
        return self.sandbox.requests()
