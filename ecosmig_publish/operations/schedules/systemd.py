"""A systemd service and its timer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.operations.schedules.job import JITTER_S, RETRY_MINUTE, STOP_LIMIT_S, TIME_LIMIT_S

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecosmig_publish.operations.schedules.job import Job


def systemd_units(job: Job) -> dict[str, str]:
    """Return the units by file name, for `/etc/systemd/system`.

    A run that finds another at work (11) is no failure; every other status is, and shows in `systemctl --failed`.
    """
    return {"ecosmig.service": _service(job), "ecosmig.timer": _TIMER}


_TIMER = f"""\
[Unit]
Description=ECoS Migration reports: at each slot, and hourly what was left

[Timer]
# 001, 002, 004, 005 and 006 fall due at these hours; 003 on the 2nd.
OnCalendar=*-*-* 00,06,12,18:00:00 UTC
OnCalendar=*-*-02 08:00:00 UTC
# What waits for a folder, a service or a person is tried again; with nothing to do that costs half a second.
OnCalendar=*-*-* *:{RETRY_MINUTE}:00 UTC
RandomizedDelaySec={JITTER_S}
AccuracySec=1
# After a time switched off, at once: missed slots are issued one by one, oldest first.
Persistent=true

[Install]
WantedBy=timers.target
"""


def _service(job: Job) -> str:
    writable = "".join(f"ReadWritePaths=-{_path(path)}\n" for path in job.writes_to)
    return f"""\
[Unit]
Description=ECoS Migration reports: issue what is due, publish it, prove it
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
User={job.user}
ExecStart={_command(job.publishing())}
# Another run is at work: nothing is wrong.
SuccessExitStatus=11
TimeoutStartSec={TIME_LIMIT_S}
KillSignal=SIGTERM
TimeoutStopSec={STOP_LIMIT_S}
NoNewPrivileges=true
PrivateTmp=true
ProtectSystem=strict
ProtectHome=read-only
{writable}ProtectKernelTunables=true
ProtectControlGroups=true
RestrictSUIDSGID=true
"""


def _command(words: Iterable[str]) -> str:
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    """Return a word as ExecStart= takes it: quoted, and what systemd would expand doubled."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return escaped if escaped and all(mark.isalnum() or mark in "/._-:=@+,$%" for mark in escaped) else f'"{escaped}"'


def _path(path: object) -> str:
    text = str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{text}"' if any(mark.isspace() for mark in text) else text
