"""HTTPS on loopback, in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from typing import TYPE_CHECKING, Any, cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from ecosmig_publish.sandbox.connections import Connections

LOOPBACK = "127.0.0.1"
_READY_WITHIN = 20.0
_ENDED_WITHIN = 2.0


def listen(port: int) -> socket.socket:
    """Return a socket bound to loopback, and to nothing else; port 0 takes a free one. Raises `OSError`."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
    except OSError:
        listener.close()
        raise
    return listener


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready
        self.told_to_stop = asyncio.Event()

    async def main_loop(self) -> None:
        """Wait to be told: uvicorn would look ten times a second."""
        await self.told_to_stop.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close what listens and let what is under way end: connections are cut by then."""
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        if self.server_state.tasks:
            _, late = await asyncio.wait(set(self.server_state.tasks), timeout=_ENDED_WITHIN)
            for task in late:
                task.cancel()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()


class ServerThread:
    """Runs an ASGI application until it is stopped."""

    def __init__(
        self, application: Any, listener: socket.socket, context: ssl.SSLContext, connections: Connections
    ) -> None:
        self._listener = listener
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        config = uvicorn.Config(
            application,
            http=_protocol(connections),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            timeout_keep_alive=60,
            loop="asyncio",
        )
        config.load()
        config.ssl = context
        self._server = _Server(config, self._ready)
        self._thread = threading.Thread(target=self._run, name="ecosmig-sandbox", daemon=True)

    def start(self) -> None:
        """Start, and return once requests are answered."""
        self._thread.start()
        if not self._ready.wait(_READY_WITHIN):
            raise RuntimeError("the stand-in did not start")

    def stop(self, before: Callable[[], None]) -> None:
        """Stop, and return once everything is closed; `before` runs inside the server first."""
        if self._loop is not None and self._thread.is_alive():
            self._loop.call_soon_threadsafe(before)
            self._loop.call_soon_threadsafe(self._server.told_to_stop.set)
            self._thread.join()
        self._listener.close()

    def _run(self) -> None:
        async def serve() -> None:
            self._loop = asyncio.get_running_loop()
            await self._server.serve([self._listener])

        asyncio.run(serve())


def _protocol(connections: Connections) -> type[asyncio.Protocol]:
    """Return uvicorn's protocol, which also tells `connections` who is there."""

    class Protocol(H11Protocol):
        _peer: tuple[str, int] | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            peer = transport.get_extra_info("peername")
            if peer:
                self._peer = (peer[0], peer[1])
                connections.opened(self._peer, transport)

        def connection_lost(self, exc: Exception | None) -> None:
            if self._peer is not None:
                connections.closed(self._peer)
            super().connection_lost(exc)

    return cast("type[asyncio.Protocol]", Protocol)
