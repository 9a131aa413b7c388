"""Whether responsibilities were mended behind periods already issued: allowed, and said.

The contract lets the source's owner mend a responsibility in place. What was issued by it stays as it is; a person
decides what to correct. One look along the table, only in runs that issue something.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.ledger import SourceWatermark
from ecosmig_publish.reports import watermarks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.migration_data import MigrationData

RESPONSIBILITIES = "responsibilities"
MENDED = "responsibilities-mended"
_NEXT = "which issued rows it concerns: ecosmig verify --source; a new issue in place of one: ecosmig issue correct"


@dataclass(frozen=True, slots=True)
class Responsibilities:
    """What the spans look like now, to be kept with the slots, and what is to be said of them, `""` if nothing.

    `watermark` reaches to the latest period's end that will have been issued.
    """

    watermark: SourceWatermark
    note: str


def look_at_responsibilities(slots: Sequence[Slot], data: MigrationData, ledger: Ledger) -> Responsibilities:
    """Compare the spans with what they were when slots were last issued; record a finding where they differ."""
    before = ledger.source_watermark(RESPONSIBILITIES)
    until = max(period_of(slot).end for slot in slots)
    if before is not None:
        until = max(until, before.until)
    compared = before.until if before else until
    row = data.fetch(watermarks.of_responsibilities(data.tables, until, compared)).to_pylist()[0]
    # Only the same engine gives a text the same number again.
    engine = data.engine
    now = SourceWatermark(until, row["count"], f"{engine}: {row['checksum']}")
    if before is None:
        return Responsibilities(now, "")
    again = SourceWatermark(compared, row["earlier_count"], f"{engine}: {row['earlier_checksum']}")
    if again == before:
        return Responsibilities(now, "")
    if not before.checksum.startswith(f"{engine}: ") and again.count == before.count:
        was = before.checksum.partition(":")[0]
        return Responsibilities(
            now, f"responsibilities can't be compared with the last run's: {was} then, {engine} now"
        )
    return Responsibilities(now, _mended(before, again, ledger))


def _mended(before: SourceWatermark, again: SourceWatermark, ledger: Ledger) -> str:
    until = f"{before.until:%Y-%m-%dT%H:%M:%SZ}"
    detail = {"until": until, "spans_then": before.count, "spans_now": again.count}
    # Until a slot is issued, every run sees the same again.
    ledger.record_finding_once(MENDED, detail)
    more = again.count - before.count
    how = f"{more:+,} spans" if more else "as many spans, but not the same"
    return (
        f"responsibilities before {until} were mended after slots were issued by them: {how} "
        f"({before.count:,} then, {again.count:,} now); {_NEXT}"
    )
