"""Size, SHA-256 and quickXorHash of a file: what the ledger keeps and what a listing is compared with."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

_COLUMN = 160
"""The hash rotates by 11 bits a byte over 160 bits, so bytes 160 apart meet at the same place."""
_WORDS = _COLUMN // 8
_BITS = 160
_STEP = 11
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`size` in bytes, `sha256` in hex, `quick_xor_hash` in base64."""

    size: int
    sha256: str
    quick_xor_hash: str


class QuickXorHash:
    """Microsoft's quickXorHash, fed in chunks of any size.

    Byte i is XORed into a 160-bit register at bit 11·i mod 160; the length, 64 bits little-endian, is XORed into the
    last eight bytes. Against accidents only: it is no cryptographic hash.
    """

    def __init__(self) -> None:
        self._column = bytearray(_COLUMN)
        self._length = 0

    def update(self, data: bytes | memoryview) -> None:
        """Add `data`."""
        view = memoryview(data).cast("B")
        place = self._length % _COLUMN
        self._length += len(view)
        # Up to the next whole column, then whole columns at once, then the rest.
        head = min(len(view), (_COLUMN - place) % _COLUMN)
        self._fold(view[:head], place)
        whole = (len(view) - head) // _COLUMN * _COLUMN
        if whole:
            self._fold_columns(view[head : head + whole])
        self._fold(view[head + whole :], 0 if head or whole or not place else place)

    def base64(self) -> str:
        """Return the hash of what was added so far."""
        register = 0
        for place, byte in enumerate(self._column):
            shift = place * _STEP % _BITS
            register ^= byte << shift
        register = (register & ((1 << _BITS) - 1)) ^ (register >> _BITS)
        digest = bytearray(register.to_bytes(_BITS // 8, "little"))
        for place, byte in enumerate(self._length.to_bytes(8, "little")):
            digest[len(digest) - 8 + place] ^= byte
        return base64.b64encode(digest).decode("ascii")

    def _fold(self, view: memoryview, place: int) -> None:
        column = self._column
        for offset, byte in enumerate(view):
            column[place + offset] ^= byte

    def _fold_columns(self, view: memoryview) -> None:
        import numpy as np  # noqa: PLC0415 - commands that hash nothing don't pay for it

        words = np.frombuffer(view, dtype=np.uint64).reshape(-1, _WORDS)
        mine = np.frombuffer(self._column, dtype=np.uint64)
        self._column = bytearray((np.bitwise_xor.reduce(words, axis=0) ^ mine).tobytes())


class FingerprintBuilder:
    """Computes a fingerprint while bytes pass by."""

    def __init__(self) -> None:
        self._size = 0
        self._sha256 = hashlib.sha256()
        self._quick_xor = QuickXorHash()

    def update(self, data: bytes | memoryview) -> None:
        """Add `data`."""
        self._size += len(data)
        self._sha256.update(data)
        self._quick_xor.update(data)

    def finish(self) -> Fingerprint:
        """Return the fingerprint of what was added."""
        return Fingerprint(self._size, self._sha256.hexdigest(), self._quick_xor.base64())


def fingerprint_file(path: Path) -> Fingerprint:
    """Read `path` and return its fingerprint. Raises `OSError`."""
    with path.open("rb") as file:
        return fingerprint_stream(file)


def fingerprint_stream(file: IO[bytes]) -> Fingerprint:
    """Read `file` to its end and return the fingerprint of that. Raises `OSError`."""
    builder = FingerprintBuilder()
    while chunk := file.read(_CHUNK):
        builder.update(chunk)
    return builder.finish()
