"""Generated migration data: realistic, of any size, with every situation that the reports distinguish in it."""

from ecosmig_publish.migration_data.sample.writing import SampleSummary, write_sample

__all__ = ["SampleSummary", "write_sample"]
