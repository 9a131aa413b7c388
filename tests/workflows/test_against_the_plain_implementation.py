"""The product against the plain implementation: the same files, byte for byte, and the same held rows."""

from __future__ import annotations

from datetime import UTC
from random import Random
from typing import TYPE_CHECKING

import pytest

from tests.installation import Installation
from tests.plain.nasty import START, stages
from tests.plain.reports import Reports

if TYPE_CHECKING:
    from pathlib import Path

Held = set[tuple[str, str, tuple[str, ...]]]


def compare(seed: int, home: Path, *, breaks_contract: bool, form: str, **policy: object) -> int:
    """Play one source through both; return how many files they agreed on."""
    random = Random(seed)
    plain = Reports(START, **policy)  # type: ignore[arg-type]
    installation = Installation(home, START.replace(tzinfo=UTC), "")
    if policy.get("issues_empty"):
        installation.extra["EMPTY_REPORTS"] = "issue"
    if "rows_per_file" in policy:
        installation.extra["ROWS_PER_FILE"] = str(policy["rows_per_file"])
    expected: dict[str, bytes] = {}
    for number, stage in enumerate(stages(random, breaks_contract=breaks_contract)):
        folder = home / f"stage-{number}"
        stage.data.write_csv(folder) if form == "csv" else stage.data.write_parquet(folder)
        installation.source_url = f"{form}:{folder}"
        for run in stage.runs:
            wanted = plain.run(run, stage.data)
            expected |= wanted.files
            outcome = installation.run(run.replace(tzinfo=UTC))
            assert outcome.source_error is None
            held: Held = {(hold.report[-3:], hold.key, hold.reasons) for hold in installation.open_holds()}
            last = {report: slot for report, slot, _, _ in wanted.held}
            assert held == {
                (report, key, reasons) for report, keys in plain.open.items() for key, reasons in keys.items()
            }, last
            with installation.wiring().ledger() as ledger:
                found = {
                    (problem.slot.report[-3:], problem.slot.due_at.replace(tzinfo=None), problem.reason, problem.key)
                    for slot in outcome.due
                    for problem in ledger.problems(slot)
                    if problem.slot.report[-3:] in ("003", "004", "005")
                }
            assert found == wanted.problems
            assert installation.issued() == expected
    return len(expected)


@pytest.mark.parametrize("seed", range(40))
def test_every_recipient_gets_what_the_plain_implementation_says(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="csv")


@pytest.mark.parametrize("seed", range(100, 115))
def test_parquet_gives_the_same(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="parquet")


@pytest.mark.parametrize("seed", range(200, 225))
def test_rows_that_break_the_contract_are_held_and_never_dropped(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=True, form="parquet")


@pytest.mark.parametrize("seed", range(300, 310))
def test_empty_reports_go_to_every_party_of_the_register(seed: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="csv", issues_empty=True)


@pytest.mark.parametrize(("seed", "rows_per_file"), [(400 + number, 1 + number % 3) for number in range(12)])
def test_issues_are_split_in_order(seed: int, rows_per_file: int, tmp_path: Path) -> None:
    compare(seed, tmp_path, breaks_contract=False, form="parquet", rows_per_file=rows_per_file)
