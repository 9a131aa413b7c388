"""Files' bytes on disk, hashed while they come in; memory stays bounded by the chunk."""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from ecosmig_publish.sandbox.quick_xor import QuickXor

if TYPE_CHECKING:
    from pathlib import Path

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Stored:
    """Bytes that lie in the contents folder under `name`."""

    name: str
    size: int
    sha256: str
    quick_xor: str


class Contents:
    """The folder of bytes. Each store is a file of its own: nothing is shared, so spoiling one spoils one."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def path(self, name: str) -> Path:
        """Return where `name` lies."""
        return self._directory / name

    def incoming(self) -> Incoming:
        """Begin a new file."""
        return Incoming(self._directory, uuid.uuid4().hex)

    def store(self, data: bytes) -> Stored:
        """Keep `data`."""
        incoming = self.incoming()
        incoming.write(data)
        return incoming.finish()

    def rehash(self, name: str) -> Stored:
        """Return what lies under `name` now, after it was changed behind the hashes' back."""
        sha256, quick_xor, size = hashlib.sha256(), QuickXor(), 0
        with self.path(name).open("rb") as file:
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                quick_xor.update(chunk)
                size += len(chunk)
        return Stored(name, size, sha256.hexdigest(), quick_xor.base64())

    def flip(self, name: str, offset: int = 0) -> None:
        """Turn over one bit of the byte at `offset`; does nothing to an empty file."""
        with self.path(name).open("r+b") as file:
            file.seek(offset)
            byte = file.read(1)
            if byte:
                file.seek(offset)
                file.write(bytes([byte[0] ^ 1]))

    def discard(self, name: str) -> None:
        """Remove bytes that nothing names."""
        self.path(name).unlink(missing_ok=True)


class Incoming:
    """A file on its way in."""

    def __init__(self, directory: Path, name: str) -> None:
        self.name = name
        self._path = directory / name
        self._file: BinaryIO = self._path.open("wb")
        self._sha256 = hashlib.sha256()
        self._quick_xor = QuickXor()
        self.size = 0

    def write(self, chunk: bytes) -> None:
        """Add `chunk`."""
        self._file.write(chunk)
        self._sha256.update(chunk)
        self._quick_xor.update(chunk)
        self.size += len(chunk)

    def finish(self) -> Stored:
        """End the file and return what was stored."""
        self._file.close()
        return Stored(self.name, self.size, self._sha256.hexdigest(), self._quick_xor.base64())

    def drop(self) -> None:
        """Forget the file."""
        self._file.close()
        self._path.unlink(missing_ok=True)
