"""What became of each issued file: it waits, was put into its folder, was proved there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, update

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import (
    brakes,
    conflicts,
    corrections,
    files,
    issues,
    publications,
    resends,
    slots,
    withdrawals,
)
from ecosmig_publish.ledger.views import RecordedFile, WaitingFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Column, Connection, FromClause, Row, Select

_AT_ONCE = 500
"""How many ids one statement names."""

_IN_ORDER = (files.c.recipient, files.c.report, files.c.sequence)
_later = corrections.alias("later")
_successor = files.alias("successor")

_COLUMNS = {
    "file_id": files.c.id,
    "report": files.c.report,
    "due_at": slots.c.due_at,
    "recipient": files.c.recipient,
    "sequence": files.c.sequence,
    "part": files.c.part,
    "name": files.c.name,
    "outbox_path": files.c.outbox_path,
    "rows": files.c.rows,
    "size": files.c.size,
    "sha256": files.c.sha256,
    "quick_xor_hash": files.c.quick_xor_hash,
    "generated_at": func.coalesce(corrections.c.generated_at, slots.c.generated_at, type_=slots.c.generated_at.type),
    "published_at": publications.c.published_at,
    "item_id": publications.c.item_id,
    "adopted": publications.c.adopted,
    "proved_at": publications.c.proved_at,
    "conflict": conflicts.c.detail,
    "issue_id": files.c.issue_id,
    "resent_at": resends.c.resent_at,
    "superseded_by": _successor.c.name,
    "withdrawn_at": withdrawals.c.withdrawn_at,
    "removed": withdrawals.c.removed,
    "brake": brakes.c.reason,
    "braked_at": brakes.c.held_at,
}

# Made once, as `_files` is: these are asked and told of every file.
_PUBLISHED = (
    update(publications)
    .where(publications.c.file_id == bindparam("of_file"), publications.c.published_at.is_(None))
    .values(item_id=bindparam("to_item"), adopted=bindparam("was_there"), published_at=bindparam("at"))
)
_PROVED = update(publications).where(publications.c.file_id == bindparam("of_file")).values(proved_at=bindparam("at"))
_BEFORE = (
    select(files.c.name, publications.c.published_at)
    .select_from(files)
    .join(publications, publications.c.file_id == files.c.id)
    .outerjoin(withdrawals, withdrawals.c.issue_id == files.c.issue_id)
    .where(
        files.c.report == bindparam("of_report"),
        files.c.recipient == bindparam("of_recipient"),
        files.c.sequence < bindparam("number"),
        withdrawals.c.issue_id.is_(None),
    )
    .order_by(files.c.sequence.desc())
    .limit(1)
)
"""The file before another one of its stream, without what was withdrawn."""
OF_ANY_REPORT = files.c.report.in_([report.value for report in Report])
"""Said beside a recipient: with the recipient alone SQLite goes through every file there is."""
STANDS = publications.c.proved_at.is_not(None) & (withdrawals.c.issue_id.is_(None) | withdrawals.c.removed.is_(False))
"""Of publications with their withdrawals: whether a file was proved in its folder, and is to be there still."""
_WAITING_AGAIN = select(files.c.name, files.c.report, files.c.recipient, files.c.sequence).join_from(resends, files)


def waiting_files(connection: Connection) -> list[WaitingFile]:
    """Return every file not yet proved in its folder, by recipient, report and number; not what was withdrawn."""
    wanted = _files(WaitingFile.__slots__).where(publications.c.proved_at.is_(None), withdrawals.c.issue_id.is_(None))
    return [WaitingFile(**_values(row)) for row in connection.execute(wanted)]


def read_files(
    connection: Connection,
    recipient: Signifier | None,
    report: Report | None,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
) -> Iterator[RecordedFile]:
    """Yield every issued file, or those of a recipient or report, by recipient, report and number.

    `since` leaves out those of slots that fell due before it, `until` those of slots due at it or later.
    """
    wanted = _files(RecordedFile.__slots__)
    if since is not None:
        wanted = wanted.where(slots.c.due_at >= since)
    if until is not None:
        wanted = wanted.where(slots.c.due_at < until)
    if recipient is not None:
        wanted = wanted.where(files.c.recipient == recipient)
    if report is not None:
        wanted = wanted.where(files.c.report == report)
    elif recipient is not None:
        wanted = wanted.where(OF_ANY_REPORT)
    for row in connection.execution_options(yield_per=1000).execute(wanted):
        yield RecordedFile(**_values(row))


def files_named(connection: Connection, names: Collection[str]) -> dict[str, RecordedFile]:
    """Return the issued files of these names, by name."""
    return {file.name: file for file in _files_where(connection, files.c.name, names)}


def files_of_items(connection: Connection, item_ids: Collection[str]) -> dict[str, RecordedFile]:
    """Return the published files that the destination knows by these ids, by id."""
    return {str(file.item_id): file for file in _files_where(connection, publications.c.item_id, item_ids)}


def files_of_issues(connection: Connection, issue_ids: Collection[int]) -> Iterator[RecordedFile]:
    """Return the files of issues, issue by issue in the order of their ids, each in the order of its parts."""
    return _files_where(connection, files.c.issue_id, issue_ids, in_order=(files.c.issue_id, files.c.part))


def standing_files(connection: Connection, first: int, last: int, limit: int) -> list[RecordedFile]:
    """Return the first `limit` files from one number to another that are proved in their folders, by number.

    What was withdrawn and was to be removed is none of them.
    """
    wanted = _files(RecordedFile.__slots__).where(files.c.id.between(first, last), STANDS)
    rows = connection.execute(wanted.order_by(None).order_by(files.c.id).limit(limit))
    return [RecordedFile(**_values(row)) for row in rows]


def record_published(
    connection: Connection, file_id: int, item_id: str, published_at: datetime, *, adopted: bool
) -> Deed | None:
    """Record that a file stands in its folder, and forget the conflict that it was in.

    The same again changes nothing. Raises `LedgerError` where an earlier file of the stream isn't published
    yet, where the brake holds this one, or where it is published as another item.
    """
    file = _file(connection, file_id)
    if file.published_at is not None:
        if file.item_id == item_id:
            return None
        raise LedgerError(f"{file.name} is recorded as published with item id {file.item_id}, not {item_id}")
    _refuse_overtaking(connection, file)
    if file.brake is not None:
        raise LedgerError(f"{file.name} can't be published before it is released: the big-change brake holds it")
    placed = {"of_file": file_id, "to_item": item_id, "was_there": adopted, "at": published_at}
    connection.execute(_PUBLISHED, placed)
    if file.conflict is not None:
        connection.execute(delete(conflicts).where(conflicts.c.file_id == file_id))
    if file.resent_at is not None:
        connection.execute(delete(resends).where(resends.c.file_id == file_id))
    content = {"item_id": item_id, "adopted": adopted, "published_at": instant_text(published_at)}
    return Deed("adopt-file" if adopted else "publish-file", file.name, content)


def record_proved(connection: Connection, proved: Iterable[tuple[int, int, str]], proved_at: datetime) -> Deed | None:
    """Record what an independent listing showed: (file id, size, quickXorHash) each; a first proof stays.

    Raises `LedgerError` where that is not what was issued, or of a file that was not published.
    """
    names = []
    for file_id, size, quick_xor_hash in proved:
        file = _file(connection, file_id)
        if (size, quick_xor_hash) != (file.size, file.quick_xor_hash):
            raise LedgerError(f"{file.name} is not proved by other bytes than it was issued with")
        if file.published_at is None:
            raise LedgerError(f"{file.name} can't be proved before it is recorded as published")
        if file.proved_at is None:
            connection.execute(_PROVED, {"of_file": file_id, "at": proved_at})
            names.append(file.name)
    if not names:
        return None
    subject = names[0] if len(names) == 1 else f"{len(names)} files"
    return Deed("prove-files", subject, {"files": names, "proved_at": instant_text(proved_at)})


def record_conflict(connection: Connection, file_id: int, detail: str, found_at: datetime) -> Deed | None:
    """Record what stands in a file's place, until the file is published; the same again changes nothing."""
    file = _file(connection, file_id)
    if file.conflict == detail:
        return None
    connection.execute(delete(conflicts).where(conflicts.c.file_id == file_id))
    connection.execute(insert(conflicts), {"file_id": file_id, "detail": detail, "found_at": found_at})
    return Deed("find-conflict", file.name, {"detail": detail})


def _files_where(
    connection: Connection,
    column: Column[Any],
    values: Collection[Any],
    *,
    in_order: tuple[Column[Any], ...] = _IN_ORDER,
) -> Iterator[RecordedFile]:
    """Yield the files whose column has one of these values, asked for few at a time."""
    for some in batches(sorted(values), _AT_ONCE):
        few = _files(RecordedFile.__slots__).where(column.in_(some))
        for row in connection.execute(few.order_by(None).order_by(*in_order)):
            yield RecordedFile(**_values(row))


@cache
def _files(names: tuple[str, ...]) -> Select[Any]:
    # Made once: making the joins anew for each file takes longer than asking.
    return select(*(_COLUMNS[name].label(name) for name in names)).select_from(_joined(names)).order_by(*_IN_ORDER)


@cache
def _one_file() -> Select[Any]:
    return _files(RecordedFile.__slots__).where(files.c.id == bindparam("of_file"))


def _joined(names: tuple[str, ...]) -> FromClause:
    """Return the tables that columns come from; withdrawals are always among them."""
    joined = (
        publications.join(files, files.c.id == publications.c.file_id)
        .join(issues, issues.c.id == files.c.issue_id)
        .join(slots, slots.c.id == issues.c.slot_id)
        .outerjoin(conflicts, conflicts.c.file_id == files.c.id)
        .outerjoin(withdrawals, withdrawals.c.issue_id == issues.c.id)
    )
    if "generated_at" in names:
        joined = joined.outerjoin(corrections, corrections.c.issue_id == issues.c.id)
    if "resent_at" in names:
        joined = joined.outerjoin(resends, resends.c.file_id == files.c.id)
    if "brake" in names:
        held = (brakes.c.issue_id == issues.c.id) & brakes.c.released_at.is_(None)
        joined = joined.outerjoin(brakes, held)
    if "superseded_by" in names:
        joined = joined.outerjoin(_later, _later.c.supersedes_id == issues.c.id).outerjoin(
            _successor, (_successor.c.issue_id == _later.c.issue_id) & (_successor.c.part == 1)
        )
    return joined


def _values(row: Row[Any]) -> dict[str, Any]:
    values = row._asdict()
    return {**values, "report": Report(values["report"]), "recipient": Signifier(values["recipient"])}


def _file(connection: Connection, file_id: int) -> RecordedFile:
    row = connection.execute(_one_file(), {"of_file": file_id}).first()
    if row is None:
        raise LedgerError(f"the ledger has no file {file_id}")
    return RecordedFile(**_values(row))


def _refuse_overtaking(connection: Connection, file: RecordedFile) -> None:
    if file.sequence == 1:
        return
    # The one just before is enough: it in turn was only published after its own.
    stream = {"of_report": file.report, "of_recipient": file.recipient, "number": file.sequence}
    before = connection.execute(_BEFORE, stream).first()
    name = before.name if before is not None and before.published_at is None else _sent_again(connection, file)
    if name is not None:
        raise LedgerError(f"{file.name} can't be published before {name}: a stream is published in order")


def _sent_again(connection: Connection, file: RecordedFile) -> str | None:
    """Return the name of an earlier file of the stream that waits to be published again, behind others as it is."""
    # They are few, and chosen here: asked for by its stream, the database would go through all of it.
    return next(
        (
            row.name
            for row in connection.execute(_WAITING_AGAIN)
            if (row.report, row.recipient) == (file.report, file.recipient) and row.sequence < file.sequence
        ),
        None,
    )
