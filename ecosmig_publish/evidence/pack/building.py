"""To build a pack: what the ledger knows as of one moment, the chain that vouches for it, a script that checks both."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import BrokenRecordError, UsageError
from ecosmig_publish.evidence.pack import beside, due, issued
from ecosmig_publish.evidence.pack.acts import write_acts
from ecosmig_publish.evidence.pack.document import document
from ecosmig_publish.evidence.pack.ground import Ground
from ecosmig_publish.evidence.pack.others import Others
from ecosmig_publish.fingerprint import FingerprintBuilder
from ecosmig_publish.ledger.acts import read_acts
from ecosmig_publish.ledger.columns import instant_text
from ecosmig_publish.ledger.exporting import count_acts, holds_in, known_recipients, problems_in
from ecosmig_publish.ledger.folders import read_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from sqlalchemy import Connection

    from ecosmig_publish.evidence.pack.asking import Issued
    from ecosmig_publish.evidence.pack.scope import Scope
    from ecosmig_publish.ledger import FolderEntry
    from ecosmig_publish.outbox import Outbox

SCHEMA = "ecosmig-evidence/1"
EVIDENCE, ACTS, CHECK, FILES = "evidence.json", "acts.json", "check.py", "files"
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Built:
    """What a pack holds: acts and how many of them in full, the chain's end, rows by section and sort.

    `published` are the files that should stand in each recipient's folder, for whoever asks it.
    """

    acts: int
    shown: int
    head: str
    totals: Mapping[str, int]
    folders: Mapping[str, FolderEntry]
    published: Mapping[str, list[Issued]]


def build(
    directory: Path, connection: Connection, scope: Scope, outbox: Outbox, *, on_act: Callable[[], None] = lambda: None
) -> Built:
    """Write evidence.json with its tables, acts.json, check.py and, where they are wanted, the files into a directory.

    Raises `BrokenRecordError` where the ledger contradicts itself, `OutboxError` where a file is gone, `UsageError`
    where nothing was ever done.
    """
    everybody, entries = known_recipients(connection), read_folders(connection)
    folders = {str(signifier): entry for signifier, entry in entries.items()}
    if not count_acts(connection):
        raise UsageError("the ledger is empty: nothing was issued", hint="ecosmig publish --all")
    others = Others(scope, everybody, folders)
    told = write_acts(directory / ACTS, read_acts(connection), scope, others, on_act=on_act)
    recipients = sorted(it for it in everybody if scope.has(it))
    of_pack = {it: folders[it] for it in recipients if it in folders}
    ground = Ground(connection, scope, others, told, recipients, of_pack)
    files = issued.FileRows(ground, _copier(directory / FILES, outbox) if scope.files else _left_out)
    with document(directory / EVIDENCE, _about(ground)) as made:
        for name, columns, rows in _sections(ground, files):
            with made.section(name, columns) as section:
                for row in rows:
                    section.add(row)
        made.counts.update(rows=files.rows, bytes=files.bytes)
        totals = made.finish()
    check = resources("ecosmig_publish.evidence.pack") / CHECK
    (directory / CHECK).write_bytes(check.read_bytes())
    return Built(told.acts, told.shown, told.head, totals, of_pack, files.published)


def _about(ground: Ground) -> dict[str, Any]:
    scope = ground.scope
    return {
        "schema": SCHEMA,
        "suppliers": None if scope.suppliers is None else sorted(scope.suppliers),
        "from": instant_text(scope.span.since),
        "to": instant_text(scope.span.until),
        "start": instant_text(scope.start),
        "deadline_seconds": int(scope.deadline.total_seconds()),
        "acts": ground.told.acts,
        "head": ground.told.head,
        "files_included": scope.files,
    }


def _sections(
    ground: Ground, files: issued.FileRows
) -> Iterator[tuple[str, tuple[str, ...], Iterable[Mapping[str, Any]]]]:
    """Yield each section's name, columns and rows; later ones tell what was learnt from the files."""
    connection, scope, told, others = ground.connection, ground.scope, ground.told, ground.others
    yield "folders", beside.FOLDERS, beside.folder_rows(ground.folders, told.noted)
    yield "slots", due.COLUMNS, due.due_rows(connection, scope, ground.recipients, told.trails)
    yield "files", issued.FILES, files
    yield "streams", issued.STREAMS, files.streams
    yield "changes", beside.CHANGED, beside.change_rows(told.noted, scope, files.changed, others)
    yield "held", beside.HELD, beside.held_rows(holds_in(connection, scope.span), scope)
    yield "problems", beside.PROBLEMS, beside.problem_rows(problems_in(connection, scope.span), scope)
    yield "access", beside.ACCESS, beside.access_rows(told.noted, scope)


def _left_out(_file: Mapping[str, Any]) -> None:
    """Leave a file's bytes out of the pack."""


def _copier(directory: Path, outbox: Outbox) -> Callable[[Mapping[str, Any]], None]:
    """Return what copies a file's bytes from the outbox, if they are those that were issued."""
    directory.mkdir()

    def copy(file: Mapping[str, Any]) -> None:
        builder = FingerprintBuilder()
        with outbox.file(file["outbox_path"]).open("rb") as from_outbox, (directory / file["name"]).open("xb") as out:
            while chunk := from_outbox.read(_CHUNK):
                builder.update(chunk)
                out.write(chunk)
        if builder.finish().sha256 != file["sha256"]:
            raise BrokenRecordError(
                f"{file['outbox_path']}: its bytes in the outbox are not those that were issued",
                hint="Put it back from a backup of the outbox: ecosmig ledger check --outbox; nothing was written.",
            )

    return copy
