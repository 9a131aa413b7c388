"""The highest number that was seen in a recipient's folder for each report, whoever put it there."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.seeds import seeded_numbers
from ecosmig_publish.ledger.tables import files, folder_heads, folders, publications

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

Stream = tuple[Report, Signifier]
_AT_ONCE = 100
_COLUMNS = (folder_heads.c.report, folder_heads.c.recipient, folder_heads.c.sequence, folder_heads.c.name)


@dataclass(frozen=True, slots=True)
class Head:
    """A number that stands in the recipient's folder, and the name of the file that carries it."""

    report: Report
    recipient: Signifier
    sequence: int
    name: str

    @property
    def stream(self) -> Stream:
        """Whose number it is."""
        return self.report, self.recipient


def read_heads(connection: Connection) -> dict[Stream, Head]:
    """Return the head of every stream of which anything was seen."""
    rows = connection.execute(select(*_COLUMNS))
    heads = (Head(Report(of), Signifier(to), number, name) for of, to, number, name in rows)
    return {head.stream: head for head in heads}


def record_heads(connection: Connection, seen: Iterable[Head], at: datetime) -> None:
    """Let the heads rise to what was seen; they say nothing of what was delivered, so it is no act."""
    known = read_heads(connection)
    _replace(connection, known, {**known, **_highest(connection, [*known.values(), *seen])}, at)


def replace_heads(
    connection: Connection, recipients: Collection[Signifier], seen: Iterable[Head], at: datetime
) -> None:
    """Let the heads of these recipients be what their folders hold now: `seen`, and nothing else."""
    known = read_heads(connection)
    others = {stream: head for stream, head in known.items() if head.recipient not in recipients}
    _replace(connection, known, {**others, **_highest(connection, seen)}, at)


def unknown_heads(connection: Connection, seen: Iterable[Head]) -> dict[Stream, Head]:
    """Return the highest of what was `seen` where this ledger can't account for it: beyond what it issued, or renamed.

    What an older system issued before the stream was taken over is accounted for.
    """
    highest = _highest(connection, seen)
    names = _issued_names(connection, highest.values())
    seeded = seeded_numbers(connection)
    return {
        stream: head
        for stream, head in highest.items()
        if names.get((*stream, head.sequence)) != head.name and head.sequence > seeded.get(stream, 0)
    }


def never_published(connection: Connection) -> set[Signifier]:
    """Return the onboarded recipients into whose folders this ledger has published nothing yet."""
    published = (
        select(publications.c.file_id)
        .join_from(publications, files)
        # By all reports: with the recipient alone SQLite goes through every file there is.
        .where(files.c.report.in_([report.value for report in Report]), files.c.recipient == folders.c.signifier)
        .where(publications.c.published_at.is_not(None))
    )
    return {
        Signifier(one) for one in connection.execute(select(folders.c.signifier).where(~published.exists())).scalars()
    }


def _highest(connection: Connection, seen: Iterable[Head]) -> dict[Stream, Head]:
    """Return the highest of each stream; of several files with one number, one that this ledger didn't issue."""
    highest: dict[Stream, list[Head]] = {}
    for head in seen:
        others = highest.setdefault(head.stream, [head])
        if head.sequence > others[0].sequence:
            highest[head.stream] = [head]
        elif head.sequence == others[0].sequence and head not in others:
            others.append(head)
    doubled = [head for heads in highest.values() if len(heads) > 1 for head in heads]
    names = _issued_names(connection, doubled)

    def is_issued(head: Head) -> bool:
        return names.get((*head.stream, head.sequence)) == head.name

    return {stream: min(heads, key=lambda head: (is_issued(head), head.name)) for stream, heads in highest.items()}


def _issued_names(connection: Connection, heads: Iterable[Head]) -> dict[tuple[Report, Signifier, int], str]:
    wanted = [
        (files.c.report == head.report) & (files.c.recipient == head.recipient) & (files.c.sequence == head.sequence)
        for head in heads
    ]
    found: dict[tuple[Report, Signifier, int], str] = {}
    for some in batches(wanted, _AT_ONCE):
        # Each by the index of numbers: of a list of triples SQLite goes through every file there is.
        any_of_them = or_(*some)
        rows = connection.execute(
            select(files.c.report, files.c.recipient, files.c.sequence, files.c.name).where(any_of_them)
        )
        found |= {(Report(of), Signifier(to), sequence): name for of, to, sequence, name in rows}
    return found


def _replace(connection: Connection, known: Mapping[Stream, Head], heads: Mapping[Stream, Head], at: datetime) -> None:
    for stream, head in known.items():
        if heads.get(stream) != head:
            is_it = (folder_heads.c.report == head.report) & (folder_heads.c.recipient == head.recipient)
            connection.execute(delete(folder_heads).where(is_it))
    new = [{**asdict(head), "seen_at": at} for stream, head in heads.items() if known.get(stream) != head]
    if new:
        connection.execute(insert(folder_heads), new)
