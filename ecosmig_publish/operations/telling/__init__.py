"""What a run tells others: a line for a mail's subject, a log, metrics, traces, hooks. None of it changes the run."""

from ecosmig_publish.operations.telling.last_run import LastRun, read_last_run
from ecosmig_publish.operations.telling.summary import RunSummary, subject_line
from ecosmig_publish.operations.telling.telling import Telling

__all__ = ["LastRun", "RunSummary", "Telling", "read_last_run", "subject_line"]
