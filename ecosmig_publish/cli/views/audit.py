"""What `audit list` shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import Act, Ledger, RecordedFile


def show_uploads(invocation: Invocation, suppliers: Sequence[Signifier], reports: Sequence[Report], limit: int) -> int:
    """Show every file with what became of it; the table keeps to the latest `limit`."""
    ledger = wired(invocation).existing_ledger()
    files: list[Mapping[str, object]] = []
    folders: Mapping[Signifier, str] = {}
    if ledger is None:
        refuse_strangers(suppliers, None)
    else:
        with ledger:
            refuse_strangers(suppliers, ledger)
            folders = {signifier: entry.name for signifier, entry in ledger.folders().items()}
            files = [_file(file, folders) for file in _files(ledger, suppliers, reports)]
    files.sort(key=lambda file: (str(file["issued_at"]), str(file["name"])))
    invocation.result({"files": files}, lambda: _render_files(files, limit))
    return ExitStatus.OK


def show_acts(invocation: Invocation, limit: int) -> int:
    """Show the chained record of acts."""
    ledger = wired(invocation).existing_ledger()
    acts: list[Act] = []
    if ledger is not None:
        with ledger:
            acts = list(ledger.acts(limit=None if invocation.json else limit))
    document = {
        "acts": [
            {
                "id": act.id,
                "at": act.at,
                "identity": act.identity,
                "host": act.host,
                "version": act.version,
                "kind": act.kind,
                "subject": act.subject,
                "hash": act.hash,
                "previous_hash": act.previous_hash,
            }
            for act in acts
        ]
    }
    invocation.result(document, lambda: _render_acts(acts))
    return ExitStatus.OK


def _files(ledger: Ledger, suppliers: Sequence[Signifier], reports: Sequence[Report]) -> Iterator[RecordedFile]:
    for supplier in suppliers or (None,):
        for report in reports or (None,):
            yield from ledger.files(recipient=supplier, report=report)


def _file(file: RecordedFile, folders: Mapping[Signifier, str]) -> dict[str, object]:
    return {
        "report": file.report,
        "slot": file.due_at,
        "recipient": file.recipient,
        "folder": folders.get(file.recipient),
        "sequence": file.sequence,
        "part": file.part,
        "name": file.name,
        "rows": file.rows,
        "size": file.size,
        "sha256": file.sha256,
        "quick_xor_hash": file.quick_xor_hash,
        "issued_at": file.generated_at,
        "published_at": file.published_at,
        "adopted": file.adopted,
        "proved_at": file.proved_at,
        "item_id": file.item_id,
        "conflict": file.conflict,
    }


def _render_files(files: Sequence[Mapping[str, Any]], limit: int) -> None:
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table, shown_instant  # noqa: PLC0415 - rich

    latest = files[-limit:]
    if is_narrow():
        columns: tuple[str, ...] = ("file", "rows", "what became of it")
        rows: list[tuple[object, ...]] = [(file["name"], file["rows"], _state(file)) for file in latest]
    else:
        columns = ("file", "rows", "bytes", "SHA-256", "issued", "what became of it")
        rows = [
            (
                file["name"],
                file["rows"],
                file["size"],
                str(file["sha256"])[:12],
                shown_instant(file["issued_at"]),
                _state(file),
            )
            for file in latest
        ]
    numbers, whole = ("rows", "bytes"), ("file", "SHA-256", "issued")
    show_table("", columns, rows, numbers=numbers, whole=whole, empty="Nothing has been issued yet.")
    if len(files) > limit:
        show_line(
            f"The latest {limit:,} of {len(files):,} files; all of them, with all hashes: ecosmig audit list --json"
        )


def _state(file: Mapping[str, Any]) -> str:
    from ecosmig_publish.cli.screen import shown_instant  # noqa: PLC0415 - rich is slow to import

    if file["proved_at"] is not None:
        return f"proved {shown_instant(file['proved_at'])}"
    if file["published_at"] is not None:
        return f"published {shown_instant(file['published_at'])}, not proved yet"
    return f"stopped: {file['conflict']}" if file["conflict"] else "waits"


def _render_acts(acts: Sequence[Act]) -> None:
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table, shown_instant  # noqa: PLC0415 - rich

    if is_narrow():
        columns: tuple[str, ...] = ("act", "at", "kind", "subject")
        rows: list[tuple[object, ...]] = [(act.id, shown_instant(act.at), act.kind, act.subject) for act in acts]
    else:
        columns = ("act", "at", "who", "host", "kind", "subject", "hash")
        rows = [
            (act.id, shown_instant(act.at), act.identity, act.host, act.kind, act.subject, act.hash[:12])
            for act in acts
        ]
    show_table("", columns, rows, numbers=("act",), whole=("at", "hash"), empty="Nothing has been recorded yet.")
    if acts and acts[0].id > 1:
        show_line(f"The latest {len(acts):,} acts; all of them: ecosmig audit list --acts --json")
