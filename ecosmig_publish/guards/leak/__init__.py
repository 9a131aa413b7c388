"""The leak guard: every finished file is read again before it leaves the outbox, by code that wrote none of it.

A file in a rival's folder is a personal-data breach, so nothing here takes the writer's word: the bytes on disk are
parsed, their header and trailer compared with what the slot asks for, and every Device is looked up in the source. It
imports neither the reports nor the outbox nor the code that writes records; import-linter holds that.
"""

from ecosmig_publish.guards.leak.checking import check_files
from ecosmig_publish.guards.leak.findings import BadFile, Fault, GuardedFile, refusal

__all__ = ["BadFile", "Fault", "GuardedFile", "check_files", "refusal"]
