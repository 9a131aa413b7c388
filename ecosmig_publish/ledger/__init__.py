"""The ledger: streams, slots, issues and what became of each file, holds, folders, and the chain of acts.

Importing it costs SQLAlchemy Core; alembic is imported only where a ledger is made or changed.
"""

from ecosmig_publish.ledger.amendments import CorrectionBirth, IssueName, ResendEntry, WithdrawalEntry
from ecosmig_publish.ledger.anchors import Anchor, AnchoredAct, KeptAnchor
from ecosmig_publish.ledger.chain import Act, BrokenLink, check
from ecosmig_publish.ledger.entries import (
    AccessChange,
    AccessProof,
    Actor,
    FileEntry,
    FolderEntry,
    HeldEntry,
    IssueEntry,
    ProblemEntry,
    PublishedEntry,
    ReceiptEntry,
    SlotBirth,
    SlotEntry,
    Watermark,
)
from ecosmig_publish.ledger.heads import Head
from ecosmig_publish.ledger.ledger import Ledger
from ecosmig_publish.ledger.lock import run_lock
from ecosmig_publish.ledger.recovering import RecoveredIssue, RecoveredReport, RecoveredSlot, Recovery
from ecosmig_publish.ledger.views import (
    BrakedIssue,
    BrakedSlot,
    Finding,
    OpenHold,
    RecordedFile,
    RecordedIssue,
    RecordedReceipt,
    RecordedSlot,
    RecordedStream,
    SlotKeys,
    SlotProblem,
    SourceWatermark,
    WaitingFile,
    Withdrawal,
)

__all__ = [
    "AccessChange",
    "AccessProof",
    "Act",
    "Actor",
    "Anchor",
    "AnchoredAct",
    "BrakedIssue",
    "BrakedSlot",
    "BrokenLink",
    "CorrectionBirth",
    "FileEntry",
    "Finding",
    "FolderEntry",
    "Head",
    "HeldEntry",
    "IssueEntry",
    "IssueName",
    "KeptAnchor",
    "Ledger",
    "OpenHold",
    "ProblemEntry",
    "PublishedEntry",
    "ReceiptEntry",
    "RecordedFile",
    "RecordedIssue",
    "RecordedReceipt",
    "RecordedSlot",
    "RecordedStream",
    "RecoveredIssue",
    "RecoveredReport",
    "RecoveredSlot",
    "Recovery",
    "ResendEntry",
    "SlotBirth",
    "SlotEntry",
    "SlotKeys",
    "SlotProblem",
    "SourceWatermark",
    "WaitingFile",
    "Watermark",
    "Withdrawal",
    "WithdrawalEntry",
    "check",
    "run_lock",
]
