"""Who was told to wait, until when, and whether they came back too early."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.clock import stamp

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.sandbox.exchange import Request

ON_THE_WAY = 0.05
"""Seconds: what comes in so soon after a Retry-After went out was sent before it could be read."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """When a request came in: its number, by the machine's monotonic clock and by the stand-in's."""

    number: int
    monotonic: float
    at: str


class Waits:
    """The latest Retry-After that each application got, from Graph and from Entra apart."""

    def __init__(self) -> None:
        self._told: dict[tuple[bool, str], tuple[float, str]] = {}

    def remember(self, request: Request, retry_after: str, now: datetime) -> None:
        """Note what an application is told: seconds, or an HTTP date."""
        if retry_after.isdecimal():
            until = stamp(now + timedelta(seconds=int(retry_after)))
        else:
            until = stamp(parsedate_to_datetime(retry_after))
        self._told[_waiter(request)] = (time.monotonic() + ON_THE_WAY, until)

    def forget(self) -> None:
        """Let everybody begin anew."""
        self._told.clear()

    def too_early(self, request: Request, arrival: Arrival) -> bool:
        """Whether this request came before it might, from somebody who could know."""
        told, until = self._told.get(_waiter(request), (0.0, ""))
        return bool(until) and arrival.monotonic > told and arrival.at < until


def _waiter(request: Request) -> tuple[bool, str]:
    return request.at_entra, request.app_id
