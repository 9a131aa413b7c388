"""For recipients' data teams: report files as tables with the right types, offline and without any configuration.

`read_table("ECOSMIG-001_PXX999_10_20211206060000.csv")` is a `pyarrow.Table`: `.to_pandas()` and `polars.from_arrow`
take it from there.
"""

from ecosmig_publish.recipients.database import Imported, import_files
from ecosmig_publish.recipients.exporting import export_files
from ecosmig_publish.recipients.frictionless import data_resource
from ecosmig_publish.recipients.tables import arrow_schema, read_table

__all__ = ["Imported", "arrow_schema", "data_resource", "export_files", "import_files", "read_table"]
