"""Breaking connections on request."""

from __future__ import annotations

import socket
import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio


class ConnectionCut(Exception):  # noqa: N818 - it is an end, not always an error
    """The connection ends here, without an answer: the client left, or a fault wants it so."""


class Connections:
    """The open connections by their client's address."""

    def __init__(self) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}

    def opened(self, peer: tuple[str, int], transport: asyncio.Transport) -> None:
        """Note that a client connected."""
        self._transports[peer] = transport

    def closed(self, peer: tuple[str, int]) -> None:
        """Note that a connection ended."""
        self._transports.pop(peer, None)

    def reset(self, peer: tuple[str, int]) -> None:
        """End a connection at once; the client sees a reset."""
        transport = self._transports.get(peer)
        if transport is None:
            return
        raw = transport.get_extra_info("socket")
        if raw is not None:
            # Lingering for no time makes closing a reset.
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()

    def drop(self, peer: tuple[str, int]) -> None:
        """End a connection after what was written so far went out; the client sees it end too early."""
        transport = self._transports.get(peer)
        if transport is not None:
            transport.close()

    def abort_all(self) -> None:
        """End every connection: the server stops, and a client that reads nothing would hold it up."""
        for transport in list(self._transports.values()):
            transport.abort()
