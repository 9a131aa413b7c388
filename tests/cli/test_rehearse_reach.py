"""What a rehearsal says of a source that doesn't reach over the month."""

from __future__ import annotations

import pytest

from ecosmig_publish.cli.views.rehearse_reach import outside
from ecosmig_publish.migration_data.recorded import Recorded
from tests.installation import at

MONTH, UNTIL = at("2026-03-01T00:00:00"), at("2026-04-01T00:00:00")


def said(earliest: str, latest: str) -> str:
    return outside(Recorded(at(f"{earliest}:00"), at(f"{latest}:00")), MONTH, UNTIL)


def test_a_source_that_reaches_over_the_month_needs_no_word() -> None:
    assert said("2026-03-01T00:00", "2026-03-30T00:00") == ""
    assert said("2020-01-01T00:00", "2026-11-25T00:00") == ""


@pytest.mark.parametrize(
    ("earliest", "latest", "says"),
    [
        ("2026-03-01T00:01", "2026-11-25T00:00", "no row was recorded before 2026-03-01 00:01Z"),
        ("2020-01-01T00:00", "2026-03-20T12:00", "after 2026-03-20 12:00Z: the last 11 days have nothing new"),
        ("2026-04-01T00:00", "2026-11-25T00:00", "all rows were recorded after the month, from 2026-04-01 00:00Z on"),
        ("2020-01-01T00:00", "2026-02-28T23:59", "all rows were recorded before the month, until 2026-02-28 23:59Z"),
    ],
)
def test_what_the_source_says_nothing_of_is_said(earliest: str, latest: str, says: str) -> None:
    assert says in said(earliest, latest)


def test_both_ends_are_said_where_the_source_lies_inside_the_month() -> None:
    says = said("2026-03-03T06:00", "2026-03-20T12:00")
    assert says.startswith("no row was recorded before 2026-03-03 06:00Z; no row was recorded after 2026-03-20 12:00Z")


def test_tables_without_recorded_at_are_read_as_they_stand() -> None:
    assert "as they stand today" in outside(None, MONTH, UNTIL)
