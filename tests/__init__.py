"""The project's tests; folders are named as the parts that they test."""
