"""What turns up, vanishes or changes behind a cut-off already used is said, once, and not absorbed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from tests.installation import at
from tests.workflows.made import HOUR, MONDAY, attempt, failed, installation, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

TUESDAY, WEDNESDAY = at("2024-03-05T06:00:00"), at("2024-03-06T06:00:00")
MONTH, NEXT_MONTH = at("2024-04-01T06:00:00"), at("2024-05-01T06:00:00")


def test_a_late_attempt_with_an_early_record_is_said_and_never_reported(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    data.migration_attempts.append(attempt(2, 3, MONDAY + 2 * HOUR))
    shown(made, data)
    outcome = made.run(WEDNESDAY)
    assert [finding for finding in outcome.findings if "ECOSMIG-001: +1 source rows" in finding]
    assert outcome.exit_status is ExitStatus.FINDING
    assert not [name for name in made.issued() if "_2_" in name and "ECOSMIG-001" in name]


def test_it_is_said_once(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [failed(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_002)
    made.run(TUESDAY)
    data.migration_attempts.append(failed(2, 3, MONDAY + 2 * HOUR))
    shown(made, data)
    made.run(TUESDAY + 6 * HOUR)
    outcome = made.run(TUESDAY + 12 * HOUR)
    assert (outcome.findings, outcome.exit_status) == ([], ExitStatus.OK)


def test_a_reported_attempt_that_vanished_is_said(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    del data.migration_attempts[0]
    shown(made, data)
    assert "ECOSMIG-001: -1 source rows" in made.run(WEDNESDAY).findings[0]


def test_an_attempt_that_was_moved_in_time_is_said(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    data.migration_attempts[0]["completed_at"] += timedelta(seconds=90)
    shown(made, data)
    assert "ECOSMIG-001: +0 source rows" in made.run(WEDNESDAY).findings[0]


def test_mending_what_the_owner_may_mend_is_no_finding(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [failed(1, 1, MONDAY + HOUR), attempt(2, 2, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    data.migration_attempts[0]["error_code"] = "E21"
    data.devices[0]["mpxn"] = "1200034567750"
    data.responsibilities[1]["sec_party_id"] = "PXX001"
    shown(made, data)
    assert made.run(WEDNESDAY).exit_status is ExitStatus.OK


@pytest.mark.parametrize("table", ["device_status_events", "network_notifications"])
def test_an_installation_behind_the_cut_off_is_said(table: str, tmp_path: Path) -> None:
    data = source()
    data.device_status_events = [installation(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data, Report.ECOSMIG_006)
    made.run(MONTH)
    late = installation(2, 3, MONDAY + 2 * HOUR)
    if table == "network_notifications":
        late["notification_id"] = late["event_id"]
    getattr(data, table).append(late)
    shown(made, data)
    assert [finding for finding in made.run(NEXT_MONTH).findings if finding.startswith("ECOSMIG-006: +1 source rows")]


def test_what_vanished_is_told_from_what_turned_up(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(number, number, MONDAY + HOUR) for number in (1, 2)]
    made = installed(tmp_path, data, Report.ECOSMIG_001)
    made.run(TUESDAY)
    del data.migration_attempts[:]
    data.migration_attempts.append(attempt(3, 3, MONDAY + HOUR))
    shown(made, data)
    (finding,) = made.run(WEDNESDAY).findings
    assert finding.endswith("(2 then, 1 now): 1 or more vanished after they were reported or held")


def test_an_outcome_that_was_altered_is_said_by_both_reports(tmp_path: Path) -> None:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    made = installed(tmp_path, data)
    made.run(TUESDAY)
    data.migration_attempts[0] |= {"outcome": "FAILURE", "error_code": "E20", "error_sub_code": 7}
    shown(made, data)
    findings = made.run(WEDNESDAY).findings
    assert [finding[:15] for finding in findings if "vanished" in finding] == ["ECOSMIG-001: -1"]
    assert [finding[:15] for finding in findings if "turned up" in finding] == ["ECOSMIG-002: +1"]
