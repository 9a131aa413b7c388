"""Keys that stand in a table more than once: looked for when a slot first asks, once a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ecosmig_publish.reports.contract_breaks import doubled_attempts, doubled_devices, doubled_events

if TYPE_CHECKING:
    from datetime import datetime

    from ecosmig_publish.migration_data import MigrationData

_NONE = pa.table({"key": pa.array([], pa.string())})


class Doubled:
    """Each gives a table of one column, `key`; rows without a key are not in it."""

    def __init__(self, data: MigrationData, cut_off: datetime) -> None:
        self._data = data
        self._cut_off = cut_off
        self._found: dict[str, pa.Table] = {}

    def attempts(self) -> pa.Table:
        """Return the numbers of attempts, among those recorded by the cut-off."""
        table = self._data.tables.migration_attempts
        return self._look_for("attempts", table.attempt_id, doubled_attempts(table, self._cut_off))

    def events(self) -> pa.Table:
        """Return the events (`event:<event_id>`), among those recorded by the cut-off."""
        table = self._data.tables.device_status_events
        return self._look_for("events", table.event_id, doubled_events(table, self._cut_off))

    def devices(self) -> pa.Table:
        """Return the Device IDs."""
        table = self._data.tables.devices
        return self._look_for("devices", table.device_id, doubled_devices(table))

    def _look_for(self, what: str, key: Any, expression: Any) -> pa.Table:
        if what not in self._found:
            # Tables often lie in the order of their keys: one look along the column then says that none stands twice.
            if self._data.never_repeats(key):
                self._found[what] = _NONE
            else:
                found = self._data.fetch(expression)
                self._found[what] = found.filter(found["key"].is_valid())
        return self._found[what]
