"""A wave to order: so many recipients, of each of five reports one small file each, issued and waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.records import header_line, trailer_line
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.fingerprint import fingerprint_file
from ecosmig_publish.ledger import FileEntry, IssueEntry, SlotBirth, SlotEntry
from tests.installation import at
from tests.sharepoint.installation import SharePointInstallation
from tests.workflows.made import source

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

DUE = at("2024-04-01T06:00:00")
"""A Monday that is the 1st: every report but 003 is due."""
REPORTS = tuple(report for report in Report if report is not Report.ECOSMIG_003)
WORST = 150
"""Recipients: 750 files."""


def waiting_wave(
    home: Path, sandbox: Sandbox, driven: DrivenTime, *, recipients: int, units: int = 0, workers: int = 4
) -> SharePointInstallation:
    """Return an installation in which the wave waits, its recipients onboarded."""
    parties = {f"PX{number:04}": f"Supplier {number}" for number in range(1, recipients + 1)}
    made = SharePointInstallation(home, sandbox, driven, DUE, "parquet:data", parties, units, workers)
    # What waited is looked up in the source again, so there has to be one.
    source().write_parquet(made.home / "data")
    made.onboard_all()
    wiring = made.wiring()
    outbox = wiring.outbox()
    with wiring.locked_ledger() as ledger:
        for report in REPORTS:
            ledger.record_slot(_birth(report, parties, outbox))
    return made


def _birth(report: Report, parties: dict[str, str], outbox: Outbox) -> SlotBirth:
    slot = Slot(DUE, report)
    directory = outbox.begin(slot)
    issues = tuple(_issue(slot, Signifier(recipient), directory) for recipient in parties)
    outbox.seal(directory)
    entry = SlotEntry(slot=slot, period=period_of(slot), cut_off=DUE, generated_at=DUE, watermark=None)
    return SlotBirth(
        entry=entry,
        issues=issues,
        held=(),
        closed={},
        problems=(),
        reported_keys=(),
        expected_last=dict.fromkeys((issue.recipient for issue in issues), 0),
    )


def _issue(slot: Slot, recipient: Signifier, directory: Path) -> IssueEntry:
    name = f"{slot.report}_{recipient}_1_{slot.due_at:%Y%m%d%H%M%S}.csv"
    path = directory / recipient / name
    path.parent.mkdir(exist_ok=True)
    # Empty reports, never two the same: what counts here is requests, and no row has to be in the source.
    header = header_line(slot.report, recipient, 1, slot.due_at, period_of(slot))
    path.write_bytes(header + trailer_line(0))
    it = fingerprint_file(path)
    entry = FileEntry(1, 1, name, f"{directory.name}/{recipient}/{name}", 0, it.size, it.sha256, it.quick_xor_hash)
    return IssueEntry(recipient, (entry,))
