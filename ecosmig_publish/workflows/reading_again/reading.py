"""The reading itself: some files at once, recorded batch by batch, until the budget is used up."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.following import FollowsChanges
from ecosmig_publish.errors import DestinationBusyError, DestinationError, FolderAccessError, FolderMissingError
from ecosmig_publish.workflows.reading_again.comparing import Compared, compare_bytes, unreadable
from ecosmig_publish.workflows.reading_again.stand import DAY, Pace, Stand, stand_of
from ecosmig_publish.workflows.reading_again.turns import turns
from ecosmig_publish.workflows.verifying import NO_FOLDER, Discrepancy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime, timedelta

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import FolderEntry, Ledger, RecordedFile

REFUSALS = 3
"""After so many files for which the service has no time, without any that was read, no more is asked of it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Each file is to be read again within so many days, by runs that take no longer than a budget."""

    budget: timedelta
    within_days: int


@dataclass(frozen=True, slots=True)
class ReadAgain:
    """What one run read and found, and how far the reading has come with it.

    `ended` where it came to the end of the line: what is left was read within the latter half of the days.
    """

    pace: Pace
    ended: bool
    discrepancies: tuple[Discrepancy, ...]
    stand: Stand

    def keeps_up(self, wanted: Wanted) -> bool:
        """Whether each file is read again within the days at this pace, by a run a day."""
        if self.ended:
            return not self.stand.overdue
        days = self.pace.days_for(self.stand, wanted.budget)
        return days is not None and days <= wanted.within_days


@dataclass(slots=True)
class _Run:
    """What the workers of one run share."""

    ledger: Ledger
    destination: PublishingDestination
    folders: Mapping[Signifier, FolderEntry]
    is_late: Callable[[], bool]
    on_file: Callable[[int], None]
    lock: Lock = field(default_factory=Lock)
    stopping: Event = field(default_factory=Event)
    of_folders: dict[Signifier, Lock] = field(default_factory=lambda: defaultdict(Lock))
    gone: set[Signifier] = field(default_factory=set)
    agreed: list[int] = field(default_factory=list)
    failed: list[int] = field(default_factory=list)
    discrepancies: list[Discrepancy] = field(default_factory=list)
    refused: list[DestinationBusyError] = field(default_factory=list)
    files: int = 0
    bytes: int = 0

    def is_refused(self) -> bool:
        return len(self.refused) >= REFUSALS and not self.files

    def is_over(self) -> bool:
        return self.stopping.is_set() or self.is_refused() or self.is_late()


def read_again(
    *,
    ledger: Ledger,
    destination: PublishingDestination,
    wanted: Wanted,
    workers: int,
    now: Callable[[], datetime],
    clock: Callable[[], float],
    on_file: Callable[[int], None] = lambda _files: None,
) -> ReadAgain:
    """Read files again until the budget is used up or nothing is due; what was read is recorded as it goes.

    What was read within the latter half of the days isn't due. `clock` is monotonic, in seconds; the budget is looked
    at between files; `on_file` is told how many were read. Interrupted, the workers finish the file they are at, and
    what was read is recorded. Raises `DestinationError` where the destination as a whole fails.
    """
    if isinstance(destination, FollowsChanges):
        # Before the first file is blamed for a site, a right or a sign-in that isn't there.
        destination.delta_token()
    began = clock()
    ends_at = began + wanted.budget.total_seconds()
    run = _Run(ledger, destination, ledger.folders(), lambda: clock() >= ends_at, on_file)
    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="read") as pool:
        for batch in turns(ledger, now() - wanted.within_days * DAY / 2):
            _read_batch(batch, run, pool, workers, now())
            if run.is_over():
                break
        ended = not run.is_over()
    if run.is_refused():
        raise run.refused[-1]
    pace = Pace(run.files, run.bytes, clock() - began)
    return ReadAgain(pace, ended, tuple(run.discrepancies), stand_of(ledger, wanted.within_days, now()))


def _read_batch(batch: Sequence[RecordedFile], run: _Run, pool: ThreadPoolExecutor, workers: int, at: datetime) -> None:
    files = iter(batch)
    futures = [pool.submit(_read_files, files, run) for _ in range(workers)]
    try:
        for future in futures:
            future.result()
    except BaseException:
        run.stopping.set()
        wait(futures)
        raise
    finally:
        run.ledger.record_readings(run.agreed, run.failed, at)
        run.agreed, run.failed = [], []


def _read_files(files: Iterator[RecordedFile], run: _Run) -> None:
    while not run.is_over():
        with run.lock:
            file = next(files, None)
        if file is None:
            return
        with run.lock:
            of_folder = run.of_folders[file.recipient]
        # One folder's files one after the other: more is not promised of a destination.
        with of_folder:
            if file.recipient not in run.gone:
                _read(file, run)


def _read(file: RecordedFile, run: _Run) -> None:
    """Read one file and note what it is; of a folder that is gone, that alone, once, and nothing of its files."""
    refused = None
    try:
        compared = compare_bytes(file, run.folders, run.destination)
    except (FolderMissingError, FolderAccessError) as error:
        entry = run.folders[file.recipient]
        with run.lock:
            run.gone.add(file.recipient)
            run.discrepancies.append(Discrepancy(NO_FOLDER, file.recipient, entry.name, str(error)))
        return
    except DestinationError as error:
        compared = Compared(0, unreadable(file, error))
        refused = error if isinstance(error, DestinationBusyError) else None
    if compared.doubt is not None and not run.ledger.standing_files(file.file_id, file.file_id, 1):
        # Withdrawn and removed, or to be sent again, while it was read.
        return
    with run.lock:
        if refused is not None:
            run.refused.append(refused)
        else:
            run.files += 1
        run.bytes += compared.bytes
        if compared.doubt is None:
            run.agreed.append(file.file_id)
        else:
            run.failed.append(file.file_id)
            run.discrepancies.append(compared.doubt)
        run.on_file(run.files)
