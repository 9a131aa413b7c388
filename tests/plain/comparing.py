"""Play one nasty source through the product and through the plain implementation; they must agree in everything."""

from __future__ import annotations

from datetime import UTC, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from tests.installation import Installation
from tests.plain.nasty import START, stages
from tests.plain.reports import Reports

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.plain.data import Data

    Place = Callable[[Data, Path], str]

Held = set[tuple[str, str, tuple[str, ...]]]


def as_files(form: str) -> Place:
    """Return what lays a stage's data down as `csv` or `parquet` in its folder."""

    def place(data: Data, folder: Path) -> str:
        data.write_csv(folder) if form == "csv" else data.write_parquet(folder)
        return f"{form}:{folder}"

    return place


def compare(
    seed: int, home: Path, *, breaks_contract: bool, form: str | Place, rows_in_part: int = 0, **policy: object
) -> int:
    """Play one source through both; return how many files they agreed on.

    `form` is that of files, or what puts a stage's data into an engine and returns the address to read them at.
    """
    random = Random(seed)
    settle_hours = policy.pop("settle_hours", 0)
    plain = Reports(START, settle=timedelta(hours=settle_hours), **policy)  # type: ignore[arg-type]
    installation = Installation(home, START.replace(tzinfo=UTC), "", rows_in_part=rows_in_part)
    if policy.get("issues_empty"):
        installation.extra["EMPTY_REPORTS"] = "issue"
    if settle_hours:
        installation.extra["SOURCE__SETTLE"] = f"{settle_hours}h"
    if "rows_per_file" in policy:
        installation.extra["ROWS_PER_FILE"] = str(policy["rows_per_file"])
    place = as_files(form) if isinstance(form, str) else form
    expected: dict[str, bytes] = {}
    for number, stage in enumerate(stages(random, breaks_contract=breaks_contract)):
        folder = home / f"stage-{number}"
        installation.source_url = place(stage.data, folder)
        for run in stage.runs:
            wanted = plain.run(run, stage.data)
            expected |= wanted.files
            outcome = installation.run(run.replace(tzinfo=UTC))
            assert outcome.source_error is None, outcome.source_error
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
            assert found == wanted.problems, (found - wanted.problems, wanted.problems - found)
            assert installation.issued() == expected
    return len(expected)


def policy_of(seed: int) -> dict[str, Any]:
    """Return how reports are issued when the source of this seed is played: most seeds change one thing or none."""
    policy: dict[str, Any] = {}
    if seed % 7 == 0:
        policy["issues_empty"] = True
    if seed % 5 == 0:
        policy["rows_per_file"] = 1 + seed % 4
    if seed % 4 == 1:
        policy["settle_hours"] = 5
    return policy
