"""What must hold of every stream and its files, whatever the acts say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.emrr.filename import FileName, format_file_name
from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger.checking.fault import FILE, PUBLICATION, STREAM, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import plain, stream
from ecosmig_publish.ledger.tables import (
    corrections,
    files,
    issues,
    lost_numbers,
    outbox_directories,
    publications,
    resends,
    seeds,
    slots,
    streams,
    withdrawals,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection, Row

_Key = tuple[str, str]
_GENERATED_BY_SLOT, _GENERATED_BY_CORRECTION = "generated_at", "corrected_at"


@dataclass(slots=True)
class _Place:
    """How far a stream's files were looked at; `waits` is the first that is to be published before the others."""

    last: int
    lost: set[int]
    issue_id: int | None = None
    part: int = 0
    waits: str | None = None


def check_streams(connection: Connection) -> Iterator[LedgerFault]:
    """Yield every gap, every number, name, part or place in the outbox that is wrong, and who overtook whom."""
    last = {(row.report, row.recipient): row.last_sequence for row in connection.execute(select(streams))}
    seeded = {(row.report, row.recipient): row.last_sequence for row in connection.execute(select(seeds))}
    directories = set(connection.execute(select(outbox_directories.c.name)).scalars())
    lost: dict[_Key, set[int]] = {}
    for row in connection.execute(select(lost_numbers)):
        lost.setdefault((row.report, row.recipient), set()).add(row.sequence)
    for key, rows in groupby(stream(connection, _wanted()), key=lambda row: (row.report, row.recipient)):
        place = _Place(seeded.get(key, 0), lost.get(key, set()))
        yield from _check_stream(key, rows, place, last.pop(key, None), directories)
    for key, number in last.items():
        if number != max(seeded.get(key, 0), *lost.get(key, ()), 0):
            yield _of_stream(key, f"its last number is {number}, and no file of it is known")
    for key in seeded.keys() - {(row.report, row.recipient) for row in connection.execute(select(streams))}:
        yield _of_stream(key, "it was seeded, and is not in the table streams")


def _wanted() -> Any:
    return (
        select(
            files,
            plain(slots.c.generated_at).label(_GENERATED_BY_SLOT),
            plain(corrections.c.generated_at).label(_GENERATED_BY_CORRECTION),
            publications.c.file_id,
            plain(publications.c.published_at),
            plain(publications.c.proved_at),
            (withdrawals.c.issue_id.is_not(None) | resends.c.file_id.is_not(None)).label("may_be_overtaken"),
        )
        .outerjoin_from(files, issues, files.c.issue_id == issues.c.id)
        .outerjoin(slots, issues.c.slot_id == slots.c.id)
        .outerjoin(corrections, corrections.c.issue_id == files.c.issue_id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == files.c.issue_id)
        .outerjoin(publications, publications.c.file_id == files.c.id)
        .outerjoin(resends, resends.c.file_id == files.c.id)
        .order_by(files.c.report, files.c.recipient, files.c.sequence)
    )


def _check_stream(
    key: _Key, rows: Iterable[Row[Any]], place: _Place, last: int | None, directories: set[str]
) -> Iterator[LedgerFault]:
    for row in rows:
        where = row_of("files", row.id, row.name)
        if not isinstance(row.sequence, int):
            yield LedgerFault(FILE, where, f"its number {row.sequence!r} is none")
            continue
        if row.sequence <= place.last:
            yield LedgerFault(STREAM, where, f"its number {row.sequence} is not after {place.last}")
        elif missing := sorted(set(range(place.last + 1, row.sequence)) - place.lost):
            yield _of_stream(key, f"{_numbers(missing[0], missing[-1])} missing before {row.name}")
        if row.sequence in place.lost:
            yield LedgerFault(STREAM, where, f"its number {row.sequence} is one whose file was lost")
        yield from _check_parts(row, place, where)
        yield from _check_name(row, where, directories)
        yield from _check_publication(row, place, where)
        place.last = max(place.last, row.sequence)
    if last is None:
        yield _of_stream(key, "it has files, and is not in the table streams")
    elif last != max(place.last, *place.lost, 0):
        yield _of_stream(key, f"its last number is {last}, its last file has {place.last}")


def _check_parts(row: Row[Any], place: _Place, where: str) -> Iterator[LedgerFault]:
    expected = place.part + 1 if row.issue_id == place.issue_id else 1
    if row.part != expected:
        yield LedgerFault(FILE, where, f"it is part {row.part} of its issue, where part {expected} belongs")
    place.issue_id, place.part = row.issue_id, row.part if isinstance(row.part, int) else expected


def _check_name(row: Row[Any], where: str, directories: set[str]) -> Iterator[LedgerFault]:
    generated_at = getattr(row, _GENERATED_BY_CORRECTION) or getattr(row, _GENERATED_BY_SLOT)
    expected = _name_of(row, generated_at)
    if row.name != expected:
        yield LedgerFault(FILE, where, f"its name should be {expected or 'that of an issue, and it has none'}")
    directory, _, rest = str(row.outbox_path).partition("/")
    if directory not in directories:
        yield LedgerFault(FILE, where, "its place in the outbox is in no directory that a slot made")
    elif rest.rpartition("/")[2] != row.name:
        yield LedgerFault(FILE, where, f"its place in the outbox is that of another file: {row.outbox_path}")


def _name_of(row: Row[Any], generated_at: str | None) -> str | None:
    try:
        created_at = datetime.fromisoformat(str(generated_at)).astimezone(UTC)
        return format_file_name(FileName(Report(row.report), Signifier(row.recipient), row.sequence, created_at))
    except ValueError:
        return None


def _check_publication(row: Row[Any], place: _Place, where: str) -> Iterator[LedgerFault]:
    if row.file_id is None:
        yield LedgerFault(PUBLICATION, where, "it is not in the table publications, so nobody would publish it")
    elif row.proved_at is not None and row.published_at is None:
        yield LedgerFault(PUBLICATION, where, "it is proved in its folder, and was never published")
    elif row.published_at is not None and place.waits is not None:
        yield LedgerFault(PUBLICATION, where, f"it is published, and {place.waits}, before it in its stream, is not")
    if row.published_at is None and not row.may_be_overtaken and place.waits is None:
        place.waits = row.name


def _of_stream(key: _Key, what: str) -> LedgerFault:
    report, recipient = key
    return LedgerFault(STREAM, f"streams {report} {recipient}", what)


def _numbers(first: int, last: int) -> str:
    return f"number {first} is" if first == last else f"numbers {first} to {last} are"
