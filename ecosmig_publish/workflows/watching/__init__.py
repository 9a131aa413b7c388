"""To watch a publisher from elsewhere: by what stands in the recipients' folders, and nothing else."""

from ecosmig_publish.workflows.watching.watching import ReportSeen, Watched, watch_folders

__all__ = ["ReportSeen", "Watched", "watch_folders"]
