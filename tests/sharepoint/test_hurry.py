"""The worst wave under the smallest tenant's limit, by a clock that the test drives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sharepoint.calming import calm
from tests.sharepoint.wave import DUE, REPORTS, WORST, waiting_wave

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

pytestmark = pytest.mark.enable_socket

SMALLEST = 1250
"""Resource units a minute."""


def hurry(home: Path, sandbox: Sandbox, driven: DrivenTime, *, recipients: int, limit: int, units: int) -> None:
    """Publish a wave; assert that hardly anything was refused, and that it took little more than it must."""
    made = waiting_wave(home, sandbox, driven, recipients=recipients, units=units)
    calm(sandbox, driven)
    sandbox.resource_units_per_minute = limit
    began = driven.clock()
    outcome = made.run(DUE)
    took = driven.clock() - began
    files = recipients * len(REPORTS)
    asked = sandbox.requests()
    assert (outcome.exit_status, len(outcome.proved)) == (0, files)
    assert [it for it in asked if it.too_early] == []
    assert sum(it.status == 429 for it in asked) < len(asked) / 100
    # Staged and moved, 2 units each; an access check, 5. Staging's own check and a dozen requests of 1 or 2 on top.
    least_units = 4 * files + 5 * recipients
    assert sum(it.resource_units for it in asked) <= least_units + 40
    assert took <= 1.3 * 60 * least_units / limit


def test_750_files_for_150_recipients_within_a_budget_of_1250_units_a_minute(
    sandbox: Sandbox, driven: DrivenTime, tmp_path: Path
) -> None:
    assert WORST * len(REPORTS) == 750
    hurry(tmp_path, sandbox, driven, recipients=WORST, limit=SMALLEST, units=SMALLEST)


def test_without_a_budget_the_pace_is_what_the_service_says(
    sandbox: Sandbox, driven: DrivenTime, tmp_path: Path
) -> None:
    # A fifth of the wave in a fifth of the limit: as many minutes.
    hurry(tmp_path, sandbox, driven, recipients=WORST // 5, limit=SMALLEST // 5, units=0)
