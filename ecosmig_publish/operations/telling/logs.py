"""A structured log: a JSON object a line, each with the run's id; never an MPxN or a Device ID."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from ecosmig_publish.operations.telling.documents import summary_document, told_instant
from ecosmig_publish.workflows.running import Watcher

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.ledger import WaitingFile
    from ecosmig_publish.operations.telling.summary import RunSummary


class RunLog(Watcher):
    """Appends to a file, line by line; several runs may. Every method may raise `OSError`."""

    def __init__(self, path: Path, run_id: str, now: Callable[[], datetime]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._run_id = run_id
        self._now = now
        self._write("run-begins")

    def slots_are_due(self, slots: Sequence[Slot]) -> None:
        """Log how many slots are due."""
        self._write("slots-are-due", slots=len(slots))

    def slot_begins(self, slot: Slot) -> None:
        """Log which slot is issued next."""
        self._write("slot-begins", report=slot.report.value, slot=told_instant(slot.due_at))

    def files_go_ahead(self, files: int, forecast: str) -> None:
        """Log how many files are published beside the issuing."""
        self._write("files-go-ahead", files=files, forecast=forecast)

    def files_wait(self, files: int, forecast: str) -> None:
        """Log how many files are published next."""
        self._write("files-wait", files=files, forecast=forecast)

    def file_placed(self, file: WaitingFile) -> None:
        """Log that a file stands in its folder."""
        self._write("file-placed", name=file.name, size=file.size, sha256=file.sha256)

    def run_ended(self, summary: RunSummary) -> None:
        """Log each trouble and finding, and the summary; nothing is logged after that."""
        for trouble in summary.troubles:
            self._write(
                "trouble",
                recipient=trouble.recipient,
                report=trouble.report,
                reason=trouble.reason,
                hint=trouble.hint,
            )
        for finding in summary.findings:
            self._write("finding", text=finding)
        document = summary_document(summary)
        wanted = ("exit_status", "subject", "reports", "head", "acts", "anchored_in")
        self._write("run-ends", **{name: document[name] for name in wanted})
        os.close(self._descriptor)

    def _write(self, event: str, **facts: object) -> None:
        line = {"at": told_instant(self._now()), "run": self._run_id, "event": event, **facts}
        # One write for one line: lines of two runs never mix.
        os.write(self._descriptor, json.dumps(line, ensure_ascii=False).encode() + b"\n")
