"""To publish: put what waits into its recipients' folders, each stream in order, each recipient by itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from threading import Event, Lock
from types import MappingProxyType
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Slot
from ecosmig_publish.errors import (
    DestinationError,
    EcosmigError,
    ExitStatus,
    LeaseLostError,
    NameTakenError,
    StreamConflictError,
)
from ecosmig_publish.fingerprint import Fingerprint
from ecosmig_publish.ledger import PublishedEntry
from ecosmig_publish.workflows.pinned_folders import folder_of
from ecosmig_publish.workflows.recording import Recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.destinations import Folder, PublishingDestination
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger, WaitingFile
    from ecosmig_publish.outbox import Outbox

NO_FOLDER_YET = "no folder yet"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A stream, or all streams of a recipient (`report` None), of which files still wait, and why."""

    recipient: Signifier
    report: Report | None
    reason: str
    hint: str
    exit_status: ExitStatus
    files: int
    is_braked: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """What one wave did."""

    placed: int
    adopted: int
    stopped: tuple[Stopped, ...]


@dataclass(slots=True)
class _Wave:
    """What the workers of one wave share; the ledger is written by one of them at a time."""

    ledger: Ledger
    outbox: Outbox
    destination: PublishingDestination
    now: Callable[[], datetime]
    on_file: Callable[[WaitingFile], None]
    stopping: Event
    lock: Lock
    recorder: Recorder
    behind: Mapping[tuple[Signifier, Report], EcosmigError]
    refused: Collection[Slot]


def publish_waiting(
    waiting: Iterable[WaitingFile],
    *,
    ledger: Ledger,
    outbox: Outbox,
    destination: PublishingDestination,
    workers: int,
    now: Callable[[], datetime],
    on_file: Callable[[WaitingFile], None] = lambda _file: None,
    behind: Mapping[tuple[Signifier, Report], EcosmigError] = MappingProxyType({}),
    refused: Collection[Slot] = (),
    stopping: Event | None = None,
) -> Published:
    """Place every waiting file that isn't in its folder yet; nothing of the streams in `behind`.

    Nor anything of the slots in `refused`, which the leak guard stopped.
    A stream stops at its first failure and holds up no other; a folder that is not the recipient's alone gets nothing.
    Interrupted, or once `stopping` is set, the workers finish the file they are at. Raises `LeaseLostError` where
    another run took over: then nothing more is put anywhere.
    """
    folders = ledger.folders()
    lock = Lock()
    stops, recorder = stopping or Event(), Recorder(ledger, lock)
    wave = _Wave(ledger, outbox, destination, now, on_file, stops, lock, recorder, behind, refused)
    unplaced, braked = _until_the_brake(file for file in waiting if file.published_at is None)
    recipients = [(recipient, list(files)) for recipient, files in groupby(unplaced, key=lambda file: file.recipient)]
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="publish") as pool:
        futures = [
            pool.submit(_publish_recipient, recipient, files, folders.get(recipient), wave)
            for recipient, files in recipients
        ]
        try:
            results = [future.result() for future in futures]
        except BaseException:
            wave.stopping.set()
            pool.shutdown(cancel_futures=True)
            raise
    return Published(
        placed=sum(result.placed for result in results),
        adopted=sum(result.adopted for result in results),
        stopped=(*(stopped for result in results for stopped in result.stopped), *braked),
    )


def _until_the_brake(unplaced: Iterable[WaitingFile]) -> tuple[list[WaitingFile], list[Stopped]]:
    """Return the files that may go, and the streams that stop before one that the brake holds."""
    free, stopped = [], []
    for (recipient, report), files in groupby(unplaced, key=lambda file: (file.recipient, file.report)):
        stream = list(files)
        held = next((place for place, file in enumerate(stream) if file.brake is not None), len(stream))
        free += stream[:held]
        if held < len(stream):
            first = stream[held]
            reason = f"the brake holds {first.name} since {first.braked_at:%Y-%m-%d %H:%MZ}: {first.brake}"
            hint = f"ecosmig issue release {first.name}"
            stopped.append(
                Stopped(recipient, report, reason, hint, ExitStatus.UNPROVED, len(stream) - held, is_braked=True)
            )
    return free, stopped


def _publish_recipient(
    recipient: Signifier, files: Sequence[WaitingFile], entry: FolderEntry | None, wave: _Wave
) -> Published:
    if entry is None:
        hint = f"ecosmig supplier onboard {recipient}"
        return Published(0, 0, (Stopped(recipient, None, NO_FOLDER_YET, hint, ExitStatus.UNPROVED, len(files)),))
    if wave.stopping.is_set():
        return Published(0, 0, ())
    folder = folder_of(entry)
    try:
        wave.destination.check_folder(folder)
        wave.ledger.confirm_lease()
        wave.destination.sweep(folder)
    except LeaseLostError:
        raise
    except EcosmigError as error:
        return Published(0, 0, (_stopped(recipient, None, error, len(files)),))
    results = [
        _publish_stream(recipient, report, list(stream), folder, wave)
        for report, stream in groupby(files, key=lambda file: file.report)
    ]
    return Published(
        placed=sum(result.placed for result in results),
        adopted=sum(result.adopted for result in results),
        stopped=tuple(stopped for result in results for stopped in result.stopped),
    )


def _publish_stream(
    recipient: Signifier, report: Report, files: Sequence[WaitingFile], folder: Folder, wave: _Wave
) -> Published:
    placed = adopted = 0
    if (recipient, report) in wave.behind:
        return Published(0, 0, (_stopped(recipient, report, wave.behind[recipient, report], len(files)),))
    for done, file in enumerate(files):
        if wave.stopping.is_set():
            break
        slot = Slot(file.due_at, file.report)
        if slot in wave.refused:
            return Published(placed, adopted, (_refused(recipient, slot, len(files) - done),))
        try:
            was_there = _place(file, folder, wave)
        except LeaseLostError:
            # Not this stream's fault, and no stream's matter any more.
            raise
        except EcosmigError as error:
            return Published(placed, adopted, (_stopped(recipient, report, error, len(files) - done),))
        placed += not was_there
        adopted += was_there
        wave.on_file(file)
    return Published(placed, adopted, ())


def _place(file: WaitingFile, folder: Folder, wave: _Wave) -> bool:
    """Place one file and record it; return whether it was there already."""
    path = wave.outbox.file(file.outbox_path)
    fingerprint = Fingerprint(file.size, file.sha256, file.quick_xor_hash)
    if wave.outbox.fingerprint(file.outbox_path) != fingerprint:
        raise StreamConflictError(
            f"{path} is not what the ledger issued as {file.name}: its bytes changed in the outbox",
            hint="Restore the file from a backup of the outbox; nothing of this stream is published until then.",
        )
    wave.ledger.confirm_lease()
    try:
        placed = wave.destination.place(folder, file.name, path, fingerprint)
    except NameTakenError as error:
        with wave.lock:
            wave.ledger.record_conflict(file.file_id, str(error))
        raise StreamConflictError(str(error), hint=error.hint) from error
    wave.recorder.record(PublishedEntry(file.file_id, placed.item_id, placed.adopted, wave.now()))
    return placed.adopted


def _refused(recipient: Signifier, slot: Slot, files: int) -> Stopped:
    reason = f"the leak guard stopped the slot of {slot.due_at:%Y-%m-%d %H:%MZ}"
    return Stopped(recipient, slot.report, reason, "", ExitStatus.FOREIGN_ROW, files)


def _stopped(recipient: Signifier, report: Report | None, error: EcosmigError, files: int) -> Stopped:
    status = ExitStatus.UNPROVED if isinstance(error, DestinationError) else error.exit_status
    return Stopped(recipient, report, str(error), error.hint, status, files)
