"""A ledger in which everything that can be recorded was: sound, until a test meddles with it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Period, Report, Slot
from ecosmig_publish.ledger import (
    AccessProof,
    FolderEntry,
    HeldEntry,
    IssueEntry,
    Ledger,
    ProblemEntry,
    PublishedEntry,
    ReceiptEntry,
    Watermark,
)
from ecosmig_publish.ledger.checking import LedgerFault, check_ledger

from .made import NOON, QUICK_XOR_HASH, A, B, Place, birth_of, entry_of, file_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FileEntry, SlotBirth, SlotEntry

C006 = Slot(slot_of(1).due_at, Report.ECOSMIG_006)


def whole_ledger(at: Path | Place, *, has_receipts: bool = True, has_readings: bool = True) -> Ledger:
    """Return an open ledger of two recipients and three slots of 001, of which the last waits; and one of 006.

    Files: A's 1 is published and proved, 2 adopted and proved, 3 published; B's 1 was in conflict and is published,
    2 and 3 (two parts of one issue) wait, 2 in conflict; both have one of 006, which waits.
    """
    ledger = (at if isinstance(at, Place) else Place(at)).opened()
    for number, signifier in enumerate((A, B)):
        ledger.record_folder(FolderEntry(signifier, f"folder-{number}", f"{signifier} Party", "Party", NOON))
        proof = AccessProof(signifier, f"folder-{number}", (f"reader-{number}",), is_exact=True, looked_at=NOON)
        ledger.record_access_proof(proof)
    row_7, row_8 = (HeldEntry(f"attempt:{number}", ("no-device", "empty:mpxn"), None) for number in (7, 8))
    gpf = HeldEntry("gpf:00-DB-12-34-56-78-90-01", ("empty:mpxn",), str(A))
    first, second, third = slot_of(1), slot_of(2), slot_of(3)
    watermark = Watermark(10, 10**30)
    births = (
        birth_of(first, {A: [1], B: [1]}, held=(row_7, row_8), entry=entry_of(first, watermark=watermark)),
        birth_of(C006, {A: [1], B: [1]}, held=(gpf,), reported_keys=(b"one", b"two"), entry=_of_006()),
        birth_of(second, {A: [2]}, held=(row_8,), closed={"attempt:7": "reported"}),
        birth_of(third, {A: [3], B: [2, 3]}, held=(row_8,), problems=(ProblemEntry("no-device", "device:1", None, 2),)),
    )
    for birth in births:
        ledger.record_slot(named(birth))
    names = {file.name: file.file_id for file in ledger.files()}
    ids = [names[name] for name in sorted(names)]
    a1, a2, a3, b1, b2 = ids[:5]
    ledger.record_conflict(b1, "something else stands there")
    ledger.record_conflict(b2, "something else stands there too")
    ledger.record_all_published(
        PublishedEntry(file_id, f"item-{file_id}", adopted=file_id == a2, published_at=NOON)
        for file_id in (a1, a2, a3, b1)
    )
    sizes = {file.file_id: file.size for file in ledger.files()}
    ledger.record_proved([(file_id, sizes[file_id], QUICK_XOR_HASH) for file_id in (a1, a2)], NOON)
    if has_receipts:
        opened, unread = ReceiptEntry(a1, "opened", None, 2, 1), ReceiptEntry(a2, "not yet", None, 0, 0)
        ledger.record_receipts(A, [opened, unread], NOON)
        ledger.record_receipts(A, [ReceiptEntry(a1, "yes", NOON, 3, 2)], NOON)
    if has_readings:
        ledger.record_readings([a1, a2], [], NOON)
        ledger.record_readings([a1], [a3], NOON + timedelta(hours=1))
    ledger.record_finding("altered", {"name": "some name"})
    ledger.record_finding("altered", {"name": "some name"})
    ledger.rebase_watermark(Report.ECOSMIG_006, Watermark(5, 55))
    ledger.record_change_token("a library", "a token")
    return ledger


def faults_of(ledger: Ledger, head: str | None = None) -> list[LedgerFault]:
    with ledger.at_one_moment() as connection:
        return list(check_ledger(connection, head=head))


def meddle(base: Path, *statements: str) -> None:
    """Change a closed ledger's rows past everything that guards them."""
    with closing(sqlite3.connect(base / "state/ecosmig.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0, statement


def _of_006() -> SlotEntry:
    entry = entry_of(C006, watermark=Watermark(4, 44))
    return replace(entry, period=Period(entry.period.end.replace(month=1, day=1), entry.period.end))


def named_files(
    slot: Slot, recipient: Signifier, numbers: Sequence[int], created_at: datetime, directory: str
) -> tuple[FileEntry, ...]:
    """Return the parts of an issue, called by the instant at which it was generated, as real ones are."""
    files = [file_of(slot, recipient, number, part) for part, number in enumerate(numbers, 1)]
    names = [format_file_name(FileName(slot.report, recipient, number, created_at)) for number in numbers]
    return tuple(
        replace(file, name=name, outbox_path=f"{slot.report}_{directory}/{name}")
        for file, name in zip(files, names, strict=True)
    )


def named(birth: SlotBirth) -> SlotBirth:
    """Return a birth whose files are called as real ones are."""
    slot, created_at = birth.entry.slot, birth.entry.generated_at
    issues = tuple(
        IssueEntry(
            issue.recipient,
            named_files(
                slot, issue.recipient, [file.sequence for file in issue.files], created_at, f"{slot.due_at:%Y%m%d}"
            ),
        )
        for issue in birth.issues
    )
    return replace(birth, issues=issues)
