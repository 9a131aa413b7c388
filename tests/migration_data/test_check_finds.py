"""Each rule of the contract is found, with its count and its first examples, in every form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.migration_data.check import check_migration_data
from ecosmig_publish.migration_data.check.faults import Fault, Severity
from tests.migration_data.broken import ERRORS, WARNINGS, broken
from tests.migration_data.made import opened, sound

if TYPE_CHECKING:
    from tests.migration_data import broken as wanted

FORMS = ("csv", "parquet")


@pytest.fixture(scope="module", params=FORMS)
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[wanted.Fault, Fault]:
    with opened(broken(), tmp_path_factory.mktemp("broken") / "source", request.param) as data:
        return {(fault.table, fault.columns, fault.rule): fault for fault in check_migration_data(data)}


@pytest.mark.parametrize("fault", ERRORS, ids=lambda it: f"{it[0]}-{'+'.join(it[1])}-{it[2]}")
def test_an_error_is_found_with_its_count_and_first_examples(
    fault: wanted.Fault, found: dict[wanted.Fault, Fault]
) -> None:
    assert (found[fault].severity, found[fault].count, found[fault].examples) == (Severity.ERROR, *ERRORS[fault])


@pytest.mark.parametrize("fault", WARNINGS, ids=lambda it: f"{it[0]}-{'+'.join(it[1])}-{it[2]}")
def test_a_warning_is_found_with_its_count_and_first_examples(
    fault: wanted.Fault, found: dict[wanted.Fault, Fault]
) -> None:
    assert (found[fault].severity, found[fault].count, found[fault].examples) == (Severity.WARNING, *WARNINGS[fault])


def test_nothing_else_is_found(found: dict[wanted.Fault, Fault]) -> None:
    assert set(found) == {*ERRORS, *WARNINGS}


def test_every_fault_says_what_it_means_and_what_to_do_next(found: dict[wanted.Fault, Fault]) -> None:
    assert all(fault.message and fault.next_step for fault in found.values())


def test_no_fault_shows_a_meter_point(found: dict[wanted.Fault, Fault]) -> None:
    shown = " ".join(str(fault) for fault in found.values())
    assert not [row["mpxn"] for row in broken().devices if row["mpxn"] and row["mpxn"] in shown]


@pytest.mark.parametrize("form", FORMS)
def test_a_sound_source_has_no_fault(form: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    with opened(sound(), tmp_path_factory.mktemp("sound") / "source", form) as data:
        assert check_migration_data(data) == []
