"""What `audit receipts` asks and shows."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.progress import counting
from ecosmig_publish.cli.strangers import refuse_strangers
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.destinations.receipts import Seen
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.receipts import Asked, ask_receipts, files_to_ask_about

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import RecordedReceipt

_SHOWN = 40


def ask_and_show(invocation: Invocation, suppliers: Sequence[Signifier], days: int) -> int:
    """Ask who read the files of the last days, record it, and show it."""
    wiring = wired(invocation)
    existing = wiring.existing_ledger()
    if existing is None:
        refuse_strangers(suppliers, None)
        return _give(invocation, [])
    with existing:
        refuse_strangers(suppliers, existing)
    asked: list[Asked] = []
    # Without the lock: a run may go on meanwhile, and nothing of it depends on this.
    with wiring.ledger() as ledger:
        files = files_to_ask_about(ledger, suppliers, wiring.now() - timedelta(days=days))
        with counting(invocation, "asking", len(files)) as one_more:
            for it in ask_receipts(files, ledger=ledger, destination=wiring.publishing(ledger), now=wiring.now):
                asked.append(it)
                one_more()
    return _give(invocation, asked)


def receipt_fields(receipt: RecordedReceipt | None) -> dict[str, object]:
    """Return what is known of a file's readers, as other commands show it beside the file."""
    return {
        "seen_by_recipient": Seen.UNKNOWN if receipt is None else receipt.seen,
        "seen_at": receipt.seen_at if receipt else None,
        "opened": receipt.opened if receipt else None,
        "opened_by": receipt.people if receipt else None,
        "receipt_asked_at": receipt.asked_at if receipt else None,
    }


def receipt_counts(counts: Mapping[str, int], total: int, asked_at: datetime | None) -> dict[str, object]:
    """Return how many proved files are known as what; whatever isn't known is unknown."""
    known = {seen.value: counts.get(seen, 0) for seen in Seen}
    known[Seen.UNKNOWN] = total - sum(counts.values())
    return {**known, "asked_at": asked_at}


def counts_in_words(counts: Mapping[str, object]) -> str:
    """Return counts as a person reads them."""
    words = {"yes": "seen", "opened": "opened, not said by whom", "not yet": "not yet", "unknown": "unknown"}
    return ", ".join(f"{counts[seen]:,} {said}" for seen, said in words.items())


def _give(invocation: Invocation, asked: Sequence[Asked]) -> int:
    counts = Counter(it.receipt.seen for it in asked)
    document = {
        "files": len(asked),
        "asked": sum(it.was_asked for it in asked),
        "counts": {seen: counts[seen] for seen in Seen},
        "receipts": [
            {
                "name": it.file.name,
                "recipient": it.file.recipient,
                "seen_by_recipient": it.receipt.seen,
                "seen_at": it.receipt.seen_at,
                "opened": it.receipt.opened,
                "opened_by": it.receipt.people,
                "why": it.receipt.why,
            }
            for it in asked
        ],
    }
    invocation.result(document, lambda: _render(asked, counts))
    return ExitStatus.OK


def _render(asked: Sequence[Asked], counts: Counter[Seen]) -> None:
    from ecosmig_publish.cli.screen import show_line, show_table  # noqa: PLC0415 - rich is slow to import

    if not asked:
        show_line("There is nothing to ask about: no file of these days waits for its recipient's reading.")
        return
    of_each: dict[str, Counter[Seen]] = {}
    for it in asked:
        of_each.setdefault(it.file.recipient, Counter())[it.receipt.seen] += 1
    columns = ("recipient", "files", "seen", "opened", "not yet", "unknown")
    rows = [
        (recipient, sum(of.values()), *(of[seen] for seen in (Seen.YES, Seen.OPENED, Seen.NOT_YET, Seen.UNKNOWN)))
        for recipient, of in list(of_each.items())[:_SHOWN]
    ]
    show_table("Seen by recipients", columns, rows, numbers=columns[1:], whole=("recipient",))
    if len(of_each) > _SHOWN:
        show_line(f"The first {_SHOWN} of {len(of_each):,} recipients; all of them, file by file: --json")
    for why, count in Counter(it.receipt.why for it in asked if it.receipt.why).most_common(5):
        show_line(f"{count:,} files: {why}")
    if any(it.receipt.refused for it in asked):
        show_line("What it takes for SharePoint to tell, and what it never tells: docs/sharepoint.md, Receipts.")
    said = counts_in_words({seen: counts[seen] for seen in Seen})
    show_line(f"{len(asked):,} files: {said}. What SharePoint counts is hours behind.")
