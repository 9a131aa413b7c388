"""To compare what was issued with the source as it stands: 001, 002, 003 and 006, file by file."""

from ecosmig_publish.workflows.comparing_source.comparing import COMPARED, Wanted, compare_with_source
from ecosmig_publish.workflows.comparing_source.found import ChangedFile, Compared, Kind, TurnedUp

__all__ = ["COMPARED", "ChangedFile", "Compared", "Kind", "TurnedUp", "Wanted", "compare_with_source"]
