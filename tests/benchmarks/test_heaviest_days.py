"""The benchmark itself: small enough for every day, so that it runs when somebody wants the large one."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from tests.benchmarks.measured import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


def test_all_sides_of_the_benchmark_have_the_same_rows(tmp_path: Path) -> None:
    ran = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.heaviest_days",
            "--devices=5000",
            "--parties=5",
            "--pandas",
            "--polars",
            f"--work={tmp_path}",
        ],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("same bytes") == 6
