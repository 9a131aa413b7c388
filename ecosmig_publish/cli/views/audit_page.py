"""What `audit page` writes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecosmig_publish.cli.wired import wired
from ecosmig_publish.cli.words import parse_span
from ecosmig_publish.errors import ExitStatus, UsageError
from ecosmig_publish.evidence.page import concerns_of, picture_of
from ecosmig_publish.evidence.page.rendering import render_page
from ecosmig_publish.workflows.planning import due_slots_of

if TYPE_CHECKING:
    from datetime import timedelta
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.wiring import Wiring


def write_page(invocation: Invocation, out: Path, deadline: str, *, force: bool) -> int:
    """Write the page to `out`, whole or not at all; over another file only with `force`."""
    span = parse_span("--deadline", deadline)
    wiring = wired(invocation)
    if out.exists() and not force:
        raise UsageError(f"{out} is there already", hint="--force writes over it; --out names another file.")
    text = _page(wiring, span)
    half = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        half.write_text(text, encoding="utf-8")
        half.replace(out)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise UsageError(f"{out} can't be written: {error.strerror}", hint="Name another file: --out") from error
    size = out.stat().st_size
    invocation.result({"written": out, "size": size}, lambda: print(f"Wrote {out}, {size:,} bytes."))  # noqa: T201
    return ExitStatus.OK


def _page(wiring: Wiring, deadline: timedelta) -> str:
    now = wiring.now()
    ledger = wiring.existing_ledger()
    if ledger is None:
        raise UsageError("there is no ledger yet: nothing was issued", hint="ecosmig publish --all")
    with ledger:
        last = {report: entry.slot.due_at for report, entry in ledger.last_slots().items()}
        picture = picture_of(
            slots=ledger.slots(),
            files=ledger.files(),
            folders=ledger.folders(),
            due=due_slots_of(start=wiring.settings.start, at=now, last_slots=last),
            made_at=now,
            deadline=deadline,
            receipts=ledger.receipts(),
        )
        concerns = concerns_of(picture, ledger.open_holds(), ledger.findings())
        head = ledger.head()
    return render_page(picture, concerns, head=head)
