"""What a report is asked: which data, up to which bounds, and what is known of it already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import ibis

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.emrr.terms import Period

FAR_FUTURE = ibis.timestamp("9999-12-31 23:59:59.999999")
"""Stands for the end of a span that has none, so that an interval join stays a hash join."""


class SourceTables(Protocol):
    """The contract's seven tables as Ibis tables; instants are naive UTC, an empty text is null."""

    @property
    def parties(self) -> Any: ...  # noqa: D102
    @property
    def devices(self) -> Any: ...  # noqa: D102
    @property
    def responsibilities(self) -> Any: ...  # noqa: D102
    @property
    def migration_attempts(self) -> Any: ...  # noqa: D102
    @property
    def device_status_events(self) -> Any: ...  # noqa: D102
    @property
    def network_notifications(self) -> Any: ...  # noqa: D102
    @property
    def non_migratable_models(self) -> Any: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a slot can see: instants before `end`, recorded no later than `cut_off`. Both only grow."""

    end: datetime
    cut_off: datetime


def as_it_is(expression: Any) -> Any:
    """Return `expression`: it is computed wherever it is read."""
    return expression


@dataclass(frozen=True, slots=True)
class Question:
    """One slot of one report.

    `known_parties` has one column, `sec_party_id`: the register's signifiers, each once. `held_keys` and
    `excluded_keys` have one column, `key`, of the report's kind of key; `reported_keys` too (006 alone). A held key
    counts as not yet reported. Of 001, 002 and 006 `only_keys` asks for these rows alone, whoever reported them when.
    `gpf_meter_points` gives what `meter_points` says of all GPFs, where slots share it. `keep` turns an expression that
    is read several times into one that is computed once. `parts` is how many parts of the Devices, one after the other,
    an engine with little memory had better look through where it has to keep all attempts.
    """

    tables: SourceTables
    period: Period
    bounds: Bounds
    previous: Bounds | None
    known_parties: Any
    held_keys: Any = None
    excluded_keys: Any = None
    reported_keys: Any = None
    only_keys: Any = None
    gpf_meter_points: Callable[[], Any] | None = None
    keep: Callable[[Any], Any] = as_it_is
    parts: int = 1

    @property
    def is_about_few(self) -> bool:
        """Whether it is worth while to find the rows first, and then only what concerns them."""
        return self.previous is not None or self.only_keys is not None


def instant(moment: datetime) -> Any:
    """Return `moment` as the naive UTC timestamp that the tables hold."""
    return ibis.literal(moment.astimezone(UTC).replace(tzinfo=None), type="timestamp(6)")


def is_under(instant_column: Any, recorded_column: Any, bounds: Bounds) -> Any:
    """Whether a row lies under `bounds`: it happened before the end and was recorded by the cut-off."""
    return (instant_column < instant(bounds.end)) & (recorded_column <= instant(bounds.cut_off))
