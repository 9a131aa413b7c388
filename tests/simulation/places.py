"""Where files are published to, seen from the server's side: a folder on disk, or a library of the stand-in."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from ecosmig_publish.destinations.names import folder_name
from ecosmig_publish.emrr.terms import Signifier
from ecosmig_publish.ledger import AccessProof, FolderEntry
from ecosmig_publish.ledger.anchors import parse_anchor_name
from ecosmig_publish.sandbox import Clock, Sandbox
from ecosmig_publish.sandbox.state.database import Database
from ecosmig_publish.workflows.onboarding import onboard_suppliers
from tests.sharepoint.calming import calm
from tests.sharepoint.installation import mail_of
from tests.simulation.direct_line import DirectLine
from tests.simulation.history import Stood

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.wiring import Wiring
    from tests.destinations.sharepoint.driven import DrivenTime

PERSON = "mallory@owner.test"
"""Who meddles."""
_LOGGED = ("link", "rename", "replace")


class Place(Protocol):
    """One place of publication, and what was seen of it."""

    driven: DrivenTime
    folders: dict[str, str]
    """Each onboarded recipient's folder."""

    def destination(self, suppliers: Mapping[str, str]) -> str:
        """Return the configuration's blocks that lead here."""
        ...

    def onboard(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        """Give suppliers their folders."""
        ...

    def onboard_again(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        """Pin the folders of onboarded suppliers that the ledger doesn't know."""
        ...

    def seen(self, *, thoroughly: bool = False) -> list[Stood]:
        """Return what came to stand in recipients' folders since the last time, in its order."""
        ...

    def strays(self) -> list[str]:
        """Return what was left where nothing should be, now that no run is under way."""
        ...

    def names(self, owner: str) -> list[str]:
        """Return the names of the files in a recipient's folder."""
        ...

    def read(self, owner: str, name: str) -> bytes:
        """Return a file's bytes."""
        ...

    def put(self, owner: str, name: str, content: bytes) -> None:
        """Put or overwrite a file as a person does."""
        ...

    def remove(self, owner: str, name: str) -> None:
        """Delete a file as a person does."""
        ...

    def move(self, owner: str, name: str, to: str, new: str) -> None:
        """Move a file into a recipient's folder under a name, as a person does."""
        ...

    def widen(self, owner: str) -> Callable[[], object] | None:
        """Let somebody else read a recipient's folder; return what takes that back, None where nobody looks."""
        ...

    @contextmanager
    def forking(self) -> Iterator[None]:
        """Let a child take over for the span of the context; `taken_over` is called there."""
        ...

    def taken_over(self) -> None:
        """Be the child that has the place to itself."""
        ...

    def calm(self) -> None:
        """Let faults end."""
        ...

    def close(self) -> None:
        """End."""
        ...


class FolderPlace:
    """Recipients' folders on disk. Each name that is given to a file there is noted as it is given."""

    def __init__(self, home: Path, driven: DrivenTime) -> None:
        self.driven = driven
        self.folders: dict[str, str] = {}
        self.root = home / "published"
        self._owners: dict[str, str] = {}
        self._noted = os.open(home / "noted", os.O_RDWR | os.O_CREAT | os.O_APPEND)
        self._read_until = 0
        self._known: dict[str, tuple[int, int, int]] = {}
        self._real = {name: getattr(os, name) for name in _LOGGED}
        for name in _LOGGED:
            setattr(os, name, self._noting(self._real[name]))

    def _noting(self, real: object) -> object:
        root = f"{self.root}/"

        def noting(source: object, target: object, **keywords: object) -> None:
            real(source, target, **keywords)  # type: ignore[operator]
            path = os.fspath(target)  # type: ignore[call-overload]
            if path.startswith(root):
                os.writev(self._noted, [f"{path[len(root) :]}\n".encode()])

        return noting

    def destination(self, suppliers: Mapping[str, str]) -> str:  # noqa: ARG002 - see `Place`
        return f'[destination]\nkind = "folder"\n[destination.folder]\npath = "{self.root}"\n'

    def onboard(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        wanted = {Signifier(it): name for it, name in suppliers.items()}
        with wiring.locked_ledger() as ledger:
            for done in onboard_suppliers(wanted, ledger=ledger, destination=wiring.onboarding(), now=wiring.now):
                self.folders[done.signifier] = done.folder
                self._owners[done.folder] = done.signifier

    def onboard_again(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        self.onboard({it: name for it, name in suppliers.items() if it in self.folders}, wiring)

    def seen(self, *, thoroughly: bool = False) -> list[Stood]:
        noted = os.pread(self._noted, 1 << 30, self._read_until)
        self._read_until += len(noted)
        names = noted.decode().split("\n")[:-1]
        if thoroughly:
            names += self._changed(set(names))
        return [stood for name in names if (stood := self._stood(name)) is not None]

    def _changed(self, noted: set[str]) -> Iterator[str]:
        """Yield what isn't as it was when it was last looked at."""
        for folder in self._owners:
            with os.scandir(self.root / folder) as entries:
                for entry in entries:
                    name = f"{folder}/{entry.name}"
                    if name not in noted and self._known.get(name) != _look(entry.stat()):
                        yield name

    def _stood(self, name: str) -> Stood | None:
        folder, _, file = name.partition("/")
        if folder not in self._owners or "/" in file or file.startswith(".ecosmig-part-"):
            return None
        path = self.root / name
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            return None
        self._known[name] = _look(path.stat())
        return Stood(self._owners[folder], file, content)

    def strays(self) -> list[str]:
        return [str(path) for path in self.root.glob("*/.ecosmig-part-*")]

    def _path(self, owner: str, name: str) -> Path:
        return self.root / self.folders[owner] / name

    def names(self, owner: str) -> list[str]:
        return sorted(path.name for path in (self.root / self.folders[owner]).iterdir())

    def read(self, owner: str, name: str) -> bytes:
        return self._path(owner, name).read_bytes()

    def put(self, owner: str, name: str, content: bytes) -> None:
        self._path(owner, name).write_bytes(content)

    def remove(self, owner: str, name: str) -> None:
        self._path(owner, name).unlink()
        self._known.pop(f"{self.folders[owner]}/{name}", None)

    def move(self, owner: str, name: str, to: str, new: str) -> None:
        self._real["rename"](self._path(owner, name), self._path(to, new))

    def widen(self, owner: str) -> Callable[[], object] | None:  # noqa: ARG002 - whoever reads the disk reads it
        return None

    @contextmanager
    def forking(self) -> Iterator[None]:
        yield

    def taken_over(self) -> None:
        pass

    def calm(self) -> None:
        self.driven.begin_anew()

    def close(self) -> None:
        for name, real in self._real.items():
            setattr(os, name, real)
        os.close(self._noted)


class SharePointPlace:
    """A library of a stand-in of its own, asked without sockets."""

    def __init__(self, home: Path, driven: DrivenTime, workers: int) -> None:
        self.driven = driven
        self.folders: dict[str, str] = {}
        self._workers = workers
        self._owners: dict[str, str] = {}
        self.sandbox = Sandbox(home / "sharepoint", clock=Clock(driven.now))
        self.line = DirectLine(self.sandbox)
        self.library = self.sandbox.library()
        self.root, self.staging = "ECoS Migration Reports", "_staging"
        self._staging = self.library.make_folder(self.staging).id
        self.library.make_folder(self.root)
        self._last = 0
        self._people: dict[str, str] = {}
        self._known_stranger: str | None = None
        self._laid = self.line.laid()
        self._laid.__enter__()
        # The stand-in shows no grants at first, and a publisher that sees none goes by an administrator's proof.
        self.calm()

    def destination(self, suppliers: Mapping[str, str]) -> str:
        readers = "".join(
            f'[[suppliers]]\nsignifier = "{signifier}"\nusers = ["{mail_of(signifier)}"]\n' for signifier in suppliers
        )
        workers = f"[destination.sharepoint]\nworkers = {self._workers}\n"
        return self.sandbox.configuration().replace("[destination.sharepoint]\n", workers) + readers

    def onboard(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        with wiring.locked_ledger() as ledger:
            for signifier, name in suppliers.items():
                if signifier not in self.folders:
                    self.folders[signifier] = path = f"{self.root}/{folder_name(Signifier(signifier), name)}"
                    item = self.library.make_folder(path)
                    self._owners[item.id] = signifier
                    self._people[signifier] = self.sandbox.people.add_person(mail_of(signifier), guest=True).id
                    self.library.break_inheritance(path, keep=False)
                    self.library.grant(path, "siteGroup", "3", "owner")
                    self.library.grant(path, "user", self._people[signifier], "read")
                    self._pin(signifier, name, ledger, wiring.now())

    def onboard_again(self, suppliers: Mapping[str, str], wiring: Wiring) -> None:
        with wiring.locked_ledger() as ledger:
            pinned = ledger.folders()
            for signifier in self.folders.keys() - pinned.keys():
                self._pin(signifier, suppliers[signifier], ledger, wiring.now())

    def _pin(self, signifier: str, name: str, ledger: Ledger, now: datetime) -> None:
        path = self.folders[signifier]
        item = self.library.item(path)
        assert item is not None, path
        entry = FolderEntry(Signifier(signifier), item.id, path.rpartition("/")[2], name, now)
        ledger.record_folder(entry)
        reader = self._people[signifier]
        ledger.record_access_proof(AccessProof(entry.signifier, item.id, (reader,), is_exact=True, looked_at=now))

    def seen(self, *, thoroughly: bool = False) -> list[Stood]:  # noqa: ARG002 - the stand-in forgets nothing
        tenant = self.library._tenant
        rows = tenant.database.rows(
            "SELECT p.id, p.parent, p.name, p.sha256, i.sha256, i.content FROM placement p "
            "JOIN item i ON i.id = p.item WHERE p.id > ? AND p.folder = 0 ORDER BY p.id",
            self._last,
        )
        found = []
        for number, parent, name, sha256, sha256_now, content in rows:
            self._last = number
            if parent == self._staging or parse_anchor_name(name) is not None:
                continue
            # What stood there is gone already: its hash is all that is left, and is nobody's content.
            data = tenant.contents.path(content).read_bytes() if sha256 == sha256_now else b""
            found.append(Stood(self._owners.get(parent, ""), name, data))
        return found

    def strays(self) -> list[str]:
        return [path for path in self.library.files(self.staging) if not path.startswith(f"{self.staging}/anchors/")]

    def names(self, owner: str) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self.library.files(self.folders[owner]))

    def read(self, owner: str, name: str) -> bytes:
        return self.library.read(f"{self.folders[owner]}/{name}")

    def put(self, owner: str, name: str, content: bytes) -> None:
        self.library.put(f"{self.folders[owner]}/{name}", content, PERSON)

    def remove(self, owner: str, name: str) -> None:
        self.library.remove(f"{self.folders[owner]}/{name}", PERSON)

    def move(self, owner: str, name: str, to: str, new: str) -> None:
        self.library.move(f"{self.folders[owner]}/{name}", f"{self.folders[to]}/{new}", PERSON)

    def widen(self, owner: str) -> Callable[[], object] | None:
        path = self.folders[owner]
        if self._known_stranger is None:
            self._known_stranger = self.sandbox.people.add_person("curious@owner.test").id
        grant = self.library.grant(path, "user", self._known_stranger)
        return lambda: self.library.withdraw(path, grant.id)

    @contextmanager
    def forking(self) -> Iterator[None]:
        database = self.library._tenant.database
        database.close()
        try:
            yield
        finally:
            self._reconnect()

    def taken_over(self) -> None:
        self._reconnect()

    def _reconnect(self) -> None:
        # A connection to SQLite must not be carried into another process.
        database = self.library._tenant.database
        database._connection = Database(self.sandbox.directory / "state.db")._connection

    def calm(self) -> None:
        calm(self.sandbox, self.driven)

    def close(self) -> None:
        self._laid.__exit__(None, None, None)
        self.sandbox.stop()


def _look(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
