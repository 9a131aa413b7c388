"""What was taken over from an older system against the acts that seeded it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.of_slots import digest_of_keys, watermark_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import seeds, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from ecosmig_publish.ledger.checking.acting import Ground, Told


class OfSeeds:
    """Each stream and report was seeded as the latest act about it says."""

    kinds = frozenset({"seed", "rebase-watermark"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._streams: dict[tuple[str, str], tuple[Told, dict[str, object]]] = {}
        self._slots: dict[str, tuple[Told, dict[str, Any]]] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Note what each act seeded."""
        for act in acts:
            if act.kind == "rebase-watermark":
                self._rebase(act)
                continue
            for report, recipient, last in act.content.get("streams", ()):
                told = {"last_sequence": last, "seeded_at": act.content.get("seeded_at")}
                self._streams[report, recipient] = (act, told)
            for slot in act.content.get("slots", ()):
                self._slots[slot["report"]] = (act, slot)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Compare what stands with what was seeded last."""
        for row in stream(self._ground.connection, select_plain(seeds)):
            act, told = self._streams.pop((row.report, row.recipient), (None, {}))
            if act is None:
                yield LedgerFault(ROW, row_of("seeds", f"{row.report} {row.recipient}"), "no act seeded it")
                continue
            different = differences(told, row._mapping)  # noqa: SLF001 - its name
            if different:
                yield act.fault(f"seeds {row.report} {row.recipient}: {different}")
        for (report, recipient), (act, _) in self._streams.items():
            yield act.fault(f"{report} {recipient} is not in the table seeds")
        for report, (act, told) in self._slots.items():
            due_at = told.get("due_at")
            wanted = select_plain(slots).where(slots.c.report == report)
            found = [row for row in self._ground.connection.execute(wanted) if row.due_at == due_at]
            if not found:
                yield act.fault(f"the slot of {report} {due_at} that it seeded is not in the table slots")
            else:
                yield from self._compare(act, told, found[0])

    def _rebase(self, act: Told) -> None:
        report, _, due_at = act.subject.partition(" ")
        seeded = self._slots.get(report)
        if seeded is not None and str(seeded[1].get("due_at")).startswith(due_at.removesuffix("Z")):
            self._slots[report] = (act, {**seeded[1], "watermark": act.content.get("is")})

    def _compare(self, act: Told, told: dict[str, Any], row: Row[Any]) -> Iterator[LedgerFault]:
        self._ground.seen.add("slots", row.id)
        stands = {
            "period": [row.period_start, row.period_end],
            "cut_off": row.cut_off,
            "generated_at": row.generated_at,
            "watermark": watermark_of(row),
            "reported_keys": digest_of_keys(self._ground.connection, row.id),
        }
        different = differences({name: told.get(name) for name in stands}, stands)
        if different:
            yield act.fault(f"slots {row.id}: {different}")
