"""Files are made durable beside the writing: the disk's answer is waited for once, at the end."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Self

_AT_ONCE = 4
_MOST_OPEN = 64


class Syncing:
    """Takes over open files, each to be synced and closed by a thread; `wait` returns when all of them are durable.

    Raises `OSError` from `take` or `wait` where a file could not be synced.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="sync")
        self._open: deque[Future[None]] = deque()

    def take(self, descriptor: int) -> None:
        """Sync and close the file, now or a little later; it is no longer the caller's."""
        self._open.append(self._threads.submit(_sync_and_close, descriptor))
        while len(self._open) > _MOST_OPEN:
            self._open.popleft().result()

    def wait(self) -> None:
        """Return when every file taken so far is durable."""
        while self._open:
            self._open.popleft().result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()


def _sync_and_close(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
