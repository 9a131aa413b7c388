"""Several slots of a report in one run: what is read once for all of them says what each would have read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, timedelta
from itertools import compress, count
from random import Random
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.calendar import all_due_slots, period_of
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.migration_data import open_migration_data
from ecosmig_publish.reports.attempts import unreported
from ecosmig_publish.reports.contract_breaks import OUTCOMES
from ecosmig_publish.reports.question import Bounds, Question
from ecosmig_publish.reports.registry import ROWS
from ecosmig_publish.workflows.issuing.register import known_parties, party_register
from ecosmig_publish.workflows.issuing.several import Several
from ecosmig_publish.workflows.issuing.watermark import coverage
from tests.plain.nasty import START, stages

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Slot
    from ecosmig_publish.migration_data import MigrationData

RUN = START.replace(tzinfo=UTC) + timedelta(days=6, hours=3)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MigrationData]:
    """A source that breaks its contract too, with attempts at the edges of periods."""
    home: Path = tmp_path_factory.mktemp("nasty")
    list(stages(Random(30), breaks_contract=True))[-1].data.write_parquet(home)
    with open_migration_data(f"parquet:{home}", base=home) as opened:
        yield opened


def questions(report: Report, data: MigrationData, days: int = 6) -> Iterator[tuple[Slot, Question]]:
    """Yield each slot of the last days as one run would ask it, the first as though a slot had gone before it."""
    slots = list(all_due_slots({report: RUN - timedelta(days=days, hours=3)}, RUN))
    known = data.memory_table(known_parties(party_register(data)))
    previous = Bounds(period_of(slots[0]).start, RUN - timedelta(days=days - 2))
    for slot in slots:
        bounds = Bounds(period_of(slot).end, RUN)
        yield slot, Question(data.tables, period_of(slot), bounds, previous, known)
        previous = bounds


@pytest.mark.parametrize("report", OUTCOMES)
def test_later_slots_are_counted_by_the_hour_as_looking_at_all_attempts_would(
    report: Report, data: MigrationData
) -> None:
    asked = list(questions(report, data))
    with data.keeping() as keep:
        several = Several([slot for slot, _ in asked], data, keep)
        found = [several.coverage(report, question) for _, question in asked]
    assert found == [coverage(report, question, data) for _, question in asked]
    assert len({it.fresh for it in found}) > 1
    assert len({it.unplaceable for it in found}) > 1


@pytest.mark.parametrize("report", OUTCOMES)
@pytest.mark.parametrize("days", [4, 6])
def test_a_slot_has_the_same_rows_where_only_devices_with_late_attempts_are_looked_at(
    report: Report, days: int, data: MigrationData
) -> None:
    asked = list(questions(report, data, days))
    rows = 0
    with data.keeping() as keep:
        several = Several([slot for slot, _ in asked], data, keep)
        fresh = [several.coverage(report, question).fresh for _, question in asked]
        # Those with something new, and one with nothing: 002 has four slots a day.
        for _, question in [asked[number] for number in (*compress(count(), fresh), fresh.index(0))]:
            narrowed = several.narrowed(report, question)
            assert narrowed.tables is not data.tables
            found = data.fetch(ROWS[report](narrowed))
            assert found.equals(data.fetch(ROWS[report](question)))
            rows += found.num_rows
    assert rows


def test_where_rows_are_held_any_device_may_have_one_and_nothing_is_narrowed(data: MigrationData) -> None:
    asked = list(questions(Report.ECOSMIG_001, data))
    question = asked[0][1]
    held = replace(question, held_keys=unreported(question, "SUCCESS").select(key="attempt_id"))
    with data.keeping() as keep:
        several = Several([slot for slot, _ in asked], data, keep)
        assert several.narrowed(Report.ECOSMIG_001, held) is held
        few = Several([slot for slot, _ in asked[:2]], data, keep)
        assert few.narrowed(Report.ECOSMIG_001, question) is question
