"""Where each issued file should wait in the outbox, and with which bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from ecosmig_publish.ledger.acts import read_acts
from ecosmig_publish.ledger.checking.acting import RECOVERING, gave_way, read_content
from ecosmig_publish.ledger.checking.plain import stream
from ecosmig_publish.ledger.stopped import is_passed_over, read_lost
from ecosmig_publish.ledger.tables import files, outbox_directories, publications

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True)
class OutboxPlace:
    """A file's row, and its path below the outbox; `is_proved` where its folder was seen to hold it."""

    file_id: int
    name: str
    path: str
    size: int
    sha256: str
    is_proved: bool


def outbox_places(connection: Connection) -> Iterator[OutboxPlace]:
    """Yield the place of every issued file, by its path: directory by directory."""
    wanted = (
        select(
            files.c.id,
            files.c.name,
            files.c.outbox_path,
            files.c.size,
            files.c.sha256,
            publications.c.proved_at.is_not(None),
        )
        .outerjoin_from(files, publications, publications.c.file_id == files.c.id)
        .order_by(files.c.outbox_path)
    )
    for row in stream(connection, wanted):
        yield OutboxPlace(*row)


def count_files(connection: Connection) -> int:
    """Return how many files were issued."""
    return int(connection.execute(select(func.count()).select_from(files)).scalar_one())


def left_by_recoveries(connection: Connection) -> Callable[[str], bool]:
    """Return whether a recovery left a file of this name in the outbox: it gave way, or was passed over.

    Reads all acts.
    """
    told = (read_content(act) for act in read_acts(connection, kind=RECOVERING))
    names, lost = {name for act in told if act is not None for name in gave_way(act)}, read_lost(connection)
    return lambda name: name in names or is_passed_over(name, lost)


def directories_of_slots(connection: Connection) -> set[str]:
    """Return the outbox's directories that slots made."""
    return set(connection.execute(select(outbox_directories.c.name)).scalars())
