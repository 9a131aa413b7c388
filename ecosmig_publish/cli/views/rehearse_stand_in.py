"""What a rehearsal publishes to: the stand-in, under the names that the operator's own library has."""

from __future__ import annotations

import tomllib
from collections import Counter
from contextlib import contextmanager
from http import HTTPStatus
from random import Random
from typing import TYPE_CHECKING, Any

from ecosmig_publish.cli.stand_in import copy_files, stand_in
from ecosmig_publish.cli.views.rehearse_installation import STAND_IN
from ecosmig_publish.settings.model import DestinationSettings, SharePointSettings, SupplierSettings
from ecosmig_publish.workflows.rehearsing.playing import Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.sandbox import Sandbox
    from ecosmig_publish.settings import Settings
    from ecosmig_publish.workflows.rehearsing.played_time import PlayedTime

UNITS_PER_MINUTE = 1_250
"""What SharePoint allows an application in the smallest tenant."""


class RehearsalStandIn:
    """The stand-in while it answers, and what the configuration says to be led there."""

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self._sandbox = sandbox
        blocks: dict[str, Any] = tomllib.loads(sandbox.configuration())["destination"]["sharepoint"]
        own = settings.destination.sharepoint
        if own is not None:
            blocks["root_folder"], blocks["staging_folder"] = own.root_folder, own.staging_folder
            blocks["resource_units_per_minute"] = own.resource_units_per_minute
            blocks["access_proof_max_age"] = own.access_proof_max_age
        # One worker asks in one order, so that the same seed plays the same faults.
        self._sharepoint = SharePointSettings.model_validate({**blocks, "workers": 1})
        for folder in (self._sharepoint.root_folder, self._sharepoint.staging_folder):
            sandbox.library(self._sharepoint.library).make_folder(folder)
        self.port = sandbox.port
        self.settings = DestinationSettings(kind="sharepoint", sharepoint=self._sharepoint)

    def introduce(
        self, register: Iterable[Signifier], suppliers: Sequence[SupplierSettings]
    ) -> tuple[list[SupplierSettings], list[Signifier]]:
        """Let each party have its readers in the directory: those configured, else somebody made up.

        Return who reads whose folder, and the parties that somebody had to be made up for.
        """
        configured = {supplier.signifier: supplier for supplier in suppliers}
        invented = [it for it in register if not (it in configured and (configured[it].users or configured[it].group))]
        return [self._readers(it, configured.get(it)) for it in register], invented

    def _readers(self, signifier: Signifier, supplier: SupplierSettings | None) -> SupplierSettings:
        people = self._sandbox.people
        users = (supplier.users if supplier else ()) or (f"reports@{signifier.lower()}.example.test",)
        for mail in users:
            people.add_person(mail, guest=True)
        if supplier is None or not supplier.group:
            return SupplierSettings(signifier=signifier, users=users)
        # A group's object id is given by the directory that it stands in.
        mail = supplier.group if "@" in supplier.group else ""
        team = people.add_team(f"{signifier} readers", mail, members=users)
        return SupplierSettings(signifier=signifier, group=team.id)

    def traffic(self) -> Traffic:
        """Return what was asked since the last time."""
        asked = self._sandbox.requests()
        self._sandbox.clear_requests()
        faults = Counter(kind for request in asked for kind in request.fault.split(",") if kind)
        return Traffic(
            requests=len(asked),
            resource_units=sum(request.resource_units for request in asked),
            throttled=sum(request.status == HTTPStatus.TOO_MANY_REQUESTS for request in asked),
            too_early=sum(request.too_early for request in asked),
            faults=dict(faults),
        )

    def disturb(self, of_a_thousand: int, seed: int, start: datetime) -> None:
        """Let so many of a thousand requests meet a fault that passes, from the beginning of a run on."""
        from ecosmig_publish.sandbox.passing import PASSING  # noqa: PLC0415 - of the extra

        if of_a_thousand:
            random = Random(f"{seed} {start.isoformat()}")  # noqa: S311 - a rehearsal is to be repeated, not secret
            self._sandbox.faults.strew(PASSING, share=of_a_thousand / 1000, random=random)

    def calm(self) -> None:
        """Let no more faults happen."""
        self._sandbox.faults.clear()

    def ever_visible(self, folders: Iterable[FolderEntry]) -> dict[Signifier, dict[str, list[str]]]:
        """Return for each recipient the SHA-256 of all that was ever visible under each name, in its order."""
        library = self._sandbox.library(self._sharepoint.library)
        root = self._sharepoint.root_folder
        return {
            folder.signifier: {
                name: [version.sha256 for version in versions]
                for name, versions in library.ever_visible(f"{root}/{folder.name}").items()
            }
            for folder in folders
        }

    def copy_files(self, to: Path) -> None:
        """Copy what the recipients see."""
        copy_files(self._sandbox, self._sharepoint.library, self._sharepoint.root_folder, to)


@contextmanager
def rehearsal_stand_in(home: Path, settings: Settings, time: PlayedTime) -> Iterator[RehearsalStandIn]:
    """Yield the stand-in, which answers for the span of the context and keeps its state below `home`."""
    made = stand_in()
    from ecosmig_publish.sandbox import Clock  # noqa: PLC0415 - of the extra

    own = settings.destination.sharepoint
    names = {} if own is None else {"site_url": own.site_url, "libraries": (own.library,)}
    with made(
        home / STAND_IN,
        clock=Clock(time.now),
        # Who signs in signs by the machine's clock.
        sign_in_clock=Clock(),
        resource_units_per_minute=UNITS_PER_MINUTE,
        **names,  # type: ignore[arg-type]
    ) as sandbox:
        yield RehearsalStandIn(sandbox, settings)
