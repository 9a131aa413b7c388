"""Lines for a crontab."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ecosmig_publish.operations.schedules.job import (
    JITTER_S,
    READ_HOUR,
    READ_MINUTE,
    RETRY_MINUTE,
    STOP_LIMIT_S,
    TIME_LIMIT_S,
    WATCH_MINUTE,
)

if TYPE_CHECKING:
    from ecosmig_publish.operations.schedules.job import Job


def crontab(job: Job) -> str:
    """Return the lines; hourly, so that they hold in every zone that is whole hours from UTC, in summer too."""
    # In a crontab an unescaped % ends the command.
    commands = (job.publishing(), job.reading(), job.watching())
    run, read, watch = (shlex.join(words).replace("%", "\\%") for words in commands)
    limited = f"timeout --signal=TERM --kill-after={STOP_LIMIT_S} {TIME_LIMIT_S} {run}"
    return f"""\
# ECoS Migration reports, for `crontab -e` of the user {job.user}. cron mails what a run writes to stderr.
SHELL=/bin/sh
# At each full hour, up to {JITTER_S} s later: whichever slots fall due then are issued and published.
0 * * * * sleep $(($$ \\% {JITTER_S})); {limited}
# What an earlier run had to leave is tried again.
{RETRY_MINUTE} * * * * {limited}
# Every byte that was published, a part each day, least recently read first: mails only what is wrong.
#{READ_MINUTE} {READ_HOUR} * * * told=$({read} 2>&1) || echo "$told"
# On another host, for a publisher that is dead: mails only what is late, by the recipients' folders alone.
#{WATCH_MINUTE} * * * * told=$({watch} 2>&1) || echo "$told"
"""
