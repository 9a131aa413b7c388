"""Held rows: one open hold for each report and key, from its first slot to the one that closed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, insert, select, update

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.tables import holds, slots
from ecosmig_publish.ledger.views import OpenHold

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.entries import HeldEntry

_first, _last = slots.alias("first_slot"), slots.alias("last_slot")


def open_holds(connection: Connection, report: Report | None) -> list[OpenHold]:
    """Return what is held now, by report, the longest held first."""
    wanted = (
        select(
            holds.c.report,
            holds.c.key,
            holds.c.reasons,
            holds.c.recipient,
            _first.c.due_at,
            _last.c.generated_at,
        )
        .join_from(holds, _first, holds.c.first_slot_id == _first.c.id)
        .join(_last, holds.c.last_slot_id == _last.c.id)
        .where(holds.c.closed.is_(None))
        .order_by(holds.c.report, _first.c.due_at, holds.c.key)
    )
    if report is not None:
        wanted = wanted.where(holds.c.report == report)
    return [
        OpenHold(Report(of), key, tuple(reasons.split(" ")), recipient, since, tried)
        for of, key, reasons, recipient, since, tried in connection.execute(wanted)
    ]


def keys_ever_held(connection: Connection, report: Report) -> set[str]:
    """Return the keys of all rows that a report has ever held, whatever became of them since."""
    return set(connection.execute(select(holds.c.key).where(holds.c.report == report)).scalars())


def settle_holds(
    connection: Connection, slot_id: int, report: Report, held: Sequence[HeldEntry], closed: Mapping[str, str]
) -> None:
    """Bring the holds of a report to what a slot found: new ones, those tried in vain, those that ended.

    Raises `LedgerError` where a hold would be two things at once or one ends that isn't open.
    """
    if not held and not closed:
        return
    opened = connection.execute(
        select(holds.c.key, holds.c.id).where(holds.c.report == report, holds.c.closed.is_(None))
    )
    ids = {key: hold_id for key, hold_id in opened}  # noqa: C416 - rows are no pairs to the type checker
    _refuse_nonsense(report, held, closed, ids)
    new, tried = [], []
    for entry in held:
        found = {"reasons": " ".join(entry.reasons), "recipient": entry.recipient, "last_slot_id": slot_id}
        if entry.key in ids:
            tried.append({"hold_id": ids[entry.key], **found})
        else:
            new.append({"report": report.value, "key": entry.key, "first_slot_id": slot_id, **found})
    if new:
        connection.execute(insert(holds), new)
    of_id = update(holds).where(holds.c.id == bindparam("hold_id"))
    if tried:
        tried_in_vain = of_id.values({name: bindparam(name) for name in ("reasons", "recipient", "last_slot_id")})
        connection.execute(tried_in_vain, tried)
    if closed:
        ended = of_id.values(closed=bindparam("how"), closed_slot_id=slot_id, last_slot_id=slot_id)
        connection.execute(ended, [{"hold_id": ids[key], "how": how} for key, how in closed.items()])


def _refuse_nonsense(
    report: Report, held: Sequence[HeldEntry], closed: Mapping[str, str], ids: Mapping[str, int]
) -> None:
    keys = {entry.key for entry in held}
    if len(keys) != len(held):
        raise LedgerError(f"{report}: a row is held twice by one slot; nothing was recorded")
    if not keys.isdisjoint(closed):
        raise LedgerError(f"{report}: a row is held and no longer held by one slot; nothing was recorded")
    if not ids.keys() >= closed.keys():
        raise LedgerError(f"{report}: a hold ends that was not open; nothing was recorded")
    if not all(entry.reasons for entry in held):
        raise LedgerError(f"{report}: a row is held without a reason; nothing was recorded")
