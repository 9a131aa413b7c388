"""A run, or what amends an issue, that is killed before or after its n-th request, and what comes after it."""

from __future__ import annotations

import os
import signal
import warnings
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import requests

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.ledger import check
from tests.sharepoint.amending import NAME, corrected, sent_again, taken_out
from tests.sharepoint.calming import calm
from tests.sharepoint.faults import Tried, wrongs
from tests.sharepoint.issued import FIRST
from tests.workflows.made import HOUR, A

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

MOMENTS = ("before", "after")
STRANGERS = ("a note of somebody's.part", "PXX001-notes.part")
"""What lies in staging and is nobody's of ours: no sweep may touch it."""


def try_crash(issued: Issued, home: Path, moment: str, at: int) -> Tried:
    """Kill a run, run again, and compare with what was issued."""
    made = issued.waiting(home)
    library = made.sandbox.library()
    calm(made.sandbox, made.driven)
    for name in STRANGERS:
        library.put(f"{made.staging}/{name}", b"not ours")
    killed = killed_at(moment, at, lambda: made.run(FIRST))
    again = made.run(FIRST).exit_status
    wrong = [] if killed else ["the run outlived the moment at which it was to be killed"]
    if again != ExitStatus.OK:
        wrong.append(f"the next run ended with {again!r}")
    wrong += wrongs(made)
    if set(made.staged()) != set(STRANGERS):
        wrong.append(f"staging holds {made.staged()}")
    return Tried(again, 2, tuple(wrong))


AMENDMENTS: Mapping[str, Callable[[SharePointInstallation], object]] = {
    "resend": sent_again,
    "correct": corrected,
    "withdraw": taken_out,
}


def amended(issued: Issued, home: Path, act: str) -> tuple[SharePointInstallation, int]:
    """Return an installation whose issue was amended undisturbed, and how many requests that took."""
    made = _published(issued, home, act)
    made.sandbox.clear_requests()
    AMENDMENTS[act](made)
    return made, len(made.sandbox.requests())


def try_amending(issued: Issued, home: Path, act: str, moment: str, at: int, expected: Mapping[str, bytes]) -> Tried:
    """Kill what amends an issue, do it again as an operator would, run, and compare with what should stand."""
    made = _published(issued, home, act)
    killed = killed_at(moment, at, lambda: AMENDMENTS[act](made))
    wrong = [] if killed else ["it outlived the moment at which it was to be killed"]
    with made.ledger() as ledger:
        done = {act.kind for act in ledger.acts()}
    if act not in done or act == "withdraw":
        AMENDMENTS[act](made)
    status = made.run(FIRST + HOUR).exit_status
    if status != ExitStatus.OK:
        wrong.append(f"the next run ended with {status!r}")
    if made.published() != expected:
        wrong.append(f"the folders hold {sorted(made.published())}")
    wrong += [f"{name} was seen with two contents" for name, seen in made.ever_visible() if len(seen) > 1]
    if made.staged():
        wrong.append(f"staging holds {made.staged()}")
    with made.ledger() as ledger:
        wrong += [str(broken) for broken in check(ledger.acts())]
    return Tried(status, 2, tuple(wrong))


def _published(issued: Issued, home: Path, act: str) -> SharePointInstallation:
    """Return an installation with six files published; of one that is to be sent again, the file was deleted."""
    made = issued.waiting(home)
    calm(made.sandbox, made.driven)
    assert made.run(FIRST).exit_status is ExitStatus.OK
    if act == "resend":
        made.sandbox.library().remove(f"{made.folder(A)}/{NAME}")
    return made


def killed_at(moment: str, at: int, act: Callable[[], object]) -> bool:
    """Act in a child that kills itself at its `at`-th request; return whether it came to that."""
    with warnings.catch_warnings():
        # The stand-in's thread stays behind; the child needs nothing of it.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            _die_at(moment, at)
            act()
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def _die_at(moment: str, at: int) -> None:
    real, numbers, lock = requests.Session.send, count(1), Lock()

    def send(session: requests.Session, request: requests.PreparedRequest, **keywords: Any) -> requests.Response:
        with lock:
            number = next(numbers)
        if number == at and moment == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        response = real(session, request, **keywords)
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return response

    requests.Session.send = send  # type: ignore[method-assign,assignment]
