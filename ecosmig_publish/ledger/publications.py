"""What became of each issued file: it waits, was put into its folder, was proved there."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import LedgerError
from ecosmig_publish.ledger.chain import Deed
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.tables import conflicts, files, issues, publications, slots
from ecosmig_publish.ledger.views import RecordedFile, WaitingFile

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection, Row, Select

_AT_ONCE = 500
"""How many ids one statement names."""

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
    "generated_at": slots.c.generated_at,
    "published_at": publications.c.published_at,
    "item_id": publications.c.item_id,
    "adopted": publications.c.adopted,
    "proved_at": publications.c.proved_at,
    "conflict": conflicts.c.detail,
}


def waiting_files(connection: Connection) -> list[WaitingFile]:
    """Return every file not yet proved in its folder, by recipient, report and number."""
    wanted = _files(WaitingFile.__slots__).where(publications.c.proved_at.is_(None))
    return [WaitingFile(**_values(row)) for row in connection.execute(wanted)]


def read_files(connection: Connection, recipient: Signifier | None, report: Report | None) -> Iterator[RecordedFile]:
    """Yield every issued file, or those of a recipient or report, by recipient, report and number."""
    wanted = _files(RecordedFile.__slots__)
    if recipient is not None:
        wanted = wanted.where(files.c.recipient == recipient)
    if report is not None:
        wanted = wanted.where(files.c.report == report)
    for row in connection.execution_options(yield_per=1000).execute(wanted):
        yield RecordedFile(**_values(row))


def files_of_items(connection: Connection, item_ids: Collection[str]) -> dict[str, RecordedFile]:
    """Return the published files that the destination knows by these ids, by id."""
    found: dict[str, RecordedFile] = {}
    wanted = sorted(item_ids)
    for first in range(0, len(wanted), _AT_ONCE):
        few = wanted[first : first + _AT_ONCE]
        for row in connection.execute(_files(RecordedFile.__slots__).where(publications.c.item_id.in_(few))):
            file = RecordedFile(**_values(row))
            found[str(file.item_id)] = file
    return found


def record_published(
    connection: Connection, file_id: int, item_id: str, published_at: datetime, *, adopted: bool
) -> Deed | None:
    """Record that a file stands in its folder, and forget the conflict that it was in.

    The same again changes nothing. Raises `LedgerError` where an earlier file of the stream isn't published
    yet, or where this one is published as another item.
    """
    file = _file(connection, file_id)
    if file.published_at is not None:
        if file.item_id == item_id:
            return None
        raise LedgerError(f"{file.name} is recorded as published with item id {file.item_id}, not {item_id}")
    _refuse_overtaking(connection, file)
    connection.execute(
        update(publications)
        .where(publications.c.file_id == file_id, publications.c.published_at.is_(None))
        .values(item_id=item_id, adopted=adopted, published_at=published_at)
    )
    connection.execute(delete(conflicts).where(conflicts.c.file_id == file_id))
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
            connection.execute(
                update(publications).where(publications.c.file_id == file_id).values(proved_at=proved_at)
            )
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


@cache
def _files(names: tuple[str, ...]) -> Select[Any]:
    # Made once: making the joins anew for each file takes longer than asking.
    return (
        select(*(_COLUMNS[name].label(name) for name in names))
        .select_from(publications.join(files).join(issues).join(slots).outerjoin(conflicts))
        .order_by(files.c.recipient, files.c.report, files.c.sequence)
    )


def _values(row: Row[Any]) -> dict[str, Any]:
    values = row._asdict()
    return {**values, "report": Report(values["report"]), "recipient": Signifier(values["recipient"])}


def _file(connection: Connection, file_id: int) -> RecordedFile:
    row = connection.execute(_files(RecordedFile.__slots__).where(files.c.id == file_id)).first()
    if row is None:
        raise LedgerError(f"the ledger has no file {file_id}")
    return RecordedFile(**_values(row))


def _refuse_overtaking(connection: Connection, file: RecordedFile) -> None:
    if file.sequence == 1:
        return
    # The one just before is enough: it in turn was only published after its own.
    earlier = connection.execute(
        select(files.c.name)
        .join_from(publications, files)
        .where(
            files.c.report == file.report,
            files.c.recipient == file.recipient,
            files.c.sequence == file.sequence - 1,
            publications.c.published_at.is_(None),
        )
    ).scalar()
    if earlier is not None:
        raise LedgerError(f"{file.name} can't be published before {earlier}: a stream is published in order")
