"""The next batch is computed while the present one is written."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_DEPTH = 2
_END = object()


class _Reader:
    """Reads in a thread of its own, never more than a few batches ahead."""

    def __init__(self, batches: Iterable[Any]) -> None:
        self._batches = batches
        self._ready: queue.Queue[Any] = queue.Queue(_DEPTH)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._read, name="read-ahead", daemon=True)
        self._thread.start()

    def coming(self) -> Iterator[Any]:
        """Yield the batches; raise what reading them raised, where the batch would have come."""
        while (item := self._ready.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            yield item

    def stop(self) -> None:
        """Let the thread end, whatever is left unread."""
        self._stopping.set()
        self._thread.join()

    def _read(self) -> None:
        coming = iter(self._batches)
        try:
            for batch in coming:
                if not self._put(batch):
                    return
            self._put(_END)
        except BaseException as error:  # noqa: BLE001 - it is raised again by the thread that waits for it
            self._put(error)
        finally:
            # Left early, it still holds the engine's result.
            if isinstance(coming, Generator):
                coming.close()

    def _put(self, item: object) -> bool:
        while not self._stopping.is_set():
            try:
                self._ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


@contextmanager
def read_ahead(batches: Iterable[Any], interrupt: Callable[[], None] | None = None) -> Iterator[Iterator[Any]]:
    """Yield the batches, read by a second thread; it has ended when the context has.

    Left by an exception, the thread may be deep in a long computation: `interrupt` is called to end that.
    """
    reader = _Reader(batches)
    try:
        yield reader.coming()
    except BaseException:
        if interrupt is not None:
            interrupt()
        raise
    finally:
        reader.stop()
