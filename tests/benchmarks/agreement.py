"""Whether two sides of the benchmark computed the same: detail rows counted, and digested in their order."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.benchmarks.days import REPORTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Details:
    """`rows` of a report over all recipients, and the SHA-256 of their lines in order."""

    rows: int
    digest: str


def of_engine(out: Path) -> dict[str, Details]:
    """Read the engine's six CSVs; their first column, the recipient, is no part of a record."""
    return {report: _digested(line.partition(b",")[2] for line in _lines(out / f"{report}.csv")) for report in REPORTS}


def of_product(home: Path) -> dict[str, Details]:
    """Read the product's files in the order of recipients and numbers, without headers and trailers."""
    return {report: _digested(_product_lines(home / "state" / "outbox", report)) for report in REPORTS}


def of_script(out: Path) -> dict[str, Details]:
    """Read the recipients' files that the pandas or the Polars script wrote."""
    return {
        report: _digested(line for path in sorted((out / report).iterdir()) for line in _lines(path))
        for report in REPORTS
    }


def _product_lines(outbox: Path, report: str) -> Iterator[bytes]:
    for directory in sorted(outbox.glob(f"ECOSMIG-{report}_*")):
        for path in sorted(directory.glob("ECOSMIG-*.csv"), key=_recipient_and_number):
            yield from (line for line in _lines(path) if line.startswith(b"10,"))


def _recipient_and_number(path: Path) -> tuple[str, int]:
    _, recipient, number, _ = path.stem.split("_")
    return recipient, int(number)


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\r\n")


def _digested(lines: Iterable[bytes]) -> Details:
    digest, rows = hashlib.sha256(), 0
    for line in lines:
        if line.startswith(b"10,20") and line.endswith(b",0,0"):
            # A day without activity in 005: the engine alone leaves it out.
            continue
        digest.update(line + b"\n")
        rows += 1
    return Details(rows, digest.hexdigest())
