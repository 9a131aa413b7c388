"""What was asked of the stand-in: kept in memory for a look, and as lines of JSON in the state folder."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from pathlib import Path

KEPT = 200_000
_SECRETS = re.compile(r"(tempauth|token|client_assertion|code)=[^&]*", re.IGNORECASE)
_SECRET_IN_CALL = re.compile(r"token='[^']*'", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One request. `status` is 0 where the connection ended without an answer; `at` is the stand-in's clock, ISO 8601.

    `too_early` says that the application had been told to wait and came back before that time was over.
    """

    number: int
    at: str
    method: str
    path: str
    status: int
    app_id: str
    client_request_id: str
    request_id: str
    user_agent: str
    resource_units: int
    received: int
    sent: int
    fault: str
    too_early: bool


class RequestLog:
    """Counts, keeps and writes requests; safe in threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._kept: deque[LoggedRequest] = deque(maxlen=KEPT)
        self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        self._number = 0

    def next_number(self) -> int:
        """Return the number of a request that just came in."""
        with self._lock:
            self._number += 1
            return self._number

    def add(self, request: LoggedRequest) -> None:
        """Keep a request that ended."""
        with self._lock:
            self._kept.append(request)
            if not self._file.closed:
                self._file.write(json.dumps(asdict(request)) + "\n")

    def all(self) -> list[LoggedRequest]:
        """Return the kept requests, in the order in which they came in."""
        with self._lock:
            return sorted(self._kept, key=lambda request: request.number)

    def clear(self) -> None:
        """Forget what is kept in memory, and count from 1 again; the file stays."""
        with self._lock:
            self._kept.clear()
            self._number = 0

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


def without_secrets(raw_path: str, raw_query: str) -> str:
    """Return an address as it may be kept: nobody can use what stands there."""
    path = _SECRET_IN_CALL.sub("token='…'", raw_path)
    return f"{path}?{_SECRETS.sub(lambda match: f'{match[1]}=…', raw_query)}" if raw_query else path
