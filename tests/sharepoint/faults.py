"""A fault of each kind, at each request of a run: what may go wrong, and what must never be."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.sandbox import Fault
from ecosmig_publish.sandbox.faults import http_date
from tests.sharepoint.calming import calm
from tests.sharepoint.issued import FIRST

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.destinations.sharepoint.driven import DrivenTime
    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

MAY_END_WITH = frozenset({ExitStatus.OK, ExitStatus.UNPROVED})
RETRY_AFTER_DATE = timedelta(seconds=9)


def kinds(driven: DrivenTime) -> Mapping[str, Fault]:
    """Return the faults by name; each happens once, at the request that it is set to."""
    return {
        "fewer-requests": Fault("throttle", retry_after="7"),
        "fewer-requests-until": Fault("throttle", retry_after=http_date(driven.now() + RETRY_AFTER_DATE)),
        "fewer-requests-in-a-row": Fault("throttle", retry_after="3", times=3),
        **{f"error-{status}": Fault("error", status=status) for status in (500, 502, 503, 504, 509)},
        "error-503-with-wait": Fault("error", status=503, retry_after="5"),
        **{f"error-{status}-though-done": Fault("error", status=status, after=True) for status in (500, 502, 504)},
        "reset": Fault("reset"),
        "reset-in-a-row": Fault("reset", times=3),
        "reply-lost": Fault("reset", after=True),
        "reply-lost-in-a-row": Fault("reset", after=True, times=3),
        "answer-cut-short": Fault("cut_body"),
        "token-out-of-date": Fault("expired_token"),
        "locked": Fault("locked"),
        "no-room": Fault("quota"),
        "stale": Fault("stale", seconds=3600.0),
        "empty-page": Fault("empty_page"),
        "repeated-item": Fault("repeated_item"),
        "late-hash": Fault("hash_late", reads=2),
        "very-late-hash": Fault("hash_late", reads=50),
        "byte-flipped": Fault("flip", rehash=True),
        "stored-cut-short": Fault("truncated", keep_bytes=5),
    }


@dataclass(frozen=True, slots=True)
class Tried:
    """One trial: how its first run ended, how many runs it took until nothing was left, and what was wrong."""

    status: ExitStatus
    runs: int
    wrong: tuple[str, ...]


def requests_of_a_run(issued: Issued, home: Path) -> int:
    """Return how many requests an undisturbed run sends, signing in included."""
    made = issued.waiting(home)
    made.sandbox.clear_requests()
    made.run(FIRST)
    return len(made.sandbox.requests())


def try_fault(issued: Issued, home: Path, name: str, at: int) -> Tried:
    """Disturb a run at its `at`-th request, run again, and compare with what was issued."""
    made = issued.waiting(home)
    sandbox, driven = made.sandbox, made.driven
    calm(sandbox, driven)
    sandbox.faults.add(replace(kinds(driven)[name], at=at))
    try:
        first = made.run(FIRST).exit_status
    finally:
        sandbox.faults.clear()
    wrong = [] if first in MAY_END_WITH else [f"ended with {first!r}"]
    again, runs = first, 1
    while again != ExitStatus.OK and runs < 3:
        again, runs = made.run(FIRST).exit_status, runs + 1
    if again != ExitStatus.OK:
        wrong.append(f"the run after next ended with {again!r}")
    if runs > 2:
        wrong.append("one more run was not enough")
    if made.unanchored():
        # That changes no exit status; the next run does it.
        made.run(FIRST)
    wrong += wrongs(made)
    return Tried(first, runs, tuple(wrong))


def wrongs(made: SharePointInstallation) -> list[str]:
    """Return what is not as it must be once everything is published."""
    issued = made.issued()
    wrong = []
    if made.published() != issued:
        wrong.append(f"the folders hold {sorted(made.published())}")
    digests = {name: {hashlib.sha256(data).hexdigest()} for name, data in issued.items()}
    # Whatever was ever to be seen in a folder, for however short a time.
    wrong += [f"{name} was there with other bytes" for name, seen in made.ever_visible() if digests.get(name) != seen]
    folders = tuple(f"{made.folder(signifier)}/" for signifier in made.parties)
    astray = [path for path in made.sandbox.library().files(made.place) if not path.startswith(folders)]
    wrong += [f"{path} is left" for path in astray if not path.startswith(f"{made.staging}/")]
    wrong += [f"request {it.number} came too early" for it in made.sandbox.requests() if it.too_early]
    with made.ledger() as ledger:
        wrong += [f"{file.name} isn't proved" for file in ledger.waiting()]
        wrong += [f"finding {finding.kind} {dict(finding.detail)}" for finding in ledger.findings()]
    return wrong + made.unanchored()
