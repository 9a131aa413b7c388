"""To publish what an amendment made, and nothing else that waits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.planning import RunInstant
from ecosmig_publish.workflows.publishing import Stopped
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, publish_covered

if TYPE_CHECKING:
    from collections.abc import Collection

    from ecosmig_publish.ledger import WaitingFile
    from ecosmig_publish.workflows.running import Parts, Watcher


def publish_made(names: Collection[str], parts: Parts, watcher: Watcher) -> RunOutcome:
    """Publish and prove the files of these names.

    A file that stands behind another one of its stream, which waits for something else, goes on waiting with it.
    """
    at = parts.now()
    outcome = RunOutcome(RunInstant(at, at), ())
    waiting = [file for file in parts.ledger.waiting() if file.published_at is None]
    behind = _behind(names, waiting)
    free = set(names) - {file.name for file in behind}
    if free:
        publish_covered(parts, outcome, Narrowing(names=free), watcher)
    outcome.waiting += behind
    stopped = tuple(_stopped(file, waiting) for file in behind)
    outcome.published = replace(outcome.published, stopped=(*outcome.published.stopped, *stopped))
    return outcome


def _behind(names: Collection[str], waiting: Collection[WaitingFile]) -> list[WaitingFile]:
    """Return those of the named files that stand behind one which isn't named."""
    return [file for file in waiting if file.name in names and _ahead(file, waiting, names) is not None]


def _ahead(file: WaitingFile, waiting: Collection[WaitingFile], names: Collection[str] = ()) -> WaitingFile | None:
    stream = (file.recipient, file.report)
    return next(
        (
            other
            for other in waiting
            if (other.recipient, other.report) == stream and other.sequence < file.sequence and other.name not in names
        ),
        None,
    )


def _stopped(file: WaitingFile, waiting: Collection[WaitingFile]) -> Stopped:
    ahead = _ahead(file, waiting)
    reason = f"{ahead.name if ahead else 'another file'} of the same stream waits before it"
    return Stopped(file.recipient, file.report, reason, "ecosmig publish --all", ExitStatus.UNPROVED, 1)
