"""Every error that this program raises on purpose, and the exit status of each.

    EcosmigError
    ├── UsageError               2   wrong arguments
    │   └── ConfigurationError   2   wrong configuration
    ├── ClockError               2   an instant that this installation can't act at
    ├── LockedError             11   another run holds the lock
    │   └── LeaseLostError      11   this run lost it: another took over
    ├── InvalidFileError        20   a report file breaks a rule
    ├── BrokenRecordError       20   the ledger contradicts its chain of acts
    ├── FolderAccessError       21   a folder is not the recipient's alone
    ├── StreamConflictError     22   ledger and destination disagree on a stream
    │   └── LedgerBehindError   22   the ledger is older than what was issued
    ├── ForeignRowError         23   a finished file holds a row that is not its recipient's
    ├── SourceError             30   the source data can't be used
    ├── LedgerError              1   the ledger can't be read or written
    ├── OutboxError              1   the outbox can't be read or written
    └── DestinationError        10   a destination did not do what it was asked
        ├── DestinationBusyError     transient: the same call may succeed later
        ├── NameTakenError           the name is there already, with other bytes or unknown ones
        ├── FolderMissingError       the recipient's folder is not where it was pinned
        ├── ChangesLostError         it can no longer be said what changed since a token
        └── NotFoundError            no such file

An error says what is wrong, where, by which rule (the message) and what to do next (the hint).
"""

from __future__ import annotations

from enum import IntEnum
from typing import ClassVar


class ExitStatus(IntEnum):
    """What the process ends with; interface.md's table."""

    OK = 0
    FAULT = 1
    USAGE = 2
    UNPROVED = 10
    LOCKED = 11
    FINDING = 20
    FOLDER_ACCESS = 21
    STREAM_CONFLICT = 22
    FOREIGN_ROW = 23
    SOURCE = 30
    INTERRUPTED = 130


class EcosmigError(Exception):
    """Something that an operator can act on; `hint` says how."""

    exit_status: ClassVar[ExitStatus] = ExitStatus.FAULT
    transient: ClassVar[bool] = False

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


class UsageError(EcosmigError):
    """The arguments don't make sense together."""

    exit_status = ExitStatus.USAGE


class ConfigurationError(UsageError):
    """The configuration is missing, unreadable or wrong."""


class ClockError(EcosmigError):
    """The instant to act at is later than now, or before what was already done."""

    exit_status = ExitStatus.USAGE


class LockedError(EcosmigError):
    """Another run holds the lock."""

    exit_status = ExitStatus.LOCKED


class LeaseLostError(LockedError):
    """This run lost the lease to another, and changes nothing any more."""


class InvalidFileError(EcosmigError):
    """A report file, or its name, breaks a rule of the EMRR."""

    exit_status = ExitStatus.FINDING


class BrokenRecordError(EcosmigError):
    """The chain of acts is not whole, or the ledger's rows say something else: it proves nothing."""

    exit_status = ExitStatus.FINDING


class FolderAccessError(EcosmigError):
    """A folder is not the recipient's, or not theirs alone; nothing was put there."""

    exit_status = ExitStatus.FOLDER_ACCESS


class StreamConflictError(EcosmigError):
    """Ledger and destination disagree on a stream; nothing of it was published."""

    exit_status = ExitStatus.STREAM_CONFLICT


class LedgerBehindError(StreamConflictError):
    """The ledger doesn't know numbers that were issued: an old copy of it was put back."""


class ForeignRowError(EcosmigError):
    """A finished file holds a row that is not its recipient's; the slot was stopped."""

    exit_status = ExitStatus.FOREIGN_ROW


class SourceError(EcosmigError):
    """The source data can't be used."""

    exit_status = ExitStatus.SOURCE


class LedgerError(EcosmigError):
    """The ledger can't be read or written, or is of another version."""


class OutboxError(EcosmigError):
    """The outbox can't be read or written."""


class DestinationError(EcosmigError):
    """A destination did not do what it was asked; what was issued still waits."""

    exit_status = ExitStatus.UNPROVED


class DestinationBusyError(DestinationError):
    """The same call may succeed later."""

    transient = True


class NameTakenError(DestinationError):
    """The name is there already; nothing was overwritten."""


class FolderMissingError(DestinationError):
    """The recipient's folder is not where it was pinned."""


class ChangesLostError(DestinationError):
    """The destination can no longer say what changed since a token; list in full."""


class NotFoundError(DestinationError):
    """No such file in the folder."""
