"""A slot that the brake holds back is told like everything else that stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.operations.telling.summary import subject_line, summary_of
from tests.workflows.braked import ONLY_001, of_both, slot, with_history

if TYPE_CHECKING:
    from pathlib import Path


def test_its_reason_and_its_command_are_in_the_summary_and_the_subject(tmp_path: Path) -> None:
    made = with_history(tmp_path, of_both(range(1, 5)))
    outcome = made.run(slot(5), ONLY_001)
    summary = summary_of(outcome, [], run_id="run", began_at=slot(5), ended_at=slot(5))
    (trouble,) = summary.troubles
    assert trouble.hint == "ecosmig issue release --report ECOSMIG-001 --slot 2024-03-08T06:00:00Z"
    assert subject_line(summary).startswith("ecosmig: exit 10, slot 2024-03-08T06:00:00Z is held back: 2 of 2 recip")
