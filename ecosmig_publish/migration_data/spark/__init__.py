"""Migration data that Spark reads: the same expressions, run by the owner's cluster or by Spark on this machine."""

from ecosmig_publish.migration_data.spark.opening import open_spark_source

__all__ = ["open_spark_source"]
