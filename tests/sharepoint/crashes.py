"""A run that is killed before or after its n-th request, and the run after it."""

from __future__ import annotations

import os
import signal
import warnings
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import requests

from ecosmig_publish.errors import ExitStatus
from tests.sharepoint.calming import calm
from tests.sharepoint.faults import Tried, wrongs
from tests.sharepoint.issued import FIRST

if TYPE_CHECKING:
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
    killed = run_killed(made, moment, at)
    again = made.run(FIRST).exit_status
    wrong = [] if killed else ["the run outlived the moment at which it was to be killed"]
    if again != ExitStatus.OK:
        wrong.append(f"the next run ended with {again!r}")
    wrong += wrongs(made)
    if set(made.staged()) != set(STRANGERS):
        wrong.append(f"staging holds {made.staged()}")
    return Tried(again, 2, tuple(wrong))


def run_killed(made: SharePointInstallation, moment: str, at: int) -> bool:
    """Run in a child that kills itself at its `at`-th request; return whether it came to that."""
    with warnings.catch_warnings():
        # The stand-in's thread stays behind; the child needs nothing of it.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if not child:
        try:
            _die_at(moment, at)
            made.run(FIRST)
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
