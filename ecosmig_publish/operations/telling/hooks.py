"""Who is told of a failure, a finding, a recovery: a command, a webhook, or both."""

from __future__ import annotations

import json
import os
import subprocess
from enum import StrEnum
from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.operations.telling.documents import summary_document
from ecosmig_publish.operations.telling.summary import subject_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.operations.telling.last_run import LastRun
    from ecosmig_publish.operations.telling.summary import RunSummary

TIME_LIMIT_S = 30


class Event(StrEnum):
    """What somebody is told of."""

    FAILURE = "failure"
    """The run did not do all that was due, or could not do it."""
    FINDING = "finding"
    """Everything was done, and something wants a person's look."""
    RECOVERY = "recovery"
    """The run is good, and the one before it was not."""


_NOBODYS_BUSINESS = frozenset({ExitStatus.LOCKED, ExitStatus.INTERRUPTED})


def event_of(summary: RunSummary, last: LastRun | None) -> Event | None:
    """Return what there is to tell of a run, given the one before it."""
    if summary.exit_status in _NOBODYS_BUSINESS:
        return None
    if summary.exit_status == ExitStatus.FINDING:
        return Event.FINDING
    if summary.exit_status != ExitStatus.OK:
        return Event.FAILURE
    return Event.RECOVERY if last is not None and last.failing_since is not None else None


def call_command(command: Sequence[str], event: Event, summary: RunSummary) -> str:
    """Run a command with the event and the summary; return what went wrong, `""` where nothing did.

    It gets the summary's JSON on stdin, and EVENT and SUBJECT in its environment; it has half a minute.
    """
    environment = {**os.environ, "EVENT": event.value, "SUBJECT": subject_line(summary)}
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own command, without a shell
            list(command),
            input=_document(event, summary),
            env=environment,
            timeout=TIME_LIMIT_S,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {TIME_LIMIT_S} s and was ended"
    except OSError as error:
        return f"{command[0]}: {error.strerror}"
    return "" if done.returncode == 0 else f"{command[0]} ended with {done.returncode}"


def call_webhook(address: str, event: Event, summary: RunSummary) -> str:
    """POST the event and the summary as JSON; return what went wrong, `""` where nothing did. Follows no redirect."""
    import requests  # noqa: PLC0415 - slow to import, and rarely needed

    try:
        answer = requests.post(
            address,
            data=_document(event, summary),
            headers={"Content-Type": "application/json"},
            timeout=TIME_LIMIT_S,
            allow_redirects=False,
        )
    except requests.RequestException as error:
        # The address may hold a secret, and so may the error's text.
        return f"the webhook failed: {type(error).__name__}"
    return "" if answer.ok and not answer.is_redirect else f"the webhook answered {answer.status_code}"


def _document(event: Event, summary: RunSummary) -> bytes:
    return json.dumps({"event": event.value, **summary_document(summary)}, ensure_ascii=False).encode()
