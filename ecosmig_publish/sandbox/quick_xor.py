"""quickXorHash, written from Microsoft's description for the stand-in alone.

The stand-in may not borrow the product's implementation: a fault there would then be the same fault here.
"""

from __future__ import annotations

import base64

_WIDTH = 160
_SHIFT = 11
_BLOCK = 160
"""160 bytes shift by 1,760 bits, eleven whole turns: bytes so far apart fall on the same bits."""
_MASK = (1 << _WIDTH) - 1


class QuickXor:
    """The hash of bytes that come in pieces."""

    def __init__(self) -> None:
        self._folded = 0
        self._rest = b""
        self._length = 0

    def update(self, data: bytes) -> None:
        """Add `data`."""
        self._length += len(data)
        data = self._rest + data
        whole = len(data) // _BLOCK * _BLOCK
        self._rest = data[whole:]
        if whole:
            self._folded ^= _fold(data[:whole])

    def base64(self) -> str:
        """Return the hash of what was added so far."""
        column = self._folded ^ int.from_bytes(self._rest, "little")
        register = 0
        for place, byte in enumerate(column.to_bytes(_BLOCK, "little")):
            turned = byte << (place * _SHIFT % _WIDTH)
            register ^= (turned & _MASK) | (turned >> _WIDTH)
        register ^= self._length << (_WIDTH - 64)
        return base64.b64encode((register & _MASK).to_bytes(_WIDTH // 8, "little")).decode("ascii")


def _fold(data: bytes) -> int:
    """Return the exclusive or of all blocks, by halving one long integer."""
    blocks = len(data) // _BLOCK
    number = int.from_bytes(data, "little")
    while blocks > 1:
        lower = (blocks + 1) // 2
        bits = lower * _BLOCK * 8
        number = (number & ((1 << bits) - 1)) ^ (number >> bits)
        blocks = lower
    return number
