"""The reports' SQL for engines that nobody has run here: it can be written, and read again by the engine's grammar."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import ibis
import pytest
import sqlglot as sg

from ecosmig_publish.emrr.terms import Period, Report
from ecosmig_publish.migration_data.contract import CONTRACT, Kind
from ecosmig_publish.migration_data.data import Tables
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.reports.registry import ROWS

ENGINES = ("trino", "snowflake")
PERIOD = Period(datetime(2024, 2, 1, tzinfo=UTC), datetime(2024, 3, 1, tzinfo=UTC))
KINDS = {Kind.TEXT: "string", Kind.INTEGER: "int64", Kind.TIMESTAMP: "timestamp(6)", Kind.BOOLEAN: "boolean"}
TABLES = Tables(
    **{
        name: ibis.table({column.name: KINDS[column.kind] for column in table.columns}, name=name)
        for name, table in CONTRACT.items()
    }
)


def question_of(report: Report) -> Question:
    """Return what a slot is asked that follows another, with held, excluded and reported rows."""
    kind = "int64" if report in (Report.ECOSMIG_001, Report.ECOSMIG_002) else "string"

    def keys(name: str) -> Any:
        return ibis.table({"key": kind}, name=name)

    return Question(
        tables=TABLES,
        period=PERIOD,
        bounds=Bounds(PERIOD.end, PERIOD.end),
        previous=Bounds(PERIOD.start, PERIOD.start),
        known_parties=ibis.table({"sec_party_id": "string"}, name="known_parties"),
        held_keys=keys("held_keys"),
        excluded_keys=keys("excluded_keys"),
        reported_keys=keys("reported_keys") if report is Report.ECOSMIG_006 else None,
    )


@pytest.mark.parametrize("report", list(Report))
@pytest.mark.parametrize("engine", ENGINES)
def test_each_report_has_sql_of_the_engines_own_grammar(engine: str, report: Report) -> None:
    compiler = import_module(f"ibis.backends.sql.compilers.{engine}").compiler
    written = compiler.to_sqlglot(ROWS[report](question_of(report))).sql(engine)
    read = sg.parse_one(written, read=engine)
    assert {table.name for table in read.find_all(sg.exp.Table)} & CONTRACT.keys()
    # These engines have no such joins: what is left of one is no SQL of theirs.
    assert not [join for join in read.find_all(sg.exp.Join) if join.kind in ("SEMI", "ANTI")]
