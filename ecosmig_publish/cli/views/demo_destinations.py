"""Where the demo publishes to: the SharePoint stand-in, or folders on disk where that isn't installed or wanted."""

from __future__ import annotations

import csv
import shlex
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ecosmig_publish.cli.stand_in import copy_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.sandbox import Sandbox

_ON_DISK = """\
[destination]
kind = "folder"

[destination.folder]
path = "published"
"""
_ROOT, _STAGING = "ECoS Migration Reports", "_staging"


class DemoDestination(Protocol):
    """A destination of the demo; `head` and `blocks` go into its configuration, `seen` is where its files stand."""

    name: str
    head: str
    blocks: str
    seen: Path

    def introduce(self, register: Mapping[Signifier, str]) -> None:
        """Let there be somebody to read each party's reports."""
        ...

    def gather(self) -> None:
        """Make sure that what the recipients see stands under `seen`."""
        ...

    def again(self, call: str) -> list[tuple[str, str]]:
        """Return what must run again before other commands can reach the destination, in words and as a command."""
        ...


class _OnDisk:
    name = "a folder each on disk"
    head = ""
    blocks = _ON_DISK

    def __init__(self, home: Path) -> None:
        self.seen = home / "published"

    def introduce(self, register: Mapping[Signifier, str]) -> None:
        """Whoever can read the disk can read the reports: nobody needs a grant."""

    def gather(self) -> None:
        """Everything stands there already."""

    def again(self, call: str) -> list[tuple[str, str]]:  # noqa: ARG002 - a disk needs no command
        """Return nothing: a disk is always there."""
        return []


class _OnStandIn:
    name = "a folder each in a SharePoint library (a stand-in on loopback), readable by its supplier alone"
    head = 'suppliers = "suppliers.csv"\n'

    def __init__(self, home: Path, sandbox: Sandbox) -> None:
        self.seen = home / "seen-by-suppliers"
        self.blocks = sandbox.configuration()
        self._home = home
        self._sandbox = sandbox
        library = sandbox.library()
        for folder in (_ROOT, _STAGING):
            library.make_folder(folder)

    def introduce(self, register: Mapping[Signifier, str]) -> None:
        """Let each party have a person in the directory, and name it in suppliers.csv."""
        with (self._home / "suppliers.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(("signifier", "users", "group"))
            for signifier in register:
                mail = f"reports@{signifier.lower()}.example.test"
                self._sandbox.people.add_person(mail, guest=True)
                rows.writerow((signifier, mail, ""))

    def gather(self) -> None:
        """Copy what stands in the library's folders, so that it can be looked at while the stand-in rests."""
        copy_files(self._sandbox, "Documents", _ROOT, self.seen)

    def again(self, call: str) -> list[tuple[str, str]]:
        """Return how the stand-in is started again, where the configuration expects it."""
        directory = shlex.quote(str(self._home / "sharepoint"))
        what = "first, in another terminal: let the stand-in answer again (Ctrl-C ends it)"
        return [(what, f"{call} sandbox --dir {directory} --port {self._sandbox.port}")]


@contextmanager
def demo_destination(home: Path, *, on_disk: bool) -> Iterator[DemoDestination]:
    """Yield where the demo publishes to; the stand-in answers for the span of the context."""
    if not on_disk:
        try:
            from ecosmig_publish.sandbox import Sandbox  # noqa: PLC0415 - an extra, and slow to import
        except ImportError:
            pass
        else:
            with Sandbox(home / "sharepoint") as sandbox:
                yield _OnStandIn(home, sandbox)
            return
    yield _OnDisk(home)
