"""The one place that puts the parts together."""

from __future__ import annotations

import getpass
import os
import socket
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish import __version__
from ecosmig_publish.guards.brake import BrakeLimits
from ecosmig_publish.ledger import Actor, Ledger
from ecosmig_publish.ledger.leases import TERMS, LeaseTerms
from ecosmig_publish.ledger.lock import run_lock
from ecosmig_publish.outbox import Outbox
from ecosmig_publish.workflows.issuing.policy import IssuingPolicy
from ecosmig_publish.workflows.running import Parts

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from pathlib import Path

    from ecosmig_publish.destinations import Folder, FolderOnboarding, PublishingDestination
    from ecosmig_publish.destinations.anchoring import Anchors
    from ecosmig_publish.destinations.folder import FolderOnDisk
    from ecosmig_publish.destinations.sharepoint import Connection, Readers
    from ecosmig_publish.destinations.sharepoint.opening import Timing
    from ecosmig_publish.destinations.watching import WatchedFolders
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.settings import Settings
    from ecosmig_publish.settings.model import SharePointSettings
    from ecosmig_publish.workflows.recovery.recovering import RecoveryParts

_BYTES_A_NUMBERED_ROW = 400
"""What the embedded engine takes to number one attempt, with room for what else it holds."""
_WORKERS = 4
"""How many files are placed on a disk at once."""


def utc_now() -> datetime:
    """Return the present instant; everything else is given its instants."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Wiring:
    """The parts that a configuration asks for, each made when it is first asked for.

    `sharepoint_timing` None: SharePoint is waited for by the machine's clocks.
    """

    settings: Settings
    now: Callable[[], datetime] = utc_now
    sharepoint_timing: Timing | None = None
    lease_terms: LeaseTerms = TERMS

    @property
    def _sharepoint(self) -> SharePointSettings | None:
        """What is configured of SharePoint, None where folders on a disk are published to."""
        destination = self.settings.destination
        return destination.sharepoint if destination.kind == "sharepoint" else None

    def data(self, spill_directory: Path | None = None) -> MigrationData:
        """Open the source. Raises `SourceError`."""
        from ecosmig_publish.migration_data import open_migration_data  # noqa: PLC0415 - the engine is slow to import

        source = self.settings.source
        return open_migration_data(
            source.url,
            base=self.settings.base,
            tables=source.tables,
            memory_limit=source.memory_limit,
            threads=source.threads or None,
            spill_directory=spill_directory or self.settings.outbox.path.parent / "spill",
        )

    def outbox(self) -> Outbox:
        """Return the outbox."""
        return Outbox(self.settings.outbox.path)

    def ledger(self) -> Ledger:
        """Open the ledger, made and brought up to this version where needed. Raises `LedgerError`."""
        settings = self.settings
        return Ledger.open(settings.ledger.url, base=settings.base, actor=_actor(settings), now=self.now)

    def existing_ledger(self) -> Ledger | None:
        """Open the ledger for reading, or return None where there is none yet."""
        settings = self.settings
        return Ledger.open_existing(settings.ledger.url, base=settings.base, actor=_actor(settings), now=self.now)

    def ledger_at(self, path: Path) -> Ledger:
        """Open a ledger of SQLite's at a path, made where there is none. Raises `LedgerError`."""
        settings = self.settings
        return Ledger.open(f"sqlite:{path}", base=settings.base, actor=_actor(settings), now=self.now)

    def actor(self) -> Actor:
        """Return who acts here."""
        return _actor(self.settings)

    @contextmanager
    def locked_ledger(self) -> Iterator[Ledger]:
        """Open the ledger for one run at a time: one for each ledger, and one for each outbox. Raises `LockedError`."""
        with (
            self.ledger() as ledger,
            ledger.leased(self.lease_terms) as lease,
            run_lock(self._lock_path(), now=self.now, ledger=ledger.name, fence=lease.fence),
        ):
            yield ledger

    def publishing(self, ledger: Ledger) -> PublishingDestination:
        """Return the destination as a publisher sees it; nothing is sent before the first need.

        The ledger tells when an administrator last proved who can read a folder.
        """
        sharepoint = self._sharepoint
        if sharepoint is None:
            return self._folder_destination()
        from ecosmig_publish.destinations.sharepoint import open_publisher  # noqa: PLC0415 - a run needs one of them

        def proved_at(folder: Folder) -> datetime | None:
            proof = ledger.access_proofs().get(folder.signifier)
            is_good = proof is not None and proof.is_exact and proof.folder_id == folder.id
            return proof.looked_at if proof is not None and is_good else None

        return open_publisher(
            self.connection(sharepoint),
            self.readers(sharepoint),
            proved_at=proved_at,
            proof_max_age=sharepoint.access_proof_max_age,
            timing=self.sharepoint_timing,
        )

    def watched(self) -> WatchedFolders:
        """Return recipients' folders as whoever may read them sees them; it needs no ledger, and makes none."""
        sharepoint = self._sharepoint
        if sharepoint is None:
            from ecosmig_publish.destinations.folder.watching import WatchedDisk  # noqa: PLC0415 - one of them is needed

            return WatchedDisk(self.settings.destination.folder.path)
        from ecosmig_publish.destinations.sharepoint import open_library  # noqa: PLC0415 - as above
        from ecosmig_publish.destinations.sharepoint.watching import WatchedLibrary  # noqa: PLC0415

        return WatchedLibrary(open_library(self.connection(sharepoint), self.sharepoint_timing))

    def anchors(self) -> Anchors:
        """Return where the chain's anchors are kept, without a ledger; nothing is sent before the first need."""
        sharepoint = self._sharepoint
        if sharepoint is None:
            return self._folder_destination().anchors
        from ecosmig_publish.destinations.sharepoint import open_publisher  # noqa: PLC0415 - few commands need it

        return open_publisher(self.connection(sharepoint), {}, timing=self.sharepoint_timing).anchors

    def anchors_at(self, path: Path) -> Anchors:
        """Return anchors that were copied into a folder."""
        from ecosmig_publish.destinations.folder.anchors import AnchorsOnDisk  # noqa: PLC0415 - few commands need it

        return AnchorsOnDisk(path)

    def connection(self, sharepoint: SharePointSettings) -> Connection:
        """Return who signs in to SharePoint, and where."""
        from ecosmig_publish.destinations.sharepoint import Connection, Identity, LibraryAddress  # noqa: PLC0415

        return Connection(
            identity=Identity(
                kind=sharepoint.identity,
                tenant_id=sharepoint.tenant_id,
                client_id=sharepoint.client_id,
                certificate=sharepoint.certificate,
                authority=sharepoint.authority,
                graph_url=sharepoint.graph_url,
            ),
            address=LibraryAddress(
                site_url=sharepoint.site_url,
                library=sharepoint.library,
                root_folder=sharepoint.root_folder,
                staging_folder=sharepoint.staging_folder,
            ),
            ca_bundle=sharepoint.ca_bundle,
            resource_units_per_minute=sharepoint.resource_units_per_minute,
        )

    def readers(self, sharepoint: SharePointSettings) -> dict[Signifier, Readers]:
        """Return who should be able to read each recipient's folder, by what the configuration says.

        The app that onboards is one of the owner's own: a folder that it makes may name it.
        """
        from ecosmig_publish.destinations.sharepoint import Readers  # noqa: PLC0415

        owners = frozenset({*sharepoint.owners, self.administrator(sharepoint).identity.client_id} - {""})
        return {
            supplier.signifier: Readers(
                frozenset({supplier.group} if supplier.group else supplier.users), owners, is_group=bool(supplier.group)
            )
            for supplier in self.settings.suppliers
        }

    def onboarding(self, *, invite_guests: bool = False) -> FolderOnboarding:
        """Return the destination as an administrator sees it; nothing is sent before the first need."""
        sharepoint = self._sharepoint
        if sharepoint is None:
            return self._folder_destination()
        from ecosmig_publish.destinations.sharepoint.onboarding import Recipients, open_onboarding  # noqa: PLC0415

        recipients = {one.signifier: Recipients(one.users, one.group or "") for one in self.settings.suppliers}
        owners = (*sharepoint.owners, sharepoint.client_id)
        connection = self.administrator(sharepoint)
        return open_onboarding(
            connection, recipients, owners=owners, invite_guests=invite_guests, timing=self.sharepoint_timing
        )

    def administrator(self, sharepoint: SharePointSettings) -> Connection:
        """Return who signs in to onboard: what `[destination.sharepoint.onboarding]` says, else the publisher."""
        publisher, section = self.connection(sharepoint), sharepoint.onboarding
        if section is None:
            return publisher
        identity = replace(
            publisher.identity,
            kind=section.identity,
            tenant_id=section.tenant_id or sharepoint.tenant_id,
            client_id=section.client_id or sharepoint.client_id,
            certificate=section.certificate or sharepoint.certificate,
        )
        return replace(publisher, identity=identity)

    def policy(self) -> IssuingPolicy:
        """Return what shapes an issue."""
        settings = self.settings
        brake = BrakeLimits(**settings.brake.model_dump())
        rows_in_part = max(1, settings.source.memory_bytes // _BYTES_A_NUMBERED_ROW)
        return IssuingPolicy(settings.rows_per_file, settings.empty_reports == "issue", brake, rows_in_part)

    def workers(self) -> int:
        """Return how many files may be on their way at once."""
        return self._sharepoint.workers if self._sharepoint else _WORKERS

    def parts(self, ledger: Ledger) -> Parts:
        """Return what a run works with."""
        settings, sharepoint = self.settings, self._sharepoint
        return Parts(
            ledger=ledger,
            outbox=self.outbox(),
            destination=self.publishing(ledger),
            open_data=self.data,
            policy=self.policy(),
            start=settings.start,
            settle=settings.source.settle,
            workers=self.workers(),
            now=self.now,
            forecast=_forecast(sharepoint.resource_units_per_minute) if sharepoint else _no_forecast,
        )

    def recovery(
        self,
        ledger: Ledger,
        *,
        lost_head: str | None = None,
        lost: Mapping[tuple[Report, Signifier], Collection[int]] | None = None,
    ) -> RecoveryParts:
        """Return what a recovery works with; `lost_head` is the newest act's hash of the ledger that is replaced.

        `lost` are numbers that were used, and whose files nobody has.
        """
        from ecosmig_publish.workflows.recovery.recovering import RecoveryParts  # noqa: PLC0415 - few commands need it

        return RecoveryParts(
            ledger=ledger,
            outbox=self.outbox(),
            destination=self.publishing(ledger),
            open_data=self.data,
            settle=self.settings.source.settle,
            now=self.now,
            lost_head=lost_head,
            lost=lost or {},
        )

    def _lock_path(self) -> Path:
        return self.settings.outbox.path.parent / "ecosmig.lock"

    def _folder_destination(self) -> FolderOnDisk:
        from ecosmig_publish.destinations.folder import FolderOnDisk  # noqa: PLC0415 - each run needs one destination

        folder = self.settings.destination.folder
        # Not among the recipients' folders: whoever lists or copies those finds reports there and nothing else.
        return FolderOnDisk(folder.path, folder.anchors or self.settings.outbox.path.parent / "anchors")


def _no_forecast(_files: int, _folders: int) -> str:
    return ""


def _forecast(units_per_minute: int) -> Callable[[int, int], str]:
    def forecast(files: int, folders: int) -> str:
        from ecosmig_publish.destinations.sharepoint.waiting.forecast import forecast_wave  # noqa: PLC0415 - as above

        wave = forecast_wave(files, folders, units_per_minute=units_per_minute)
        takes = "" if wave.seconds is None else f", {wave.seconds / 60:.1f} minutes at {units_per_minute:,} a minute"
        what = f"{files:,} file{'' if files == 1 else 's'} in {folders:,} folder{'' if folders == 1 else 's'}"
        return f"Publishing {what}: about {wave.requests:,} requests and {wave.resource_units:,} resource units{takes}."

    return forecast


def _actor(settings: Settings) -> Actor:
    return Actor(identity=settings.operations.identity or _user(), host=socket.gethostname(), version=__version__)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        # A container may run under a number that no user has.
        return f"uid {os.getuid()}"
