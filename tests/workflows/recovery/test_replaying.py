"""Whatever was lost when: after a recovery every row is where it would be, and no number was used twice.

One seed; `python -m tests.workflows.recovery.replaying` plays as many as you like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.workflows.recovery.replaying import play

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seed", [637])
def test_a_recovered_ledger_goes_on_as_though_nothing_had_been_lost(seed: int, tmp_path: Path) -> None:
    play(seed, tmp_path)
