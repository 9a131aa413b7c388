"""A proxy on loopback whose every tunnel leads to the stand-in, whatever name is asked for.

For clients that know Graph by its real name only. It passes bytes on and looks at none.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_LOOPBACK = "127.0.0.1"
_CHUNK = 256 * 1024


class Tunnel:
    """Use it as a context; `url` is what HTTPS_PROXY wants."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="tunnel", daemon=True)
        self.url = ""

    def __enter__(self) -> Self:
        self._thread.start()
        server = asyncio.run_coroutine_threadsafe(asyncio.start_server(self._serve, _LOOPBACK, 0), self._loop).result()
        self.url = f"http://{_LOOPBACK}:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await client.readuntil(b"\r\n\r\n")
            server, to_server = await asyncio.open_connection(_LOOPBACK, self._port)
            to_client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pass(client, to_server), _pass(server, to_client))


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()
