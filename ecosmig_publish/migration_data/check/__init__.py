"""What in the source breaks its contract, precisely: counts, first examples, what to do."""

from ecosmig_publish.migration_data.check.checking import check_migration_data
from ecosmig_publish.migration_data.check.faults import Fault, Severity

__all__ = ["Fault", "Severity", "check_migration_data"]
