"""Files that lie in object stores, and tables of lakes: the embedded engine reads them where they lie."""

from ecosmig_publish.migration_data.lake.opening import open_lake

__all__ = ["open_lake"]
