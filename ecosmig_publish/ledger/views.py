"""What is read from the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from ecosmig_publish.emrr.terms import Period, Report, Signifier, Slot


@dataclass(frozen=True, slots=True)
class OpenHold:
    """A row held since the slot due at `held_since`; its latest slot was generated at `last_tried_at`."""

    report: Report
    key: str
    reasons: tuple[str, ...]
    recipient: str | None
    held_since: datetime
    last_tried_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingFile:
    """An issued file that is not proved in its folder yet.

    `published_at` and `item_id` where it was put there; `conflict` says what stood in its place when it was
    last tried; `brake` and `braked_at` why, and since when, the big-change brake holds its issue.
    """

    file_id: int
    report: Report
    due_at: datetime
    recipient: Signifier
    sequence: int
    name: str
    outbox_path: str
    rows: int
    size: int
    sha256: str
    quick_xor_hash: str
    published_at: datetime | None
    item_id: str | None
    conflict: str | None
    brake: str | None = None
    braked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class RecordedFile:
    """Everything known of an issued file; `adopted` where it stood in the folder before it was put there.

    `superseded_by` names the first file of the issue that corrected this one's; `removed` says of what was withdrawn
    whether it was to be taken out of the folder, None of what was not.
    """

    file_id: int
    report: Report
    due_at: datetime
    recipient: Signifier
    sequence: int
    part: int
    name: str
    outbox_path: str
    rows: int
    size: int
    sha256: str
    quick_xor_hash: str
    generated_at: datetime
    published_at: datetime | None
    item_id: str | None
    adopted: bool | None
    proved_at: datetime | None
    conflict: str | None
    issue_id: int
    resent_at: datetime | None
    superseded_by: str | None
    withdrawn_at: datetime | None
    removed: bool | None
    brake: str | None = None


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """An issue was taken back: `released` where its rows were held again, `removed` where its files were to go."""

    at: datetime
    reason: str
    released: bool
    removed: bool


@dataclass(frozen=True, slots=True)
class RecordedIssue:
    """An issue with its files, in their order, and what a person decided of it.

    `cut_off` is the one that its own rows were computed at. A correction may supersede nothing: the slot had then no
    issue for the recipient.
    """

    issue_id: int
    slot_id: int
    slot: Slot
    period: Period
    cut_off: datetime
    recipient: Signifier
    files: tuple[RecordedFile, ...]
    is_correction: bool
    corrected_because: str | None
    supersedes_id: int | None
    superseded_by_id: int | None
    withdrawn: Withdrawal | None

    @property
    def name(self) -> str:
        """The name of its first file, which stands for all of them."""
        return self.files[0].name

    @property
    def rows(self) -> int:
        """How many detail rows its files have together."""
        return sum(file.rows for file in self.files)


@dataclass(frozen=True, slots=True)
class SlotKeys:
    """What is known of the rows that a slot reported, beside its bounds.

    `held` are those that it held itself, `from_holds` those that it reported of what was held before, `recalled`
    those that an issue no longer carries which the asked one superseded; `reported` are the blobs of its keys (006).
    """

    held: frozenset[str]
    from_holds: frozenset[str]
    recalled: frozenset[str]
    reported: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class RecordedSlot:
    """A slot with what came of it; `reason` says why it was skipped, None where it was issued."""

    slot: Slot
    period: Period
    cut_off: datetime
    generated_at: datetime
    outcome: str
    reason: str | None
    issues: int
    files: int
    rows: int
    held: int
    problems: int


@dataclass(frozen=True, slots=True)
class RecordedStream:
    """A (report, recipient) stream; `oldest_waiting` is the slot of its oldest file not proved yet."""

    report: Report
    recipient: Signifier
    last_sequence: int
    waiting: int
    oldest_waiting: datetime | None


@dataclass(frozen=True, slots=True)
class SlotProblem:
    """A problem of one slot, as it was listed."""

    slot: Slot
    reason: str
    key: str | None
    recipient: str | None
    count: int


@dataclass(frozen=True, slots=True)
class BrakedIssue:
    """An issue that the big-change brake holds: its files, `names`, wait until it is released."""

    issue_id: int
    slot: Slot
    recipient: Signifier
    names: tuple[str, ...]
    rows: int
    reason: str
    held_at: datetime


@dataclass(frozen=True, slots=True)
class BrakedSlot:
    """A slot that the big-change brake did not let be issued; `released_at` None until an operator's word."""

    slot: Slot
    reason: str
    held_at: datetime
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SourceWatermark:
    """How many rows a part of the source had up to an instant, and a checksum that only its own maker can compare."""

    until: datetime
    count: int
    checksum: str


@dataclass(frozen=True, slots=True)
class RecordedReceipt:
    """What is known of who read a published file: `seen` is yes, opened or not yet; without any it is unknown.

    opened: by somebody, not said by whom. `seen_at` is a reading by the recipient; `opened` and `people` count
    everybody's, the publisher's too, None where they aren't counted. Known since `found_at`, last asked at `asked_at`.
    """

    file_id: int
    seen: str
    seen_at: datetime | None
    opened: int | None
    people: int | None
    found_at: datetime
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the source or the installation that a person should look at."""

    at: datetime
    kind: str
    detail: Mapping[str, object]
