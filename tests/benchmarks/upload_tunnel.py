"""A proxy on loopback whose every tunnel leads to the stand-in, whatever name is asked for.

For clients that know Graph by its real name only. A process of its own, so that it takes no time from the stand-in's;
it passes bytes on and looks at none.
"""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

_LOOPBACK = "127.0.0.1"
_CHUNK = 256 * 1024


class Tunnel:
    """Use it as a context; `url` is what HTTPS_PROXY wants, `port` the stand-in's."""

    def __init__(self, port: int) -> None:
        command = [sys.executable, "-m", "tests.benchmarks.upload_tunnel", str(port)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.url = ""

    def __enter__(self) -> Self:
        if self._process.stdout is None:
            raise SystemExit("the tunnel doesn't say where it is")
        self.url = f"http://{_LOOPBACK}:{self._process.stdout.readline().strip()}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.wait()


async def _run(port: int) -> None:
    async def serve(client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await client.readuntil(b"\r\n\r\n")
            server, to_server = await asyncio.open_connection(_LOOPBACK, port)
            to_client.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            await asyncio.gather(_pass(client, to_server), _pass(server, to_client))

    server = await asyncio.start_server(serve, _LOOPBACK, 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


async def _pass(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await source.read(_CHUNK):
            sink.write(data)
            await sink.drain()
    sink.close()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(int(sys.argv[1])))
