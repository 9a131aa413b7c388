"""The folder destination passes the conformance suite."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.destinations.folder import FolderOnDisk
from tests.destinations.conformance import (
    Bench,
    TestAdministering,
    TestAnchors,
    TestFolderChecks,
    TestInterruptions,
    TestListing,
    TestOnboarding,
    TestPlacing,
    TestRacing,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.destinations import Folder
    from tests.destinations.conformance.bench import Sample

__all__ = [
    "TestAdministering",
    "TestAnchors",
    "TestFolderChecks",
    "TestInterruptions",
    "TestListing",
    "TestOnboarding",
    "TestPlacing",
    "TestRacing",
]

_LEFTOVER = ".ecosmig-part-"
_KILLED = """
import os, signal, sys
from pathlib import Path
from ecosmig_publish.destinations import Folder
from ecosmig_publish.destinations.folder import FolderOnDisk
from ecosmig_publish.fingerprint import fingerprint_file

root, folder_id, name, content, call, nth, when = sys.argv[1:]
real, calls = getattr(os, call), 0

def hooked(*arguments, **keywords):
    global calls
    calls += 1
    if calls == int(nth) and when == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    result = real(*arguments, **keywords)
    if calls == int(nth):
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(os, call, hooked)
content = Path(content)
FolderOnDisk(Path(root)).place(Folder("PXX001", folder_id, folder_id), name, content, fingerprint_file(content))
"""
_MOMENTS = {
    "before-the-sync": ("fsync", "1", "before"),
    "after-the-sync": ("fsync", "1", "after"),
    "before-the-name": ("link", "1", "before"),
    "after-the-name": ("link", "1", "after"),
    "after-the-clearing": ("unlink", "1", "after"),
    "after-all": ("fsync", "2", "after"),
}
_BREAKAGES = {
    "full-disk": ("fsync", errno.ENOSPC),
    "failing-disk": ("fsync", errno.EIO),
    "no-room-for-an-entry": ("link", errno.ENOSPC),
    "read-only": ("open", errno.EROFS),
    "not-allowed": ("open", errno.EACCES),
    "no-file-handles": ("open", errno.EMFILE),
}


class FolderBench:
    """A folder destination below a root of its own."""

    moments = tuple(_MOMENTS)
    breakages = (*_BREAKAGES, "root-is-a-file")

    def __init__(self, root: Path, patching: pytest.MonkeyPatch) -> None:
        self._root = root
        self._patching = patching

    def publisher(self) -> FolderOnDisk:
        return FolderOnDisk(self._root)

    def administrator(self) -> FolderOnDisk:
        return FolderOnDisk(self._root)

    def make_folder(self, name: str) -> None:
        (self._root / name).mkdir(parents=True)

    def rename_folder(self, folder: Folder, name: str) -> None:
        self._path(folder).rename(self._root / name)

    def remove_folder(self, folder: Folder) -> None:
        shutil.rmtree(self._path(folder))

    def put(self, folder: Folder, name: str, data: bytes) -> None:
        (self._path(folder) / name).write_bytes(data)

    def put_folder(self, folder: Folder, name: str) -> None:
        (self._path(folder) / name).mkdir()

    def standing(self, folder: Folder) -> dict[str, bytes]:
        return {
            path.name: path.read_bytes()
            for path in self._path(folder).iterdir()
            if path.is_file() and not path.name.startswith(_LEFTOVER)
        }

    def leftovers(self, folder: Folder) -> int:
        return len(list(self._path(folder).glob(f"{_LEFTOVER}*")))

    def interrupt(self, moment: str, folder: Folder, file: Sample) -> None:
        place = [str(self._root), folder.id, file.name, str(file.path)]
        killed = subprocess.run([sys.executable, "-c", _KILLED, *place, *_MOMENTS[moment]], check=False)
        assert killed.returncode == -9, "the publisher outlived the moment at which it was to be killed"

    @contextmanager
    def broken(self, breakage: str) -> Iterator[None]:
        if breakage == "root-is-a-file":
            aside = self._root.rename(self._root.with_name("aside"))
            self._root.write_text("a file")
            try:
                yield
            finally:
                self._root.unlink()
                aside.rename(self._root)
            return
        call, number = _BREAKAGES[breakage]
        with self._patching.context() as patching:
            if call == "open":
                _refuse_to_make_files(patching, number)
            else:
                patching.setattr(os, call, _refusing(number))
            yield

    def _path(self, folder: Folder) -> Path:
        return self._root / folder.id


def _refusing(number: int) -> object:
    def refuse(*_arguments: object, **_keywords: object) -> None:
        raise OSError(number, os.strerror(number))

    return refuse


def _refuse_to_make_files(patching: pytest.MonkeyPatch, number: int) -> None:
    real = os.open

    def refuse(path: str, flags: int, *arguments: object, **keywords: object) -> int:
        if flags & os.O_CREAT:
            raise OSError(number, os.strerror(number), os.fspath(path))
        return real(path, flags, *arguments, **keywords)  # type: ignore[arg-type]

    patching.setattr(os, "open", refuse)


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    return FolderBench(tmp_path / "published", monkeypatch)
