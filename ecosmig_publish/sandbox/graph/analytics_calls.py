"""What a file's readers are known by: Graph's `analytics`, as far as the tenant offers it."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import shown
from ecosmig_publish.sandbox.exchange import Answer
from ecosmig_publish.sandbox.graph.access import READ
from ecosmig_publish.sandbox.graph.placing import found
from ecosmig_publish.sandbox.graph.refusals import access_denied, not_found, unknown_segment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.sandbox.exchange import Request
    from ecosmig_publish.sandbox.graph.access import Caller
    from ecosmig_publish.sandbox.graph.address import Address
    from ecosmig_publish.sandbox.graph.service import Service
    from ecosmig_publish.sandbox.state.readings import Reading

MOST_ACTIVITIES = 25
"""So many activities are given at the most, and of each reader the latest."""


class Analytics(StrEnum):
    """How much a tenant tells of who read its files."""

    NAMES = "names"
    """Counts, and who: the site's feature "SharePoint Viewers" is on."""
    COUNTS = "counts"
    PENDING = "pending"
    """It is still counting: zeros that are none."""
    REFUSED = "refused"
    ABSENT = "absent"
    """It keeps none of the item, as of a new one."""


def get_stats(service: Service, request: Request, caller: Caller, address: Address, span: str) -> Answer:
    """Return how often an item was opened, by how many; with `$expand=activities` by whom."""
    caller.require(service.tenant.applications, READ)
    if span != "allTime":
        raise unknown_segment(f"analytics/{span}")
    item = found(service, address)
    if service.analytics is Analytics.REFUSED:
        raise access_denied()
    if service.analytics is Analytics.ABSENT:
        raise not_found()
    pending = service.analytics is Analytics.PENDING
    readings = [] if pending else service.tenant.readings.of(item.id)
    latest = {json.dumps(reading.who, sort_keys=True): reading for reading in readings}
    document: dict[str, Any] = {
        "@odata.context": f"{service.root}/$metadata#microsoft.graph.itemActivityStat",
        "aggregationInterval": "None",
        "startDateTime": "0001-01-01T00:00:00Z",
        "endDateTime": "0001-01-01T00:00:00Z",
        "isTrending": False,
        "access": {"actionCount": len(readings), "actorCount": len(latest), "timeSpentInSeconds": 0},
        "incompleteData": {"wasThrottled": False, "resultsPending": pending, "notSupported": False},
    }
    if readings and request.query.get("$expand", "").startswith("activities"):
        document["activities"] = _activities(list(latest.values()), named=service.analytics is Analytics.NAMES)
    return Answer(200, document)


def _activities(readings: Sequence[Reading], *, named: bool) -> list[dict[str, Any]]:
    newest = sorted(readings, key=lambda reading: reading.at, reverse=True)[:MOST_ACTIVITIES]
    return [
        {
            "id": f"{number:05}",
            "activityDateTime": shown(reading.at),
            "access": {},
            **({"actor": reading.who} if named else {}),
        }
        for number, reading in enumerate(newest)
    ]
