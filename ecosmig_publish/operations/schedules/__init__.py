"""The scheduled job, written down for systemd, cron, Kubernetes and Windows."""

from ecosmig_publish.operations.schedules.crontab import crontab
from ecosmig_publish.operations.schedules.job import Job
from ecosmig_publish.operations.schedules.kubernetes import cron_job
from ecosmig_publish.operations.schedules.systemd import systemd_units
from ecosmig_publish.operations.schedules.windows import windows_task

__all__ = ["Job", "cron_job", "crontab", "systemd_units", "windows_task"]
