"""A wave to order: so many recipients, of each of five reports one small file each, issued and waiting."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Period, Report, Signifier, Slot
from ecosmig_publish.fingerprint import fingerprint_file
from ecosmig_publish.ledger import FileEntry, IssueEntry, SlotBirth, SlotEntry
from tests.installation import at
from tests.sharepoint.installation import SharePointInstallation

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
    made = SharePointInstallation(home, sandbox, driven, DUE, "csv:data", parties, units, workers)
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
    week = Period(DUE - timedelta(days=7), DUE)
    entry = SlotEntry(slot=slot, period=week, cut_off=DUE, generated_at=DUE, watermark=None)
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
    # Some kilobytes, never the same twice: what counts here is requests.
    rows = [f"10,{recipient},{slot.report},{number}" for number in range(20 + int(recipient[2:]) % 100)]
    path.write_text("\r\n".join([f"00,{name}", *rows, f"99,{len(rows)}", ""]))
    it = fingerprint_file(path)
    entry = FileEntry(
        1, 1, name, f"{directory.name}/{recipient}/{name}", len(rows), it.size, it.sha256, it.quick_xor_hash
    )
    return IssueEntry(recipient, (entry,))
