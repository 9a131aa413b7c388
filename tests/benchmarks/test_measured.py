"""What is measured of a process, also of one that ends with an error, and how two are compared."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figures, against, read_figures, write_figures
from tests.benchmarks.heaviest_days import ENGINE, PRODUCT, say_sides
from tests.benchmarks.measured import Measurement, Ran, run

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_PYTHON = [sys.executable, "-I", "-S", "-c"]
_MIB = 1 << 20


def ran(script: str) -> Ran:
    return run([*_PYTHON, script])


def test_a_process_is_measured_for_itself() -> None:
    it = ran("held = b'x' * (100 << 20)")
    assert (it.status, it.ended) == (0, "")
    assert 100 * _MIB < it.took.peak_bytes < 150 * _MIB
    assert 0 < it.took.cpu_seconds <= it.took.wall_seconds + 1


def test_what_ends_with_an_error_says_its_status_and_what_was_raised() -> None:
    it = ran("raise MemoryError('no room\\nSee also: somewhere')")
    assert (it.status, it.ended) == (1, "ended with status 1: MemoryError: no room")
    it = ran("import sys; print('a word'); sys.exit('the sides\\ndo not agree')")
    assert it.ended == "ended with status 1: do not agree"


def test_what_is_killed_says_by_which_signal() -> None:
    it = ran("import os; os.kill(os.getpid(), 9)")
    assert (it.status, it.ended) == (-9, "ended with SIGKILL")


def test_a_side_that_failed_is_a_line_of_the_table_and_the_others_are_compared(
    capsys: pytest.CaptureFixture[str],
) -> None:
    good, twice = Measurement(2, 3, 1 << 30), Measurement(1, 1.5, 1 << 29)
    say_sides({ENGINE: Ran(good, -9, ""), PRODUCT: Ran(good, 0, ""), "polars": Ran(twice, 0, "")})
    _, _, engine, product, polars = capsys.readouterr().out.splitlines()
    assert engine.split() == ["engine", "2.0", "3.0", "1.00", "ended", "with", "SIGKILL"]
    assert product.split() == ["product", "2.0", "3.0", "1.00", "1.00x", "1.00x", "1.00x"]
    assert polars.split() == ["polars", "1.0", "1.5", "0.50", "2.00x", "2.00x", "2.00x"]


def test_figures_are_folds_of_what_ended_well_and_was_measured() -> None:
    base = Figures("b", "engine", 10, "Devices", 2.0, 4.0, 1000)
    mine = Figures("b", "product", 10, "Devices", 3.0, 10.0, None)
    assert against(base, mine).ratios == {"wall of engine": 1.5, "CPU of engine": 2.5}
    assert against(base, base).ratios == {}
    failed = Figures("b", "pandas", 10, "Devices", 3.0, 10.0, 1, ended="ended with SIGKILL")
    assert against(base, failed).ratios == against(failed, mine).ratios == {}


def test_figures_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept = [Figures("b", "s", 3, "files", 0.5, None, 7, {"wall of other": 1.25}), Figures("b", "t", 0, "", ended="so")]
    write_figures(tmp_path / "figures.json", kept)
    assert read_figures(tmp_path / "figures.json") == kept
    assert read_figures(tmp_path / "none.json") == []
