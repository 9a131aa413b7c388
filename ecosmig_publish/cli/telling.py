"""From an invocation to what is told of its run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ecosmig_publish.operations.telling.hooks import Event
from ecosmig_publish.operations.telling.telling import Channels, Telling

if TYPE_CHECKING:
    from ecosmig_publish.wiring import Wiring


def telling_of(wiring: Wiring) -> Telling:
    """Return what tells of one run as the configuration says; what can't be told is said on stderr."""
    operations = wiring.settings.operations
    commands = (
        (Event.FAILURE, operations.on_failure),
        (Event.FINDING, operations.on_finding),
        (Event.RECOVERY, operations.on_recovery),
    )
    channels = Channels(operations.log, operations.metrics, operations.traces, commands, operations.webhook)
    return Telling(channels, wiring.settings.outbox.path.parent, wiring.now, _complain)


def _complain(text: str) -> None:
    sys.stderr.write(f"ecosmig: not told: {text}\n")
