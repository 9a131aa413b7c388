from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.settings.written import START, loaded, refusal

if TYPE_CHECKING:
    from pathlib import Path

MISTAKES = {
    ("ECOSMIG_SORCE__URL", "csv:a"): "ECOSMIG_SORCE__URL is no setting; did you mean ECOSMIG_SOURCE__URL?",
    ("ECOSMIG_ROWS_PER_FIEL", "5"): "ECOSMIG_ROWS_PER_FIEL is no setting; did you mean ECOSMIG_ROWS_PER_FILE?",
    ("ECOSMIG_SOURCE_URL", "csv:a"): "ECOSMIG_SOURCE_URL is no setting; did you mean ECOSMIG_SOURCE__URL?",
    ("ECOSMIG_", "x"): "ECOSMIG_ is no setting",
    ("ECOSMIG_SOURCE__", "x"): "ECOSMIG_SOURCE__ is no setting",
    ("ECOSMIG___URL", "x"): "ECOSMIG___URL is no setting",
    ("ECOSMIG_SOURCE__TABLES__", "x"): "ECOSMIG_SOURCE__TABLES__ is no setting",
    ("ECOSMIG_BASE", "/"): "ECOSMIG_BASE is no setting",
    ("ECOSMIG_SOURCE", "csv:a"): "ECOSMIG_SOURCE names a section; its keys are set one by one, such as "
    "ECOSMIG_SOURCE__URL",
    ("ECOSMIG_START", ""): "ECOSMIG_START is empty; unset it or give it a value",
    ("ECOSMIG_SOURCE__URL", " "): "ECOSMIG_SOURCE__URL is empty",
    ("ECOSMIG_SOURCE__TABLES__DEVICES", ""): "ECOSMIG_SOURCE__TABLES__DEVICES is empty",
    ("ECOSMIG_SOURCE__TABLES", "devices=a"): "ECOSMIG_SOURCE__TABLES: a JSON object is wanted",
    ("ECOSMIG_SOURCE__TABLES__DEVISES", "a"): "'devises' is no table of the contract",
    ("ECOSMIG_ROWS_PER_FILE", "many"): "environment: ECOSMIG_ROWS_PER_FILE: must be a whole number from 1 to 999999",
    ("ECOSMIG_START", "2026-01-01T00:00:00"): "environment: ECOSMIG_START: has no zone",
    ("ECOSMIG_SOURCE__SETTLE", "1 hour"): "environment: ECOSMIG_SOURCE__SETTLE: must be a whole number and its unit",
}


@pytest.mark.parametrize(("name", "value"), MISTAKES)
def test_a_wrong_variable_is_said_in_one_line_with_its_name(tmp_path: Path, name: str, value: str) -> None:
    _, line = refusal(tmp_path, START, {name: value}).splitlines()
    assert MISTAKES[name, value] in line


def test_a_section_and_its_key_together_are_one_fault_and_no_crash(tmp_path: Path) -> None:
    message = refusal(tmp_path, START, {"ECOSMIG_SOURCE": "a", "ECOSMIG_SOURCE__URL": "csv:a"})
    assert "1 fault" in message


def test_a_variable_may_be_empty_where_that_is_what_the_key_holds_by_default(tmp_path: Path) -> None:
    environ = {
        "ECOSMIG_DESTINATION__SHAREPOINT__SITE_URL": "https://c.test/sites/e",
        "ECOSMIG_DESTINATION__SHAREPOINT__CA_BUNDLE": "",
    }
    sharepoint = loaded(tmp_path, START, environ).destination.sharepoint
    assert sharepoint is not None
    assert sharepoint.ca_bundle == ""


def test_variables_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    environ = {"PATH": "/bin", "_ECOSMIG_COMPLETE": "source_bash", "ECOSMIG": "x", "MY_ECOSMIG_START": "x"}
    assert loaded(tmp_path, START, environ).rows_per_file == 999_999
