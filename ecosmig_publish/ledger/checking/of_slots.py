"""Slots against the acts that issued them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.chain import digest
from ecosmig_publish.ledger.checking.acting import differences, slot_key
from ecosmig_publish.ledger.checking.of_files import compare_files
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import holds, problems, recalls, reported_keys, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection, Row

    from ecosmig_publish.ledger.checking.acting import Ground, Told
    from ecosmig_publish.ledger.checking.fault import LedgerFault


class OfSlots:
    """Each slot's row, its files, problems, holds and reported keys are what the latest act about it says."""

    kinds = frozenset({"issue-slot", "skip-slot", "rebase-watermark"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._slots = {(row.report, row.due_at): row for row in stream(ground.connection, select_plain(slots))}
        self._closed = _closed_by_slot(ground.connection)
        self._latest = _held_by_latest_slots(ground.connection)

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Compare each slot with its act."""
        for act in acts:
            if act.kind == "rebase-watermark":
                self._rebase(act)
            else:
                self._compare(act)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield nothing more."""
        yield from ()

    def _compare(self, act: Told) -> None:
        ground, told = self._ground, act.content
        key = slot_key(told.get("report"), told.get("due_at"))
        row = self._slots.get((told.get("report"), told.get("due_at")))
        if row is None:
            ground.pending.say(key, "row", act.fault("the slot that it issued is not in the table slots"))
            return
        ground.seen.add("slots", row.id)
        different = self._different(act, row)
        ground.pending.say(key, "row", act.fault(f"slots {row.id}: {different}") if different else None)
        self._compare_watermark(act, key, row, told.get("watermark"))
        self._compare_holds(act, key, row)
        compare_files(act, told.get("files") or [], row.id, ground)

    def _different(self, act: Told, row: Row[Any]) -> str:
        told, connection = act.content, self._ground.connection
        stands = {
            "period": [row.period_start, row.period_end],
            "cut_off": row.cut_off,
            "generated_at": row.generated_at,
            "problems": _problems(connection, row.id),
            "reported_keys": digest_of_keys(connection, row.id),
            "outcome": row.outcome,
        }
        outcome = "issued" if act.kind == "issue-slot" else "skipped"
        return differences({name: told.get(name) for name in stands} | {"outcome": outcome}, stands)

    def _compare_watermark(self, act: Told, key: str, row: Row[Any], told: object) -> None:
        stands = watermark_of(row)
        fault = replace(act, content={}).fault(
            f"watermark of the slot is {stands}, the latest act about it says {told}"
        )
        self._ground.pending.say(key, "watermark", fault if stands != told else None)

    def _rebase(self, act: Told) -> None:
        report, _, due_at = act.subject.partition(" ")
        # The subject shows whole seconds; a slot falls due at no other instant.
        key = (report, f"{due_at.removesuffix('Z')}.000000Z")
        if key in self._slots:
            self._compare_watermark(act, slot_key(*key), self._slots[key], act.content.get("is"))

    def _compare_holds(self, act: Told, key: str, row: Row[Any]) -> None:
        held, closed = act.content.get("held") or {}, act.content.get("closed")
        fault = None
        if row.held != held.get("count"):
            fault = act.fault(f"slots {row.id}: held is {row.held}, the act says {held.get('count')}")
        elif row.id in self._latest and held not in self._latest[row.id]:
            stand = self._latest[row.id][0]["count"]
            fault = act.fault(
                f"the rows that slots {row.id} held are not those on the held list: {stand} of {held.get('count')}, "
                "or others"
            )
        self._ground.pending.say(key, "held", fault)
        stands = self._closed.get(row.id, digest([]))
        different = differences({"closed": closed}, {"closed": stands})
        self._ground.pending.say(key, "closed", act.fault(f"slots {row.id}: {different}") if different else None)


def watermark_of(row: Row[Any]) -> list[object] | None:
    """Return a slot's watermark as its act has it."""
    if row.watermark_count is None:
        return None
    try:
        return [row.watermark_count, int(str(row.watermark_checksum))]
    except ValueError:
        return [row.watermark_count, row.watermark_checksum]


def digest_of_keys(connection: Connection, slot_id: int) -> dict[str, object]:
    """Return the digest of the keys that a slot reported, as its act has it."""
    keys = reported_keys.c
    wanted = select(keys["keys"]).where(keys.slot_id == slot_id).order_by(keys.ordinal)
    return digest([hashlib.sha256(blob).hexdigest() for blob in connection.execute(wanted).scalars()])


def _problems(connection: Connection, slot_id: int) -> dict[str, object]:
    wanted = (
        select(problems.c.reason, problems.c.key, problems.c.recipient, problems.c.count)
        .where(problems.c.slot_id == slot_id)
        .order_by(problems.c.id)
    )
    return digest([list(row) for row in connection.execute(wanted)])


def _closed_by_slot(connection: Connection) -> dict[int, dict[str, object]]:
    """Return the digest of the holds that each slot closed."""
    wanted = (
        select(holds.c.closed_slot_id, holds.c.key, holds.c.closed)
        .where(holds.c.closed_slot_id.is_not(None))
        .order_by(holds.c.closed_slot_id)
    )
    return {
        slot_id: digest(sorted([key, closed] for _, key, closed in rows))
        for slot_id, rows in groupby(stream(connection, wanted), key=lambda row: row[0])
    }


def _held_by_latest_slots(connection: Connection) -> dict[int, list[dict[str, object]]]:
    """Return the digests of what each report's latest slot holds: earlier slots' holds have moved on since."""
    latest: dict[str, int] = {}
    for row in connection.execute(select(slots.c.report, slots.c.id).order_by(slots.c.due_at)):
        latest[row.report] = row.id
    found: dict[int, list[dict[str, object]]] = {}
    for slot_id in latest.values():
        wanted = (
            select(holds.c.key, holds.c.reasons, holds.c.recipient)
            .outerjoin_from(holds, recalls, recalls.c.hold_id == holds.c.id)
            .where(holds.c.last_slot_id == slot_id, holds.c.closed.is_(None))
            # A row that an issue no longer carries was not held by its slot, only by those that tried it since.
            .where(recalls.c.hold_id.is_(None) | (holds.c.first_slot_id != holds.c.last_slot_id))
            .order_by(holds.c.id)
        )
        held = [[row.key, row.reasons.split(" "), row.recipient] for row in connection.execute(wanted)]
        # Acts of before held rows were put in order bind them as they came.
        found[slot_id] = [digest(sorted(held, key=lambda it: it[0])), digest(held)]
    return found
