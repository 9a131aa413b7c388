"""What is put into the ledger."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Period, Signifier, Slot
    from ecosmig_publish.ledger.views import SourceWatermark


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the identity that runs the program, the host it runs on, the program's version."""

    identity: str
    host: str
    version: str


@dataclass(frozen=True, slots=True)
class Watermark:
    """Count and checksum of all source rows that lie under a slot's two bounds, reported or held."""

    count: int
    checksum: int


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file of an issue.

    `outbox_path` is relative to the outbox, its first component the directory of one attempt; `part` counts
    from 1 within the issue; `size` is in bytes, `sha256` in hex, `quick_xor_hash` in base64.
    """

    sequence: int
    part: int
    name: str
    outbox_path: str
    rows: int
    size: int
    sha256: str
    quick_xor_hash: str


@dataclass(frozen=True, slots=True)
class IssueEntry:
    """What one recipient gets of a slot: one file, or several in a row where a split is needed."""

    recipient: Signifier
    files: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True)
class HeldEntry:
    """A row that can't be reported correctly yet; `recipient` is what the source says, signifier or not."""

    key: str
    reasons: tuple[str, ...]
    recipient: str | None


@dataclass(frozen=True, slots=True)
class ProblemEntry:
    """Something that a slot could not report and that is not tried again; stands for `count` source rows."""

    reason: str
    key: str | None
    recipient: str | None
    count: int = 1


@dataclass(frozen=True, slots=True)
class SlotEntry:
    """A slot as issued: its period, its cut-off for `recorded_at`, the instant of generation; all UTC."""

    slot: Slot
    period: Period
    cut_off: datetime
    generated_at: datetime
    watermark: Watermark | None


@dataclass(frozen=True, slots=True)
class SlotBirth:
    """All that is born with a slot, in one transaction.

    `closed` says by hold key how an earlier hold ended: `reported` or `not-of-this-report`. `reported_keys`
    are opaque to the ledger. `expected_last` is the last number that each touched stream had when its files
    were written, 0 for a new stream. `brakes` says whose issue waits for an operator's word, and why.
    `source_watermarks` are kept by their subject, in place of what was kept of it.
    """

    entry: SlotEntry
    issues: tuple[IssueEntry, ...]
    held: Sequence[HeldEntry]
    closed: Mapping[str, str]
    problems: Sequence[ProblemEntry]
    reported_keys: Sequence[bytes]
    expected_last: Mapping[Signifier, int]
    brakes: Mapping[Signifier, str] = field(default_factory=dict)
    source_watermarks: Mapping[str, SourceWatermark] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A recipient's folder, pinned by its id; `party_name` is the one it was made under."""

    signifier: Signifier
    folder_id: str
    name: str
    party_name: str
    onboarded_at: datetime


@dataclass(frozen=True, slots=True)
class AccessProof:
    """Who could read a recipient's folder when it was looked at, as ids, and whether they are exactly who should."""

    signifier: Signifier
    folder_id: str
    readers: tuple[str, ...]
    is_exact: bool
    looked_at: datetime


@dataclass(frozen=True, slots=True)
class AccessChange:
    """Who was let into a recipient's folder and who was shut out, as ids like a proof's readers.

    `kind` is that of the act: `grant` at onboarding, `offboard`. `invited` counts the guests who got an invitation.
    """

    kind: Literal["grant", "offboard"]
    granted: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    invited: int = 0


@dataclass(frozen=True, slots=True)
class ReceiptEntry:
    """What a destination said of a published file's readers: `seen` is yes, opened or not yet.

    `seen_at` is a reading by the recipient; `opened` and `people` count everybody's, None where they aren't counted.
    """

    file_id: int
    seen: str
    seen_at: datetime | None
    opened: int | None
    people: int | None


@dataclass(frozen=True, slots=True)
class PublishedEntry:
    """A file stands in its folder as `item_id`, since `published_at`; `adopted` where it stood there before."""

    file_id: int
    item_id: str
    adopted: bool
    published_at: datetime
