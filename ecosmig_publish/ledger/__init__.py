"""The ledger: streams, slots, issues and what became of each file, holds, folders, and the chain of acts.

Importing it costs SQLAlchemy Core; alembic is imported only where a ledger is made or changed.
"""

from ecosmig_publish.ledger.chain import Act, BrokenLink, check
from ecosmig_publish.ledger.entries import (
    AccessProof,
    Actor,
    FileEntry,
    FolderEntry,
    HeldEntry,
    IssueEntry,
    ProblemEntry,
    PublishedEntry,
    SlotBirth,
    SlotEntry,
    Watermark,
)
from ecosmig_publish.ledger.ledger import Ledger
from ecosmig_publish.ledger.lock import run_lock
from ecosmig_publish.ledger.views import (
    Finding,
    OpenHold,
    RecordedFile,
    RecordedSlot,
    RecordedStream,
    SlotProblem,
    WaitingFile,
)

__all__ = [
    "AccessProof",
    "Act",
    "Actor",
    "BrokenLink",
    "FileEntry",
    "Finding",
    "FolderEntry",
    "HeldEntry",
    "IssueEntry",
    "Ledger",
    "OpenHold",
    "ProblemEntry",
    "PublishedEntry",
    "RecordedFile",
    "RecordedSlot",
    "RecordedStream",
    "SlotBirth",
    "SlotEntry",
    "SlotProblem",
    "WaitingFile",
    "Watermark",
    "check",
    "run_lock",
]
