"""A long history for a ledger, recorded at once: what whole runs would have left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, insert, select, update

from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.ledger import FileEntry
from ecosmig_publish.ledger.births import record_slot
from ecosmig_publish.ledger.chain import Act, Deed, link
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import acts, files, publications

from .made import ACTOR, QUICK_XOR_HASH, SHA256

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.emrr.terms import Signifier, Slot
    from ecosmig_publish.fingerprint import Fingerprint
    from ecosmig_publish.ledger import Ledger, SlotBirth

TOOK = timedelta(minutes=5)
"""How long after its slot each file was published and proved."""
_AT_ONCE = 10_000
_STANDS = (
    update(publications)
    .where(publications.c.file_id == bindparam("of_file"))
    .values(item_id=bindparam("item"), adopted=False, published_at=bindparam("at"), proved_at=bindparam("at"))
)


def file_of(slot: Slot, recipient: Signifier, number: int, of: Fingerprint | None = None) -> FileEntry:
    """Return a file called as real ones are, generated at its slot's instant."""
    name = format_file_name(FileName(slot.report, recipient, number, slot.due_at))
    path = f"{directory_of(slot)}/{name}"
    size, *hashes = (of.size, of.sha256, of.quick_xor_hash) if of else (1000, SHA256, QUICK_XOR_HASH)
    return FileEntry(number, 1, name, path, 10, size, *hashes)


def directory_of(slot: Slot) -> str:
    """Return where a slot's files lie in the outbox."""
    return f"{slot.report}_{slot.due_at:%Y%m%dT%H%M%S}_0a1b2c3d"


def fill(
    ledger: Ledger, births: Iterable[SlotBirth], *, item_id: Callable[[str], str] = lambda name: f"item {name}"
) -> None:
    """Record slots, each of their files published and proved, with the acts of as many runs.

    `item_id` is what the destination calls a file, by its name.
    """
    newest = ledger.newest_act()
    with ledger._engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA cache_size = -500000")
        linked: list[Act] = []
        for birth in births:
            for deed in _deeds(connection, birth, item_id):
                newest = link(deed, ACTOR, birth.entry.slot.due_at + TOOK, newest)
                linked.append(newest)
            if len(linked) > _AT_ONCE:
                _keep(connection, linked)
                linked = []
        _keep(connection, linked)
        connection.commit()


def _deeds(connection: Connection, birth: SlotBirth, item_id: Callable[[str], str]) -> Iterator[Deed]:
    last = connection.execute(select(func.max(files.c.id))).scalar() or 0
    yield record_slot(connection, birth)
    at = birth.entry.slot.due_at + TOOK
    new = connection.execute(select(files.c.id, files.c.name).where(files.c.id > last).order_by(files.c.id)).all()
    if not new:
        return
    items = [{"of_file": number, "item": item_id(name), "at": at} for number, name in new]
    connection.execute(_STANDS, items)
    for (_, name), it in zip(new, items, strict=True):
        yield Deed("publish-file", name, {"item_id": it["item"], "adopted": False, "published_at": instant_text(at)})
    names = [name for _, name in new]
    yield Deed("prove-files", f"{len(names)} files", {"files": names, "proved_at": instant_text(at)})


def _keep(connection: Connection, linked: Sequence[Act]) -> None:
    if linked:
        connection.execute(insert(acts), [{name: getattr(act, name) for name in Act.__slots__} for act in linked])
