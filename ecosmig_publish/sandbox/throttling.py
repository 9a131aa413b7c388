"""Resource units: what each call costs, and when an application has used its minute up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox.graph.refusals import Refusal

if TYPE_CHECKING:
    from ecosmig_publish.sandbox.exchange import Request

WINDOW = timedelta(minutes=1)
SHOWN_FROM = 0.8
"""From this share of the limit on, answers tell how much is left."""


def cost_of(request: Request) -> int:
    """Return a request's resource units, by SharePoint's published table.

    1: a single item, a delta with a token, a download. 2: anything with several items, create, update, delete,
    upload. 5: anything with permissions. What goes to Entra costs nothing here, nor does a download address.
    """
    path, query = request.path, request.query
    if path.startswith("/upload/"):
        return 2 if request.method == "PUT" else 1
    if not path.startswith("/v1.0/") or path.startswith(("/v1.0/users", "/v1.0/groups", "/v1.0/invitations")):
        return 0
    last = path.rstrip("/").rpartition("/")[2].removeprefix("microsoft.graph.")
    if "/permissions" in path or last in {"invite", "createLink"} or "permissions" in query.get("$expand", ""):
        return 5
    if last.startswith("delta"):
        return 1 if "token" in query or "token=" in last else 2
    if request.method != "GET" or last in {"children", "drives"} or "$expand" in query:
        return 2
    return 1


@dataclass(slots=True)
class _Usage:
    since: datetime
    used: int = 0


class Throttle:
    """Counts each application's units by the minute; `limit` 0 lets everything pass."""

    def __init__(self, limit: int = 0) -> None:
        self.limit = limit
        self._usage: dict[str, _Usage] = {}

    def charge(self, app_id: str, units: int, now: datetime) -> dict[str, str]:
        """Count a request, a refused one too; returns the headers that tell what is left. Raises `Refusal` (429)."""
        if not self.limit or not units:
            return {}
        usage = self._usage.get(app_id)
        if usage is None or now >= usage.since + WINDOW:
            usage = self._usage[app_id] = _Usage(now)
        usage.used += units
        reset = max(1, math.ceil((usage.since + WINDOW - now).total_seconds()))
        headers: dict[str, str] = {}
        if usage.used >= self.limit * SHOWN_FROM:
            headers = {
                "RateLimit-Limit": str(self.limit),
                "RateLimit-Remaining": str(max(0, self.limit - usage.used)),
                "RateLimit-Reset": str(reset),
            }
        if usage.used > self.limit:
            raise throttled(str(reset), headers)
        return headers


def throttled(retry_after: str, headers: dict[str, str] | None = None) -> Refusal:
    """Return the answer to somebody who asks too much; `retry_after` is seconds or an HTTP date."""
    return Refusal(
        429,
        "activityLimitReached",
        "The request has been throttled",
        inner="throttledRequest",
        headers={"Retry-After": retry_after} | (headers or {}),
    )
