"""A ledger in which everything happened that a pack tells of, with its outbox, and a key to sign with.

A's stream of 001: 1 in time, superseded by 5; 2 proved late and withdrawn, for a reason that names B; 3 and 4, two
parts of one issue, held by the brake, let go, sent again since, 4 never proved. B has 1 and 2. Both have one of 006.
The slot of the 4th fell due and nobody issued it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.evidence.pack import Asking, Maker, Scope, make_pack, open_signer
from ecosmig_publish.fingerprint import FingerprintBuilder
from ecosmig_publish.ledger import (
    AccessProof,
    CorrectionBirth,
    FileEntry,
    FolderEntry,
    HeldEntry,
    IssueEntry,
    Ledger,
    ProblemEntry,
    PublishedEntry,
    ReceiptEntry,
    ResendEntry,
    SlotBirth,
    SlotEntry,
    WithdrawalEntry,
)
from ecosmig_publish.ledger.exporting import DueSpan
from ecosmig_publish.outbox import Outbox
from tests.destinations.sharepoint.keys import certificate_pem, key_pem, rsa_key
from tests.ledger.made import ACTOR, URL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ecosmig_publish.evidence.pack import Pack

A, B = Signifier("PAA001"), Signifier("PBB002")
PARTIES = {A: "Able Energy", B: "Baker & Co"}
DEVICES = ("00-DB-12-34-56-78-90-A0", "00-DB-12-34-56-78-90-A1")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = datetime(2024, 2, 1, tzinfo=UTC)
SPAN = DueSpan(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 2, 5, tzinfo=UTC))
NOW = datetime(2024, 3, 1, 12, tzinfo=UTC)
SEEN_AT = datetime(2024, 2, 1, 9, tzinfo=UTC)
HOSTILE = "=HYPERLINK(0)"
NAMES_B = "half of it was Baker & Co's (PBB002)"


def due(day: int, report: Report = Report.ECOSMIG_001) -> Slot:
    return Slot(datetime(2024, 2, day, 6, tzinfo=UTC), report)


@dataclass(slots=True)
class Story:
    """Where it is told: the ledger's clock is `at`."""

    home: Path
    at: datetime = START
    last: dict[tuple[Report, Signifier], int] = field(default_factory=dict)

    def open(self) -> Ledger:
        return Ledger.open(URL, base=self.home, actor=ACTOR, now=lambda: self.at)

    def outbox(self) -> Outbox:
        return Outbox(self.home / "state/outbox")

    def issue(self, slot: Slot, recipient: Signifier, created_at: datetime, parts: int = 1) -> IssueEntry:
        """Write files as an issue has them, with the stream's next numbers."""
        made = []
        for part in range(1, parts + 1):
            number = self.last[slot.report, recipient] = self.last.get((slot.report, recipient), 0) + 1
            name = format_file_name(FileName(slot.report, recipient, number, created_at))
            path = f"{slot.report}_{slot.due_at:%Y%m%d}_{created_at:%d%H%M}/{name}"
            content = f"00,{name}\r\n10,{DEVICES[0]}\r\n".encode()
            target = self.outbox().path / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            builder = FingerprintBuilder()
            builder.update(content)
            of = builder.finish()
            made.append(FileEntry(number, part, name, path, 1, of.size, of.sha256, of.quick_xor_hash))
        return IssueEntry(recipient, tuple(made))

    def birth(self, slot: Slot, parts: Mapping[Signifier, int], **more: object) -> SlotBirth:
        expected = {recipient: self.last.get((slot.report, recipient), 0) for recipient in parts}
        self.at = slot.due_at + MINUTE
        entry = SlotEntry(slot, period_of(slot), self.at, self.at, None)
        issues = tuple(self.issue(slot, recipient, self.at, count) for recipient, count in parts.items())
        values: dict[str, object] = {"held": (), "closed": {}, "problems": (), "reported_keys": (), **more}
        return SlotBirth(entry, issues, expected_last=expected, **values)  # type: ignore[arg-type]


def publish(story: Story, ledger: Ledger, after: timedelta, *, but: Sequence[str] = ()) -> None:
    """Publish and prove whatever waits and isn't held, so long after now."""
    story.at += after
    waiting = [file for file in ledger.waiting() if file.brake is None]
    ledger.record_all_published(
        PublishedEntry(it.file_id, f"item-{it.file_id}", adopted=False, published_at=story.at) for it in waiting
    )
    proved = [(it.file_id, it.size, it.quick_xor_hash) for it in waiting if it.name not in but]
    ledger.record_proved(proved, story.at)


def tell(home: Path) -> Story:
    """Record all of it."""
    story = Story(home)
    (home / "key.pem").write_text(key_pem(rsa_key()) + certificate_pem(rsa_key(), until=NOW + 100 * HOUR))
    with story.open() as ledger:
        for number, (signifier, party) in enumerate(PARTIES.items()):
            ledger.record_folder(FolderEntry(signifier, f"folder-{number}", f"{signifier} {party}", party, START))
            proof = AccessProof(signifier, f"folder-{number}", (f"reader-{number}",), is_exact=True, looked_at=START)
            ledger.record_access_proof(proof)
        held = [HeldEntry(f"gpf:{device}", ("empty:mpxn",), who) for device, who in zip(DEVICES, (A, B), strict=True)]
        ledger.record_slot(story.birth(due(1), {A: 1, B: 1}, held=held))
        ledger.record_slot(story.birth(due(1, Report.ECOSMIG_006), {A: 1, B: 1}))
        publish(story, ledger, MINUTE)
        problem = ProblemEntry("no-device", f"device:{DEVICES[1]}", A, 2)
        ledger.record_slot(story.birth(due(2), {A: 1}, held=held, problems=(problem,)))
        publish(story, ledger, 2 * HOUR)
        closed = {held[0].key: "reported"}
        ledger.record_slot(
            story.birth(due(3), {A: 2, B: 1}, held=held[1:], closed=closed, brakes={A: "40 times as many"})
        )
        _decide(story, ledger)
    story.at = NOW
    return story


def _decide(story: Story, ledger: Ledger) -> None:
    b2 = next(it for it in ledger.waiting() if it.recipient == B)
    ledger.record_conflict(b2.file_id, f"{b2.name} holds other bytes")
    publish(story, ledger, MINUTE)
    ledger.release([it.issue_id for it in ledger.braked_issues()], ())
    fourth = next(it.name for it in ledger.waiting() if it.sequence == 4)
    publish(story, ledger, MINUTE, but=[fourth])
    by_number = {it.sequence: it for it in ledger.files(recipient=A, report=Report.ECOSMIG_001)}
    story.at = datetime(2024, 2, 10, 9, tzinfo=UTC)
    ledger.record_correction(
        CorrectionBirth(
            slot=due(1),
            issue=story.issue(due(1), A, story.at),
            supersedes_id=by_number[1].issue_id,
            cut_off=story.at,
            generated_at=story.at,
            reason=HOSTILE,
            expected_last=4,
        )
    )
    publish(story, ledger, MINUTE, but=[fourth])
    ledger.record_resend(ResendEntry(by_number[3].issue_id, story.at, "lost"))
    publish(story, ledger, MINUTE, but=[fourth])
    ledger.record_withdrawal(WithdrawalEntry(by_number[2].issue_id, story.at, NAMES_B, removed=True))
    moved = {"recipient": A, "name": by_number[1].name, "detail": "was moved into the folder of PBB002 by eve"}
    ledger.record_finding("moved", moved)
    seen = ReceiptEntry(by_number[1].file_id, "yes", SEEN_AT, 3, 2)
    ledger.record_receipts(A, [seen, ReceiptEntry(by_number[3].file_id, "not yet", None, 0, 0)], story.at)
    ledger.record_receipts(B, [ReceiptEntry(b2.file_id, "opened", None, 1, 1)], story.at)


def pack(
    story: Story,
    out: Path,
    *suppliers: Signifier,
    files: bool = False,
    signed: bool = True,
    asking: Asking | None = None,
) -> Pack:
    """Make a pack of the span for these suppliers, or for all."""
    signer = open_signer(story.home / "key.pem", NOW) if signed else None
    scope = Scope(suppliers or None, SPAN, HOUR, START, files=files)
    with story.open() as ledger, ledger.at_one_moment() as connection:
        maker = Maker("auditor", "host-9", "0.1.0", story.at)
        return make_pack(out, connection, scope, story.outbox(), signer=signer, maker=maker, asking=asking)
