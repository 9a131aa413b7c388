"""A task for the Windows Task Scheduler; the program itself runs in WSL there."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ecosmig_publish.operations.schedules.job import JITTER_S, RETRY_MINUTE, TIME_LIMIT_S

if TYPE_CHECKING:
    from ecosmig_publish.operations.schedules.job import Job


def windows_task(job: Job) -> str:
    """Return the task's XML: hourly twice, one instance at a time, missed starts made up for."""
    arguments = escape("-e " + shlex.join(job.publishing()))
    return f"""\
<?xml version="1.0"?>
<!-- ECoS Migration reports: schtasks /Create /TN ecosmig /XML ecosmig-task.xml -->
<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>ECoS Migration reports: issue what is due, publish it, prove it</Description>
  </RegistrationInfo>
  <Triggers>
{_hourly("00")}
{_hourly(f"{RETRY_MINUTE:02}")}
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>true</RunOnlyIfNetworkAvailable>
    <ExecutionTimeLimit>PT{TIME_LIMIT_S // 3600}H</ExecutionTimeLimit>
  </Settings>
  <Actions>
    <Exec>
      <Command>wsl.exe</Command>
      <Arguments>{arguments}</Arguments>
    </Exec>
  </Actions>
</Task>
"""


def _hourly(minute: str) -> str:
    return f"""\
    <TimeTrigger>
      <Repetition>
        <Interval>PT1H</Interval>
      </Repetition>
      <StartBoundary>2026-01-01T00:{minute}:00Z</StartBoundary>
      <RandomDelay>PT{JITTER_S}S</RandomDelay>
    </TimeTrigger>"""
