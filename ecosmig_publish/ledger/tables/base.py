"""What every table shares: one metadata, and names for every constraint."""

from __future__ import annotations

from sqlalchemy import MetaData

from ecosmig_publish.emrr.terms import Report

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

IS_REPORT = "report IN (" + ", ".join(f"'{report.value}'" for report in Report) + ")"
"""The SQL of: the column `report` names one of the six."""


def one_or_none(*columns: str) -> str:
    """Return the SQL of: all of these columns are null, or none is."""
    first, *others = columns
    return " AND ".join(f"({first} IS NULL) = ({other} IS NULL)" for other in others)
