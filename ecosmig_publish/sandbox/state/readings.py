"""Who read which file, and when: kept for whoever asks Graph's analytics."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.sandbox.clock import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ecosmig_publish.sandbox.clock import Clock
    from ecosmig_publish.sandbox.state.database import Database


@dataclass(frozen=True, slots=True)
class Reading:
    """One time that somebody opened a file; `who` is an identity set as Graph shows it."""

    at: str
    who: Mapping[str, Any]


class Readings:
    """Every reading of every item."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def note(self, item_id: str, who: Mapping[str, Any]) -> None:
        """Note that somebody opens an item now."""
        self._database.insert(
            "reading", {"item": item_id, "at": stamp(self._clock.now()), "who": json.dumps(who, sort_keys=True)}
        )

    def of(self, item_id: str) -> list[Reading]:
        """Return an item's readings, the oldest first."""
        rows = self._database.rows("SELECT at, who FROM reading WHERE item = ? ORDER BY at, rowid", item_id)
        return [Reading(row["at"], json.loads(row["who"])) for row in rows]
