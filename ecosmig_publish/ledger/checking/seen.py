"""Which rows an act has spoken of: a bit for each, so that millions fit into little memory."""

from __future__ import annotations

_BITS = 16


class Seen:
    """A set of row numbers for each name; a number may be any integer."""

    def __init__(self) -> None:
        self._pages: dict[tuple[str, int], bytearray] = {}

    def add(self, name: str, number: int) -> None:
        """Note a row."""
        page = self._pages.setdefault((name, number >> _BITS), bytearray(1 << (_BITS - 3)))
        place = number & ((1 << _BITS) - 1)
        page[place >> 3] |= 1 << (place & 7)

    def discard(self, name: str, number: int) -> None:
        """Forget that a row was noted."""
        if self.has(name, number):
            self._pages[name, number >> _BITS][(number & ((1 << _BITS) - 1)) >> 3] &= ~(1 << (number & 7)) & 0xFF

    def has(self, name: str, number: int) -> bool:
        """Whether a row was noted."""
        page = self._pages.get((name, number >> _BITS))
        place = number & ((1 << _BITS) - 1)
        return page is not None and bool(page[place >> 3] & 1 << (place & 7))
