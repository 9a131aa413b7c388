"""To notice that the ledger is older than what was issued: by the outbox, and by what the folders hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.finding import FindsNames
from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import (
    ChangesLostError,
    EcosmigError,
    InvalidFileError,
    LedgerBehindError,
    NotFoundError,
)
from ecosmig_publish.ledger.stopped import is_passed_over
from ecosmig_publish.workflows.following import heads_among, highest_heads
from ecosmig_publish.workflows.pinned_folders import folder_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ecosmig_publish.destinations import Folder, PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry, Head, Ledger
    from ecosmig_publish.outbox import Outbox
    from ecosmig_publish.workflows.following import Beginning

RECOVER = "ecosmig ledger recover"
_NAMED = 3


def refuse_unknown_issues(ledger: Ledger, outbox: Outbox) -> None:
    """Raise `LedgerBehindError` where the outbox holds what some ledger recorded and this one doesn't know.

    What a recovery explained stops nobody: files of streams that it refused, of numbers that it passed over, and what
    gave way.
    """
    unknown = outbox.unknown_issued(ledger.outbox_directories())
    if unknown:
        stopped, lost, gave_way = ledger.stopped_streams(), ledger.lost_numbers(), ledger.gave_way()

        def is_explained(name: str) -> bool:
            return _is_of(name, stopped) or is_passed_over(name, lost) or name in gave_way

        unknown = [it for it in unknown if not all(map(is_explained, outbox.file_names(it)))]
    if not unknown:
        return
    named = ", ".join(unknown[:_NAMED]) + (f" and {len(unknown) - _NAMED:,} more" if len(unknown) > _NAMED else "")
    raise LedgerBehindError(
        f"outbox {outbox.path}: issued files that this ledger doesn't know, in {named}: an older ledger, or another "
        "installation's, is in its place; nothing was issued or published",
        hint=f"Put the newer ledger back, or rebuild it: {RECOVER}",
    )


def streams_behind(
    recipients: Collection[Signifier],
    *,
    ledger: Ledger,
    destination: PublishingDestination,
    beginning: Beginning | None,
) -> dict[tuple[Signifier, Report], EcosmigError]:
    """Return the streams of these onboarded recipients of which their folder holds a number that nobody issued here.

    To be asked before anything is placed. `beginning` is where this run's following of changes begins: one request
    tells of all folders. A folder is listed where it can't be followed, before the first file goes into it, and where
    something stands against it: whatever was taken away again stops nothing. Streams that a recovery refused are
    returned whatever their folders hold; of a folder that can't be looked at, all streams are. Raises
    `DestinationError` where the destination as a whole fails.
    """
    looking = _Looking(ledger, destination, ledger.folders(), frozenset(recipients), is_followed=beginning is not None)
    if beginning is None or not isinstance(destination, FollowsChanges):
        looking.list_all(recipients)
    elif not beginning.is_first:
        looking.follow(destination, beginning.token)
        looking.list_all(ledger.never_published() & looking.recipients)
    looking.list_all({head.recipient for head in looking.unknown()})
    behind: dict[tuple[Signifier, Report], EcosmigError] = {
        (head.recipient, head.report): _behind(head, looking.folders[head.recipient], ledger)
        for head in looking.unknown()
    }
    behind |= refused_streams(ledger)
    return behind | {(one, report): error for one, error in looking.failed.items() for report in Report}


def refused_streams(ledger: Ledger) -> dict[tuple[Signifier, Report], EcosmigError]:
    """Return the streams that a recovery refused, of which nothing goes out until a person has decided, and why."""
    return {
        (recipient, report): _refused(report, recipient, reason)
        for (report, recipient), reason in ledger.stopped_streams().items()
    }


def _is_of(name: str, streams: Collection[tuple[Report, Signifier]]) -> bool:
    try:
        named = parse_file_name(name)
    except InvalidFileError:
        return False
    return (named.report, named.recipient) in streams


@dataclass(slots=True)
class _Looking:
    """What one look at the folders shares: each is listed at most once. Where changes are followed, heads are kept."""

    ledger: Ledger
    destination: PublishingDestination
    folders: Mapping[Signifier, FolderEntry]
    recipients: frozenset[Signifier]
    is_followed: bool
    listed: dict[Signifier, list[Head]] = field(default_factory=dict)
    failed: dict[Signifier, EcosmigError] = field(default_factory=dict)

    def follow(self, destination: FollowsChanges, token: str) -> None:
        try:
            changes = destination.changes_since(token)
        except ChangesLostError:
            changes = destination.everything()
        self.ledger.record_heads(heads_among(changes.items.values(), self.folders))

    def list_all(self, recipients: Collection[Signifier]) -> None:
        known = self.ledger.heads().values() if self.is_followed else ()
        now: dict[Signifier, list[Head]] = {}
        for recipient in sorted(set(recipients) - self.listed.keys() - self.failed.keys()):
            try:
                now[recipient] = self._in_folder(recipient, [head for head in known if head.recipient == recipient])
            except EcosmigError as error:
                self.failed[recipient] = error
        self.listed |= now
        if now and self.is_followed:
            self.ledger.replace_heads(now.keys(), [head for heads in now.values() for head in heads])

    def unknown(self) -> list[Head]:
        """Return what speaks against a stream of these recipients."""
        if self.is_followed:
            seen = [head for head in self.ledger.heads().values() if head.recipient in self.recipients]
        else:
            seen = [head for heads in self.listed.values() for head in heads]
        return list(self.ledger.unknown_heads(seen).values())

    def _in_folder(self, recipient: Signifier, known: Collection[Head]) -> list[Head]:
        """Return what stands in a folder. A listing may miss what is being written: what was seen is looked for."""
        entry = self.folders[recipient]
        folder = folder_of(entry)
        names = _names(folder, self.destination)
        found = highest_heads(recipient, names)
        if not known:
            return found
        names = frozenset(names)
        return found + [head for head in known if head.name not in names and self._is_there(folder, head.name)]

    def _is_there(self, folder: Folder, name: str) -> bool:
        try:
            next(iter(self.destination.read(folder, name)), b"")
        except NotFoundError:
            return False
        return True


def _names(folder: Folder, destination: PublishingDestination) -> Collection[str]:
    if isinstance(destination, FindsNames):
        return destination.names(folder)
    return [item.name for item in destination.listing(folder)]


def _refused(report: Report, recipient: Signifier, reason: str) -> LedgerBehindError:
    return LedgerBehindError(
        f"{report} for {recipient} was refused by ledger recover: {reason}",
        hint=f"Set its folder right, then: {RECOVER}",
    )


def _behind(head: Head, entry: FolderEntry, ledger: Ledger) -> LedgerBehindError:
    last = ledger.last_sequences(head.report).get(head.recipient, 0)
    return LedgerBehindError(
        f"{entry.name}: {head.name} stands there, which this ledger has not issued; its own last number of the stream "
        f"is {last:,}",
        hint=f"Where an older ledger was put back: {RECOVER}. Else move the file out of the folder, and run again.",
    )
