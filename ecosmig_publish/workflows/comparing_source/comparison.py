"""What every slot of a comparison is compared with, and what its rows are asked with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.reports.question import Bounds, Question

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from typing import Any

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger, RecordedSlot
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox


@dataclass(frozen=True, slots=True)
class Comparison:
    """The ledger, the outbox and the source; whom it is narrowed to; the cut-offs of corrections by their issue."""

    ledger: Ledger
    outbox: Outbox
    data: MigrationData
    parties: Any
    suppliers: Collection[Signifier]
    corrected_at: dict[int, datetime]
    on_file: Callable[[], None]


def question_of(
    slot: RecordedSlot,
    cut_off: datetime,
    comparison: Comparison,
    keep: Callable[[Any], Any],
    previous: Bounds | None = None,
) -> Question:
    """Return what a slot's rows are asked with; without `previous`, all rows before its end."""
    return Question(
        tables=comparison.data.tables,
        period=slot.period,
        bounds=Bounds(slot.period.end, cut_off),
        previous=previous,
        known_parties=comparison.parties,
        keep=keep,
    )
