"""Responsibilities that were mended behind periods already issued are said, once, and stop nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.workflows.issuing.responsibilities import MENDED, RESPONSIBILITIES
from ecosmig_publish.workflows.running import Narrowing
from tests.installation import at
from tests.workflows.made import HOUR, MONDAY, A, B, attempt, device_id, installed, shown, source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.installation import Installation
    from tests.plain.data import Data

DAY = timedelta(days=1)
TUESDAY = at("2024-03-05T06:00:00")
ONLY_001 = Narrowing(reports=[Report.ECOSMIG_001])


@pytest.fixture
def data() -> Data:
    data = source()
    data.migration_attempts = [attempt(1, 1, MONDAY + HOUR)]
    return data


@pytest.fixture
def made(data: Data, tmp_path: Path) -> Installation:
    """An installation that has issued 001 until Tuesday: periods up to Tuesday's midnight."""
    made = installed(tmp_path, data)
    assert made.run(TUESDAY, ONLY_001).notes == []
    return made


def findings_of(made: Installation) -> list[dict[str, object]]:
    with made.wiring().ledger() as ledger:
        return [dict(finding.detail) for finding in ledger.findings() if finding.kind == MENDED]


def test_another_supplier_of_an_old_span_is_said_and_the_exit_status_stays_0(made: Installation, data: Data) -> None:
    data.responsibilities[0]["sec_party_id"] = B
    shown(made, data)
    outcome = made.run(TUESDAY + DAY, ONLY_001)
    (note,) = outcome.notes
    assert note.startswith(
        "responsibilities before 2024-03-05T00:00:00Z were mended after slots were issued by them: as many spans, but "
        "not the same (4 then, 4 now)"
    )
    assert "ecosmig verify --source" in note
    assert outcome.exit_status is ExitStatus.OK
    assert findings_of(made) == [{"until": "2024-03-05T00:00:00Z", "spans_then": 4, "spans_now": 4}]


def test_it_is_said_once(made: Installation, data: Data) -> None:
    data.responsibilities[0]["sec_party_id"] = B
    shown(made, data)
    made.run(TUESDAY + DAY, ONLY_001)
    assert made.run(TUESDAY + 2 * DAY, ONLY_001).notes == []
    assert len(findings_of(made)) == 1


def test_a_change_of_supplier_after_what_was_issued_is_nothing_to_say(made: Installation, data: Data) -> None:
    data.responsibilities[0]["effective_to"] = datetime(2024, 3, 5)
    data.responsibilities.append(
        {
            "device_id": device_id(1),
            "sec_party_id": B,
            "effective_from": datetime(2024, 3, 5),
            "effective_to": None,
        }
    )
    shown(made, data)
    assert made.run(TUESDAY + DAY, ONLY_001).notes == []


def test_a_change_of_supplier_entered_late_is_said(made: Installation, data: Data) -> None:
    data.responsibilities[0]["effective_to"] = datetime(2024, 3, 4, 23)
    data.responsibilities.append(
        {
            "device_id": device_id(1),
            "sec_party_id": B,
            "effective_from": datetime(2024, 3, 4, 23),
            "effective_to": None,
        }
    )
    shown(made, data)
    assert "+1 spans (4 then, 5 now)" in made.run(TUESDAY + DAY, ONLY_001).notes[0]


def test_a_run_narrowed_to_one_report_doesnt_shorten_what_is_watched(made: Installation, data: Data) -> None:
    made.run(TUESDAY + 12 * HOUR, Narrowing(reports=[Report.ECOSMIG_002]))
    with made.wiring().ledger() as ledger:
        reached = ledger.source_watermark(RESPONSIBILITIES)
    data.responsibilities[0]["effective_to"] = datetime(2024, 3, 5, 16)
    shown(made, data)
    made.run(TUESDAY + 12 * HOUR, Narrowing(reports=[Report.ECOSMIG_004]))
    with made.wiring().ledger() as ledger:
        assert reached is not None
        assert reached.until == at("2024-03-05T17:00:00")
        assert ledger.source_watermark(RESPONSIBILITIES) is not None
    assert findings_of(made) == [{"until": "2024-03-05T17:00:00Z", "spans_then": 4, "spans_now": 4}]


@pytest.mark.parametrize("party", [A, None])
def test_spans_without_a_device_or_a_party_are_counted_too(party: str | None, made: Installation, data: Data) -> None:
    data.responsibilities.append(
        {
            "device_id": None,
            "sec_party_id": party,
            "effective_from": datetime(2024, 3, 1),
            "effective_to": None,
        }
    )
    shown(made, data)
    assert "+1 spans" in made.run(TUESDAY + DAY, ONLY_001).notes[0]
