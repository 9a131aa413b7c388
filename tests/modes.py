"""What others than its owner can get at."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def walked(place: Path) -> Iterator[Path]:
    yield place
    yield from place.rglob("*")


def modes(places: Iterator[Path]) -> dict[str, str]:
    """Return what others than the owner can get at, with its mode."""
    found = {str(path): path.lstat().st_mode for path in places}
    assert len(found) > 1
    return {path: oct(stat.S_IMODE(mode)) for path, mode in found.items() if mode & OTHERS}
