"""Faults on request: what goes wrong, at which request."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from random import Random

    from ecosmig_publish.sandbox.exchange import Request

Kind = Literal[
    "throttle",  # 429 with Retry-After, nothing done
    "error",  # `status` (5xx), nothing done; with `after` everything is done and the answer is the error
    "reset",  # the connection is reset, nothing done; with `after` everything is done and the reply is lost
    "hang",  # no answer at all until the client goes; with `after` everything is done
    "slow",  # the answer comes `seconds` later
    "cut_body",  # everything is done, the answer breaks off in its body
    "expired_token",  # 401, nothing done
    "locked",  # 423, nothing done
    "quota",  # 507, nothing done
    "stale",  # a listing or delta answers as of `seconds` ago
    "empty_page",  # a listing or delta answers with an empty page and where to go on
    "repeated_item",  # a listing or delta gives the first item of its page twice
    "hash_late",  # what is stored shows no hash for `reads` reads, or for `seconds`
    "flip",  # one bit of what is stored is turned over, at byte `offset`; with `rehash` the hash is of what lies there
    "truncated",  # only `keep_bytes` of a PUT are stored, and the connection is reset
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. It counts the requests that `method` and `path` fit and happens at the `at`-th of them.

    `method` is `""` for any; `path` is a regular expression, searched in the decoded path. `times` is how many
    fitting requests in a row it happens to, 0 for all from there on. `retry_after` is sent as it is: seconds, or an
    HTTP date; a `throttle` or 503 has it in any case, an `error` of another status only when it is given.
    """

    kind: Kind
    method: str = ""
    path: str = ""
    at: int = 1
    times: int = 1
    after: bool = False
    status: int = 503
    retry_after: str = ""
    seconds: float = 0.0
    reads: int = 0
    offset: int = 0
    rehash: bool = False
    keep_bytes: int = 0

    def fits(self, request: Request) -> bool:
        """Whether this is one of the requests that the fault counts."""
        return self.method in {"", request.method} and bool(re.search(self.path, request.path))


def http_date(instant: datetime) -> str:
    """Return an instant as HTTP writes it, for `retry_after`."""
    from email.utils import format_datetime  # noqa: PLC0415 - rarely asked for

    return format_datetime(instant.replace(microsecond=0), usegmt=True)


@dataclass(frozen=True, slots=True)
class Happening:
    """What happens to one request."""

    faults: tuple[Fault, ...] = ()

    def has(self, kind: Kind) -> bool:
        """Whether a fault of this kind is among them."""
        return any(fault.kind == kind for fault in self.faults)

    def seconds(self, kind: Kind) -> float:
        """Return the seconds of all faults of this kind together."""
        return sum(fault.seconds for fault in self.faults if fault.kind == kind)

    @property
    def names(self) -> str:
        """The kinds, for the log."""
        return ",".join(fault.kind for fault in self.faults)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = field(default=0)


@dataclass(frozen=True, slots=True)
class _Strewn:
    faults: tuple[Fault, ...]
    share: float
    random: Random

    def drawn(self, request: Request) -> Fault | None:
        if self.random.random() >= self.share:
            return None
        fitting = [fault for fault in self.faults if fault.fits(request)]
        return self.random.choice(fitting) if fitting else None


class Faults:
    """The faults that wait for their request; safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed: list[_Armed] = []
        self._strewn: _Strewn | None = None

    def add(self, *faults: Fault) -> None:
        """Arm faults; each counts from here."""
        with self._lock:
            self._armed += [_Armed(fault) for fault in faults]

    def strew(self, faults: Iterable[Fault], *, share: float, random: Random) -> None:
        """Let about `share` (0 to 1) of all requests from here on meet one of `faults` that fits them, as drawn.

        Their `at` and `times` don't count. The same requests in the same order meet the same faults again where
        `random` begins anew.
        """
        with self._lock:
            self._strewn = _Strewn(tuple(faults), share, random)

    def clear(self) -> None:
        """Disarm all, and strew no more."""
        with self._lock:
            self._armed.clear()
            self._strewn = None

    def waiting(self) -> list[Fault]:
        """Return the faults that have not happened as often as they are to."""
        with self._lock:
            return [armed.fault for armed in self._armed if not _spent(armed)]

    def due(self, request: Request) -> Happening:
        """Count this request and return what happens to it."""
        happening = []
        with self._lock:
            for armed in self._armed:
                if not armed.fault.fits(request):
                    continue
                armed.seen += 1
                if armed.seen >= armed.fault.at and (
                    armed.fault.times == 0 or armed.seen < armed.fault.at + armed.fault.times
                ):
                    happening.append(armed.fault)
            drawn = self._strewn.drawn(request) if self._strewn else None
        if drawn is not None:
            happening.append(drawn)
        return Happening(tuple(happening))


def _spent(armed: _Armed) -> bool:
    return armed.fault.times > 0 and armed.seen >= armed.fault.at + armed.fault.times - 1
