"""What `audit list` shows."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import nlargest
from itertools import count
from typing import TYPE_CHECKING

from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.views.audit_receipts import receipt_fields
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.destinations.receipts import Seen
from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report, Signifier
    from ecosmig_publish.ledger import Act, Ledger, RecordedFile, RecordedReceipt


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which files are wanted: of which suppliers, reports, and slots due at `since` or later and before `until`."""

    suppliers: Sequence[Signifier] = ()
    reports: Sequence[Report] = ()
    since: datetime | None = None
    until: datetime | None = None


def show_uploads(invocation: Invocation, chosen: Chosen, limit: int) -> int:
    """Show every chosen file with what became of it; the table keeps to the latest `limit`."""
    ledger = wired(invocation).existing_ledger()
    total = 0
    files: list[RecordedFile] = []
    folders: Mapping[Signifier, str] = {}
    receipts: dict[int, RecordedReceipt] = {}
    if ledger is None:
        refuse_strangers(chosen.suppliers, None)
    else:
        with ledger:
            refuse_strangers(chosen.suppliers, ledger)
            folders = {signifier: entry.name for signifier, entry in ledger.folders().items()}
            total, files = _latest(_files(ledger, chosen), None if invocation.json else limit)
            for supplier in chosen.suppliers or (None,):
                receipts |= ledger.receipts(supplier)
    document = {"files": [_file(file, folders, receipts.get(file.file_id)) for file in files]}
    invocation.result(document, lambda: _render_files(files, receipts, total))
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


def _latest(files: Iterator[RecordedFile], limit: int | None) -> tuple[int, list[RecordedFile]]:
    """Return how many files there are, and the latest `limit` of them, or all, in the order of their issue."""
    # Only what is shown is kept: a ledger of years has files by the hundred thousand.
    numbers = count(1)
    counted = (file for file, _ in zip(files, numbers, strict=False))
    latest = sorted(counted, key=_issued) if limit is None else nlargest(limit, counted, key=_issued)[::-1]
    return next(numbers) - 1, latest


def _issued(file: RecordedFile) -> tuple[datetime, str]:
    return file.generated_at, file.name


def _files(ledger: Ledger, chosen: Chosen) -> Iterator[RecordedFile]:
    for supplier in chosen.suppliers or (None,):
        for report in chosen.reports or (None,):
            yield from ledger.files(supplier, report, since=chosen.since, until=chosen.until)


def _file(file: RecordedFile, folders: Mapping[Signifier, str], receipt: RecordedReceipt | None) -> dict[str, object]:
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
        "resent_at": file.resent_at,
        "superseded_by": file.superseded_by,
        "withdrawn_at": file.withdrawn_at,
        "removed": file.removed,
        "brake": file.brake,
        **receipt_fields(receipt),
    }


def _render_files(files: Sequence[RecordedFile], receipts: Mapping[int, RecordedReceipt], total: int) -> None:
    from ecosmig_publish.cli.screen import is_narrow, show_line, show_table, shown_instant  # noqa: PLC0415 - rich

    if is_narrow():
        columns: tuple[str, ...] = ("file", "rows", "what became of it")
        rows: list[tuple[object, ...]] = [
            (file.name, file.rows, _state(file, receipts.get(file.file_id))) for file in files
        ]
    else:
        columns = ("file", "rows", "bytes", "SHA-256", "issued", "what became of it")
        rows = [
            (
                file.name,
                file.rows,
                file.size,
                file.sha256[:12],
                shown_instant(file.generated_at),
                _state(file, receipts.get(file.file_id)),
            )
            for file in files
        ]
    numbers, whole = ("rows", "bytes"), ("file", "SHA-256", "issued")
    show_table("", columns, rows, numbers=numbers, whole=whole, empty="Nothing has been issued yet.")
    if len(files) < total:
        show_line(
            f"The latest {len(files):,} of {total:,} files; all of them, with all hashes: ecosmig audit list --json"
        )


def _state(file: RecordedFile, receipt: RecordedReceipt | None) -> str:
    parts = []
    if file.withdrawn_at is not None:
        left = "left" if file.published_at else "never published"
        parts.append(f"withdrawn, file {'removed' if file.removed else left}")
    else:
        parts.append(_published(file))
    if file.superseded_by is not None:
        parts.append(f"superseded by {file.superseded_by}")
    if receipt is not None:
        parts.append(_seen(receipt))
    return "; ".join(parts)


def _seen(receipt: RecordedReceipt) -> str:
    from ecosmig_publish.cli.screen import shown_instant  # noqa: PLC0415 - rich is slow to import

    if receipt.seen == Seen.YES:
        return f"seen by the recipient {shown_instant(receipt.seen_at)}".removesuffix(" -")
    return "opened, not said by whom" if receipt.seen == Seen.OPENED else "not seen yet"


def _published(file: RecordedFile) -> str:
    from ecosmig_publish.cli.screen import shown_instant  # noqa: PLC0415 - rich is slow to import

    if file.proved_at is not None:
        return f"proved {shown_instant(file.proved_at)}"
    if file.published_at is not None:
        return f"published {shown_instant(file.published_at)}, not proved yet"
    if file.brake:
        return "held by the brake"
    if file.conflict:
        return f"stopped: {file.conflict}"
    return "sent again, waits" if file.resent_at else "waits"


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
