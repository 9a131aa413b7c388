"""What `doctor` examines and shows."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from ecosmig_publish.cli.counted import counted
from ecosmig_publish.cli.progress import sharing
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.destinations import Folder
from ecosmig_publish.errors import EcosmigError, ExitStatus
from ecosmig_publish.workflows.doctor import Check, Level
from ecosmig_publish.workflows.doctor.checks import good
from ecosmig_publish.workflows.doctor.machine import check_anchor, check_ledger, check_outbox, check_root
from ecosmig_publish.workflows.doctor.recipients import check_folders, check_onboarded
from ecosmig_publish.workflows.doctor.source import check_data

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.settings.model import SharePointSettings
    from ecosmig_publish.wiring import Wiring


SIGN_IN = "sign-in"


def examine_and_show(invocation: Invocation) -> int:
    """Examine everything; returns 20 on a finding. Warnings alone are 0."""
    wiring = wired(invocation)
    checks: list[Check] = []
    with sharing(invocation, "examining") as tell:
        for check in examine(wiring):
            checks.append(check)
            tell(check.name, min(0.99, len(checks) / 20))
    counts = Counter(check.level for check in checks)
    status = ExitStatus.FINDING if counts[Level.FINDING] else ExitStatus.OK
    document = {
        "exit_status": int(status),
        "findings": counts[Level.FINDING],
        "warnings": counts[Level.WARNING],
        "checks": [
            {"name": check.name, "level": check.level, "says": check.says, "next": check.next or None}
            for check in checks
        ],
    }
    invocation.result(document, lambda: _render(checks))
    return status


def examine(wiring: Wiring) -> Iterator[Check]:
    """Yield every check that the configuration asks for."""
    settings = wiring.settings
    kind = settings.destination.kind
    yield good("configuration", f"in {settings.base}; destination {kind}, {len(settings.suppliers):,} suppliers in it")
    yield check_data(wiring.data, wiring.now())
    yield check_ledger(settings.ledger.url, settings.base, wiring.existing_ledger)
    with _reading(wiring) as ledger:
        if ledger is not None:
            yield check_anchor(ledger, wiring.now())
    yield check_outbox(settings.outbox.path)
    if settings.destination.sharepoint is not None and kind == "sharepoint":
        yield from _examine_sharepoint(wiring, settings.destination.sharepoint)
    else:
        yield check_root(settings.destination.folder.path)
        with _reading(wiring) as ledger:
            folders = ledger.folders() if ledger else {}
            if ledger is not None:
                says = "is there, and its name says whose it is"
                yield from check_folders(folders, wiring.publishing(ledger), None, says)
            yield from check_onboarded(folders, ())


def _examine_sharepoint(wiring: Wiring, sharepoint: SharePointSettings) -> Iterator[Check]:
    # Only who publishes to SharePoint pays for the import.
    from ecosmig_publish.workflows.doctor import sharepoint as remote  # noqa: PLC0415
    from ecosmig_publish.workflows.doctor.key_file import check_key_file  # noqa: PLC0415

    timing, publisher = wiring.sharepoint_timing, wiring.connection(sharepoint)
    administrator = wiring.administrator(sharepoint)
    key_files = {
        identity.certificate: name
        for name, identity in (
            ("administrator's certificate", administrator.identity),
            ("certificate", publisher.identity),
        )
        if identity.kind == "certificate" and identity.certificate is not None
    }
    for path, name in sorted(key_files.items(), key=lambda item: item[1], reverse=True):
        yield from check_key_file(name, path, wiring.now())
    here = list(remote.check_sign_in(SIGN_IN, publisher, timing, publishes=True))
    yield from here
    if _has_finding(here, SIGN_IN):
        return
    looks_by_itself = administrator.identity.kind != "device-code"
    if sharepoint.onboarding is not None and looks_by_itself:
        yield from remote.check_sign_in("administrator's sign-in", administrator, timing, publishes=False)
    there = []
    for check in remote.check_library(publisher, timing, wiring.now):
        there.append(check)
        yield check
    if _has_finding(there, "site and library", "library's folders"):
        return
    readers = wiring.readers(sharepoint)
    everybody = frozenset(name for one in readers.values() for name in one.recipients)
    own = frozenset({*sharepoint.owners, publisher.identity.client_id, administrator.identity.client_id} - {""})
    yield remote.check_staging_readers(administrator if looks_by_itself else publisher, timing, everybody, own)
    yield from _examine_folders(wiring, set(readers))


def _has_finding(checks: Sequence[Check], *names: str) -> bool:
    """Whether one of these found what makes everything after it meaningless."""
    return any(check.level is Level.FINDING and check.name in names for check in checks)


def _examine_folders(wiring: Wiring, configured: set[Signifier]) -> Iterator[Check]:
    from ecosmig_publish.destinations.sharepoint import SharePointDestination  # noqa: PLC0415
    from ecosmig_publish.workflows.doctor.sharepoint import check_who_proves  # noqa: PLC0415

    with _reading(wiring) as ledger:
        folders = ledger.folders() if ledger else {}
        if ledger is not None:
            destination = wiring.publishing(ledger)
            first = next((entry for entry in folders.values() if entry.signifier in configured), None)
            if first is not None and isinstance(destination, SharePointDestination):
                yield check_who_proves(destination, Folder(first.signifier, first.folder_id, first.name))
            says = "is there, its name says whose it is, its readers are right"
            yield from check_folders(folders, destination, configured, says)
        yield from check_onboarded(folders, configured)


@contextmanager
def _reading(wiring: Wiring) -> Iterator[Ledger | None]:
    """Open the ledger to read; None where there is none, or none that opens: its own check has said so."""
    try:
        ledger = wiring.existing_ledger()
    except EcosmigError:
        ledger = None
    with ledger or nullcontext() as opened:
        yield opened


def _render(checks: Sequence[Check]) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    for check in checks:
        show_line(f"{check.level:<8} {check.name}: {check.says}")
        if check.next:
            show_line(f"         next: {check.next}")
    counts = Counter(check.level for check in checks)
    found = f"{counted(counts[Level.WARNING], 'warning')}, {counted(counts[Level.FINDING], 'finding')}"
    show_line(f"{counted(len(checks), 'check')}: {counts[Level.GOOD]:,} good, {found}.")
