"""An installation with a history of four days, on which the brake can be tried with few rows."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.running import Narrowing
from tests.installation import Installation, at
from tests.workflows.made import START, A, B, attempt, shown, source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tests.plain.data import Data, Row

DAY = timedelta(days=1)
FIRST = at("2024-03-04T06:00:00")
"""The first slot of 001: it reports on the third of March."""

TIGHT = {
    "BRAKE__SIZE_FACTOR": "2",
    "BRAKE__SIZE_FLOOR_ROWS": "3",
    "BRAKE__VANISHED_RECIPIENTS": "2",
}
"""Four rows may follow issues of one row, and two recipients are enough to fall silent."""

ONLY_001 = Narrowing(reports=[Report.ECOSMIG_001])


def slot(number: int) -> datetime:
    """The instant of the slot of 001 with this number, from 1."""
    return FIRST + (number - 1) * DAY


def successes(number: int, of_device: int, count: int = 1) -> list[Row]:
    """So many successes of a Device on the day that the slot with this number reports on."""
    noon = datetime(2024, 3, 2, 12) + number * DAY
    first = number * 1_000 + of_device * 100
    return [attempt(first + one, of_device, noon + timedelta(seconds=one)) for one in range(count)]


def of_both(numbers: Iterable[int]) -> Data:
    """A source in which A and B have a success each on the day of each of these slots."""
    data = source()
    for number in numbers:
        data.migration_attempts += [*successes(number, 1), *successes(number, 2)]
    return data


def with_history(home: Path, data: Data, until: int = 4, extra: dict[str, str] | None = None) -> Installation:
    """An installation on `data` that has issued 001 daily until the slot with this number."""
    made = Installation(home, START, f"parquet:{home / 'data'}", extra=dict(TIGHT if extra is None else extra))
    shown(made, data)
    made.onboard_all()
    assert made.run(slot(until), ONLY_001).exit_status == 0
    assert {name[:18] for name in made.published()} == {f"{A}/ECOSMIG-001", f"{B}/ECOSMIG-001"}
    return made


def numbers_of(files: Iterable[str], recipient: str, report: str = "ECOSMIG-001") -> list[int]:
    """The sequence numbers of a recipient's files of a report."""
    names = [name.split("/")[1].split("_") for name in files if name.startswith(f"{recipient}/{report}")]
    return sorted(int(parts[2]) for parts in names)
