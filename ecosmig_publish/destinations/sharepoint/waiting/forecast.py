"""How long a wave will take, said beforehand."""

from __future__ import annotations

from dataclasses import dataclass

from ecosmig_publish.destinations.sharepoint.graph.calls import Kind
from ecosmig_publish.destinations.sharepoint.waiting.pace import BURST_SECONDS, rate_of

RUN_REQUESTS = 12
RUN_UNITS = 20
"""Finding site, library and folders, listing the folders once a minute, asking for changes before and after."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a wave costs; `seconds` is None where no budget is set and the service decides."""

    requests: int
    resource_units: int
    seconds: float | None


def forecast_wave(files: int, folders: int, *, units_per_minute: int) -> Forecast:
    """Return what it takes to place `files` small files in `folders` recipients' folders; nothing for no files."""
    if not files:
        return Forecast(0, 0, 0.0 if units_per_minute else None)
    units = files * (Kind.PUT.cost + Kind.MOVE.cost) + folders * Kind.PERMISSIONS.cost + RUN_UNITS
    rate = rate_of(units_per_minute)
    seconds = max(0.0, units / rate - BURST_SECONDS) if rate else None
    return Forecast(2 * files + folders + RUN_REQUESTS, units, seconds)
