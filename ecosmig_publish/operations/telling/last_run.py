"""What became of the last run, kept for the next one: recovery can only be told by who knows of the failure."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.operations.telling.documents import summary_document
from ecosmig_publish.own_directory import make_own_directory

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.operations.telling.summary import RunSummary

NAME = "last-run.json"
_NOT_FAILING = frozenset({ExitStatus.OK, ExitStatus.FINDING})
"""With a finding everything due was done."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """How the last run ended; `failing_since` is when the first of a row of runs failed, None after a good one."""

    exit_status: int
    ended_at: str
    subject: str
    failing_since: str | None
    troubles: tuple[dict[str, Any], ...]


def read_last_run(directory: Path) -> LastRun | None:
    """Return what the last run left, None where nothing readable is there."""
    try:
        document = json.loads((directory / NAME).read_text(encoding="utf-8"))
        return LastRun(
            int(document["exit_status"]),
            str(document["ended_at"]),
            str(document["subject"]),
            document["failing_since"],
            tuple(dict(trouble) for trouble in document["troubles"]),
        )
    except (OSError, ValueError, RecursionError, KeyError, TypeError):
        return None


def write_last_run(directory: Path, summary: RunSummary) -> None:
    """Keep a run's summary for the next one, whole or not at all; may raise `OSError`."""
    last = read_last_run(directory)
    document = summary_document(summary)
    since = last.failing_since if last is not None and last.failing_since is not None else document["ended_at"]
    document["failing_since"] = None if summary.exit_status in _NOT_FAILING else since
    make_own_directory(directory)
    half = directory / f".{NAME}.{os.getpid()}.part"
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(document, file, ensure_ascii=False, indent=1)
        half.replace(directory / NAME)
    except OSError:
        with suppress(OSError):
            half.unlink()
        raise
