"""Streams that a recovery left stopped, and numbers that were used though nobody has their files any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import InvalidFileError
from ecosmig_publish.ledger.tables import lost_numbers, stopped_streams, streams

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

Stream = tuple[Report, Signifier]


def read_stopped(connection: Connection) -> dict[Stream, str]:
    """Return why each stream that the latest recovery refused is stopped."""
    rows = connection.execute(select(stopped_streams.c.report, stopped_streams.c.recipient, stopped_streams.c.reason))
    return {(Report(report), Signifier(recipient)): reason for report, recipient, reason in rows}


def put_stopped(connection: Connection, refused: Mapping[Stream, Sequence[str]], at: datetime) -> None:
    """Let these streams be stopped, and no others."""
    connection.execute(delete(stopped_streams))
    rows = [
        {"report": report.value, "recipient": recipient, "reason": reason_of(reasons), "stopped_at": at}
        for (report, recipient), reasons in sorted(refused.items())
    ]
    if rows:
        connection.execute(insert(stopped_streams), rows)


def reason_of(reasons: Sequence[str]) -> str:
    """Return the text that is kept of why a stream was refused."""
    return "; ".join(reasons)


def read_lost(connection: Connection) -> dict[Stream, set[int]]:
    """Return the numbers of each stream that were used and whose files nobody has."""
    lost: dict[Stream, set[int]] = {}
    rows = connection.execute(select(lost_numbers.c.report, lost_numbers.c.recipient, lost_numbers.c.sequence))
    for report, recipient, number in rows:
        lost.setdefault((Report(report), Signifier(recipient)), set()).add(number)
    return lost


def is_passed_over(name: str, lost: Mapping[Stream, Collection[int]]) -> bool:
    """Whether a file has the name of a report of one of these numbers."""
    try:
        named = parse_file_name(name)
    except InvalidFileError:
        return False
    return named.sequence in lost.get((named.report, named.recipient), ())


def put_lost(connection: Connection, lost: Mapping[Stream, Sequence[int]], at: datetime) -> None:
    """Note numbers as used, so that none of them is ever used again."""
    rows = [
        {"report": report.value, "recipient": recipient, "sequence": number, "noted_at": at}
        for (report, recipient), numbers in sorted(lost.items())
        for number in numbers
    ]
    if rows:
        connection.execute(insert(lost_numbers), rows)


def pass_over_lost(connection: Connection) -> None:
    """Let each stream end no sooner than with the last of its lost numbers."""
    wanted = select(lost_numbers.c.report, lost_numbers.c.recipient, func.max(lost_numbers.c.sequence))
    for report, recipient, number in connection.execute(
        wanted.group_by(lost_numbers.c.report, lost_numbers.c.recipient)
    ).all():
        is_it = (streams.c.report == report) & (streams.c.recipient == recipient)
        last = connection.execute(select(streams.c.last_sequence).where(is_it)).scalar()
        if last is None:
            row = {"report": report, "recipient": recipient, "last_sequence": number}
            connection.execute(insert(streams), row)
        elif last < number:
            connection.execute(update(streams).where(is_it).values(last_sequence=number))
