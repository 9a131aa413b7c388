"""The migration data: the contract's seven tables as Ibis tables, from whatever form the owner has them in."""

from ecosmig_publish.migration_data.data import MigrationData, Tables
from ecosmig_publish.migration_data.opening import open_migration_data, shown_address

__all__ = ["MigrationData", "Tables", "open_migration_data", "shown_address"]
