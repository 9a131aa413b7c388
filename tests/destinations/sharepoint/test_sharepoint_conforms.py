"""The SharePoint destination passes the conformance suite, on the stand-in."""

from __future__ import annotations

import os
import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import requests

from ecosmig_publish.destinations import Folder, Onboarded
from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.sandbox import Fault
from tests.destinations.conformance import (
    Bench,
    TestAnchors,
    TestFolderChecks,
    TestInterruptions,
    TestListing,
    TestPlacing,
    TestRacing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.destinations.sharepoint import SharePointDestination
    from ecosmig_publish.emrr.terms import Signifier
    from tests.destinations.conformance.bench import Sample
    from tests.destinations.sharepoint.stand import Stand

__all__ = ["TestAnchors", "TestFolderChecks", "TestInterruptions", "TestListing", "TestPlacing", "TestRacing"]

_MOMENTS = {
    "before-the-bytes": ("PUT", "before"),
    "after-the-bytes": ("PUT", "after"),
    "before-the-move": ("PATCH", "before"),
    "after-the-move": ("PATCH", "after"),
}
_BREAKAGES = {
    "no-answers": Fault("reset", times=0),
    "out-of-order": Fault("error", status=503, times=0),
    "fewer-requests": Fault("throttle", retry_after="2", times=0),
    "no-token": Fault("expired_token", path="^/v1.0", times=0),
    "no-room": Fault("quota", method="PUT", times=0),
    "locked": Fault("locked", method="PATCH", times=0),
    "spoilt-on-the-way": Fault("flip", method="PUT", times=0, rehash=True),
}


class _Hands:
    """Makes recipients' folders as an owner does in the browser."""

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def onboard(self, signifier: Signifier, party_name: str, _pinned: Folder | None) -> Onboarded:
        name = folder_name(signifier, party_name).partition(" ")[2]
        return Onboarded(self._stand.recipient(signifier, name), made=True)

    def folders(self) -> list[str]:
        library, root = self._stand.library, self._stand.root
        items = self._stand.sandbox._tenant.items
        top = library.item(root)
        return [] if top is None else [child.name for child in items.children(top.id, limit=100)]


class SharePointBench:
    """A library of the stand-in."""

    moments = tuple(_MOMENTS)
    breakages = (*_BREAKAGES, "no-staging-folder")

    def __init__(self, stand: Stand) -> None:
        self._stand = stand

    def publisher(self) -> SharePointDestination:
        return self._stand.publisher()

    def administrator(self) -> Any:
        return _Hands(self._stand)

    def make_folder(self, name: str) -> None:
        self._stand.library.make_folder(f"{self._stand.root}/{name}")

    def rename_folder(self, folder: Folder, name: str) -> None:
        self._stand.library.move(self._stand.path(folder), f"{self._stand.root}/{name}")

    def remove_folder(self, folder: Folder) -> None:
        self._stand.library.remove(self._stand.path(folder))

    def put(self, folder: Folder, name: str, data: bytes) -> None:
        self._stand.library.put(f"{self._stand.path(folder)}/{name}", data)

    def put_folder(self, folder: Folder, name: str) -> None:
        self._stand.library.make_folder(f"{self._stand.path(folder)}/{name}")

    def standing(self, folder: Folder) -> dict[str, bytes]:
        return self._stand.standing(folder)

    def leftovers(self, folder: Folder) -> int:
        return sum(name.startswith(folder.signifier) for name in self._stand.staged())

    def interrupt(self, moment: str, folder: Folder, file: Sample) -> None:
        with warnings.catch_warnings():
            # The stand-in's thread stays behind; the child needs nothing of it.
            warnings.simplefilter("ignore", DeprecationWarning)
            child = os.fork()
        if not child:
            try:
                _die_at(*_MOMENTS[moment])
                self.publisher().place(folder, file.name, file.path, file.fingerprint)
            finally:
                os._exit(1)
        _, status = os.waitpid(child, 0)
        killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert killed, "the publisher outlived the moment at which it was to be killed"

    @contextmanager
    def broken(self, breakage: str) -> Iterator[None]:
        if breakage == "no-staging-folder":
            self._stand.library.remove(self._stand.staging)
            try:
                yield
            finally:
                self._stand.library.make_folder(self._stand.staging)
            return
        with self._stand.fault(_BREAKAGES[breakage]):
            yield


def _die_at(method: str, when: str) -> None:
    """Kill this process at its first request of a method."""
    real = requests.Session.send

    def send(session: requests.Session, request: requests.PreparedRequest, **keywords: Any) -> requests.Response:
        if request.method == method and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        response = real(session, request, **keywords)
        if request.method == method:
            os.kill(os.getpid(), signal.SIGKILL)
        return response

    requests.Session.send = send  # type: ignore[method-assign,assignment]


@pytest.fixture
def bench(stand: Stand) -> Bench:
    return SharePointBench(stand)
