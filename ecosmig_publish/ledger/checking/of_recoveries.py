"""What a recovery rebuilt against the act that says so; what it replaced is no fault any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.chain import digest
from ecosmig_publish.ledger.checking.acting import RECOVERING, differences, gave_way, slot_key
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.of_files import compare_files
from ecosmig_publish.ledger.checking.of_slots import watermark_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import corrections, reported_keys, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told

_RECOVERED = "recovered"
"""Why an issue that was found beside a slot's own counts as a correction."""


class OfRecoveries:
    """The slots, files and keys that a recovery found stand as it found them."""

    kinds = frozenset({RECOVERING})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._has_recovered = False

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Forget what a recovery replaced; compare what it put there."""
        for act in acts:
            self._has_recovered = True
            self._ground.pending.forget(gave_way(act).__contains__)
            for report in act.content.get("reports", ()):
                self._ground.pending.forget(_replaced(report))
                for slot in report.get("slots", ()):
                    self._compare(act, report["report"], slot)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield corrections by a recovery where there was none."""
        if self._has_recovered:
            return
        for row in stream(self._ground.connection, select_plain(corrections).where(corrections.c.reason == _RECOVERED)):
            yield LedgerFault(ROW, row_of("corrections", row.issue_id), "no act recovered it")

    def _compare(self, act: Told, report: str, told: Mapping[str, Any]) -> None:
        connection, key = self._ground.connection, slot_key(report, told.get("due_at"))
        rows = connection.execute(select_plain(slots).where(slots.c.report == report))
        row = next((row for row in rows if row.due_at == told.get("due_at")), None)
        if row is None:
            self._ground.pending.say(key, "row", act.fault(f"the slot {key} that it found is not in the table slots"))
            return
        self._ground.seen.add("slots", row.id)
        keys = reported_keys.c
        blobs = connection.execute(select(keys["keys"]).where(keys.slot_id == row.id).order_by(keys.ordinal)).scalars()
        stands = {
            "cut_off": row.cut_off,
            "generated_at": row.generated_at,
            "reported_keys": digest([blob.hex() for blob in blobs]),
        }
        different = differences({name: told.get(name) for name in stands}, stands)
        self._ground.pending.say(key, "row", act.fault(f"slots {row.id}: {different}") if different else None)
        watermark = watermark_of(row)
        fault = act.fault(f"watermark of the slot is {watermark}, the act says {told.get('watermark')}")
        self._ground.pending.say(key, "watermark", fault if watermark != told.get("watermark") else None)
        compare_files(act, told.get("files", ()), row.id, self._ground)


def _replaced(report: Mapping[str, Any]) -> Callable[[str], bool]:
    """Return whether a subject is one of the report's slots from the first on that a recovery looked at."""
    instants = [slot["due_at"] for slot in report.get("slots", ())] + list(report.get("due_again", ()))
    first, last = slot_key(report["report"], min(instants, default="")), slot_key(report["report"], "~")
    return lambda subject: bool(instants) and first <= subject < last
