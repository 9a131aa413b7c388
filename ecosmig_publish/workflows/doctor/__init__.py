"""The doctor: is everything fit for the next run, proved by doing."""

from ecosmig_publish.workflows.doctor.checks import Check, Level

__all__ = ["Check", "Level"]
