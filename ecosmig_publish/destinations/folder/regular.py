"""Files that are files: not links, not pipes, not devices that a reader would wait at for ever."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO | None:
    """Open the regular file at `path` to read; return None where something else stands there.

    Raises `OSError`, `FileNotFoundError` among them.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        # Opening a device may already do something.
        return None
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return None
    return os.fdopen(descriptor, "rb")
