"""Slots and their files against the acts that issued them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.chain import digest
from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import files, holds, issues, problems, recalls, reported_keys, slots

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from sqlalchemy import Connection, Row

    from ecosmig_publish.ledger.checking.acting import Ground, Told
    from ecosmig_publish.ledger.checking.fault import LedgerFault

FILE_FACTS = ("recipient", "sequence", "part", "name", "rows", "size", "sha256", "quick_xor_hash")
"""What an act says of each file that it issued."""


class OfSlots:
    """Each slot's row, its files, problems and reported keys are what its act says."""

    kinds = frozenset({"issue-slot", "skip-slot", "rebase-watermark"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._slots = {(row.report, row.due_at): row for row in stream(ground.connection, select_plain(slots))}
        self._closed = _closed_by_slot(ground.connection)
        self._latest = _held_by_latest_slots(ground.connection)
        # A later act may set a slot's watermark anew: the latest about each, without its long content.
        self._watermarks: dict[str, tuple[Told, object, object]] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Compare each slot with its act."""
        for act in acts:
            if act.kind == "rebase-watermark":
                self._rebase(act)
                continue
            row = self._slots.get((act.content.get("report"), act.content.get("due_at")))
            if row is None:
                yield act.fault("the slot that it issued is not in the table slots")
                continue
            self._ground.seen.add("slots", row.id)
            yield from self._compare_slot(act, row)
            yield from compare_files(act, act.content.get("files") or [], row.id, self._ground)

    def finish(self) -> Iterator[LedgerFault]:
        """Yield the watermarks that no act explains."""
        for act, told, stands in self._watermarks.values():
            if told != stands:
                yield act.fault(f"watermark of the slot is {stands}, the latest act about it says {told}")

    def _rebase(self, act: Told) -> None:
        noted = self._watermarks.get(act.subject)
        if noted is not None:
            self._watermarks[act.subject] = (replace(act, content={}), act.content.get("is"), noted[2])

    def _compare_slot(self, act: Told, row: Row[Any]) -> Iterator[LedgerFault]:
        told, connection = act.content, self._ground.connection
        watermark = None if row.watermark_count is None else [row.watermark_count, _number(row.watermark_checksum)]
        self._watermarks[act.subject] = (replace(act, content={}), told.get("watermark"), watermark)
        stands: dict[str, object] = {
            "period": [row.period_start, row.period_end],
            "cut_off": row.cut_off,
            "generated_at": row.generated_at,
            "problems": _problems(connection, row.id),
            "reported_keys": _reported_keys(connection, row.id),
            "closed": self._closed.get(row.id, digest([])),
        }
        different = differences({name: told.get(name) for name in stands}, stands)
        if different:
            yield act.fault(f"slots {row.id}: {different}")
        outcome = "issued" if act.kind == "issue-slot" else "skipped"
        if row.outcome != outcome:
            yield act.fault(f"slots {row.id}: outcome is {row.outcome}, the act says {outcome}")
        held = told.get("held") or {}
        if row.held != held.get("count"):
            yield act.fault(f"slots {row.id}: held is {row.held}, the act says {held.get('count')}")
        if row.id in self._latest and held not in self._latest[row.id]:
            yield act.fault(
                f"the rows that slots {row.id} held are not those on the held list: "
                f"{self._latest[row.id][0]['count']} of {held.get('count')}, or others"
            )


def compare_files(act: Told, told: Sequence[Mapping[str, Any]], slot_id: int, ground: Ground) -> Iterator[LedgerFault]:
    """Yield where a slot's files are not those that an act says; note those that are."""
    wanted = (
        select(files)
        # By the issue alone: with the rest of the foreign key SQLite goes through the recipient's whole stream.
        .select_from(issues.join(files, files.c.issue_id == issues.c.id))
        .where(issues.c.slot_id == slot_id)
    )
    stand = {(row.recipient, row.sequence): row for row in ground.connection.execute(wanted)}
    for file in told:
        row = stand.get((file.get("recipient"), file.get("sequence")))
        if row is None:
            yield act.fault(f"the file {file.get('name')} that it issued is not in the table files")
            continue
        ground.seen.add("files", row.id)
        different = differences({name: file.get(name) for name in FILE_FACTS}, row._mapping)  # noqa: SLF001 - its name
        if different:
            yield act.fault(f"files {row.id} ({file.get('name')}): {different}")


def _problems(connection: Connection, slot_id: int) -> dict[str, object]:
    wanted = (
        select(problems.c.reason, problems.c.key, problems.c.recipient, problems.c.count)
        .where(problems.c.slot_id == slot_id)
        .order_by(problems.c.id)
    )
    return digest([list(row) for row in connection.execute(wanted)])


def _reported_keys(connection: Connection, slot_id: int) -> dict[str, object]:
    keys = reported_keys.c
    wanted = select(keys["keys"]).where(keys.slot_id == slot_id).order_by(keys.ordinal)
    return digest([hashlib.sha256(blob).hexdigest() for blob in connection.execute(wanted).scalars()])


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
        found[slot_id] = [digest(sorted(held, key=lambda it: it[0])), digest(held)]
    return found


def _number(text: object) -> object:
    try:
        return int(str(text))
    except ValueError:
        return text
