"""The next batch is computed while the present one is written."""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DEPTH = 2
_END = object()


@contextmanager
def read_ahead(batches: Iterable[Any]) -> Iterator[Iterator[Any]]:
    """Yield the batches, read by a second thread that keeps at most two ready.

    Its errors are raised here, where the batch would have come; the thread has ended when the context has.
    """
    ready: queue.Queue[Any] = queue.Queue(_DEPTH)
    stopping = threading.Event()

    def put(item: object) -> bool:
        while not stopping.is_set():
            try:
                ready.put(item, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False

    def read() -> None:
        try:
            for batch in batches:
                if not put(batch):
                    return
            put(_END)
        except BaseException as error:  # noqa: BLE001 - it is raised again by the thread that waits for it
            put(error)

    def coming() -> Iterator[Any]:
        while (item := ready.get()) is not _END:
            if isinstance(item, BaseException):
                raise item
            yield item

    thread = threading.Thread(target=read, name="read-ahead", daemon=True)
    thread.start()
    try:
        yield coming()
    finally:
        stopping.set()
        thread.join()
