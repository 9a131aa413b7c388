"""The table of all benchmarks: its rows, folds and growth from figures worked by hand, failures among them."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from tests.benchmarks import __main__ as command
from tests.benchmarks.catalogue import NAMES, Benchmark, Sizes, benchmarks
from tests.benchmarks.figures import Figures, against
from tests.benchmarks.growth import Growth, growths
from tests.benchmarks.measured import REPOSITORY, Measurement, Ran
from tests.benchmarks.table import markdown

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

MIB = 1 << 20
ENGINE = Figures("heaviest_days", "engine", 300_000, "Devices", 2.0, 4.0, 256 * MIB)
PRODUCT = Figures("heaviest_days", "product", 300_000, "Devices", 5.0, 9.0, 512 * MIB)
LARGE = Figures("heaviest_days", "product", 3_000_000, "Devices", 45.0, 94.5, 640 * MIB)
FAILED = Figures("heaviest_days", "pandas", 3_000_000, "Devices", 9.0, 9.0, MIB, ended="ended with SIGKILL")


def rows(*figures: Figures) -> list[list[str]]:
    """Return the cells of each row of the document's table, the line below the names left out."""
    lines = [line for line in markdown({}, figures).splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    assert {len(line) for line in cells} == {len(cells[0])}
    return [cells[0], *cells[2:]]


def test_a_row_has_what_was_measured_and_the_folds_of_one_thing_together() -> None:
    # 5 of 2 seconds, 9 of 4, 512 of 256.
    names, engine, product = rows(ENGINE, against(ENGINE, PRODUCT))
    assert names == ["benchmark", "side", "size", "wall s", "CPU s", "peak MiB", "ratios"]
    assert engine == ["heaviest_days", "engine", "300,000 Devices", "2.00", "4.00", "256", ""]
    assert product[3:] == ["5.00", "9.00", "512", "of engine: wall 2.50, CPU 2.25, peak 2.00"]


def test_several_sizes_have_a_column_of_growth_from_the_smallest() -> None:
    # Ten times the data, 45 of 5 seconds, 94.5 of 9, 640 of 512.
    names, small, large = rows(PRODUCT, LARGE)
    assert (names[-1], small[-1]) == ("growth", "")
    assert large[-1] == "data 10.00, wall 9.00, CPU 10.50, peak 1.25"


def test_growth_leaves_out_what_failed_and_what_was_not_measured() -> None:
    read = Figures("memory_spark", "streaming", 100, "rows", 1.0, None, 100)
    more = Figures("memory_spark", "streaming", 1000, "rows", 4.0, None, 150)
    small = Figures("heaviest_days", "pandas", 300_000, "Devices", 1.0, 1.0, MIB)
    assert growths([more, read, small, FAILED]) == {
        ("memory_spark", "streaming", 1000): Growth(10.0, 4.0, None, 1.5),
    }


def test_a_failure_is_said_in_its_row_and_breaks_no_table() -> None:
    _, failed, pipe = rows(FAILED, Figures("page", "", 0, "", ended="ended with status 1: a | b"))
    assert failed[-1] == "**ended with SIGKILL**"
    assert pipe == ["page", "", "", "", "", "", "**ended with status 1: a &#124; b**"]


def test_a_missed_goal_is_said_beside_the_folds_and_grows_as_others() -> None:
    # 1.2 of 1.0 seconds.
    few = Figures("history", "plan", 100, "files", cpu_seconds=1.0)
    many = Figures(
        "history", "plan", 1000, "files", None, 1.2, None, {"requests of few": 1.0}, missed="missed its goal"
    )
    assert rows(few, many)[2][-2:] == ["**missed its goal**; of few: requests 1.00", "data 10.00, CPU 1.20"]
    assert (few.has_failed, many.has_failed) == (False, True)


def test_a_benchmark_that_fails_is_a_row_that_says_how() -> None:
    (row,) = command.run_one(Benchmark("page", "tests.benchmarks.nobody", ()))
    assert (row.benchmark, row.wall_seconds) == ("page", None)
    assert row.ended.startswith("ended with status 1: ")
    assert "No module named tests.benchmarks.nobody" in row.ended


def test_a_failure_that_a_side_tells_already_is_not_told_twice() -> None:
    ended = Ran(Measurement(0, 0, 0), 1, "something\n")
    benchmark = Benchmark("heaviest_days", "tests.benchmarks.heaviest_days", ())
    assert command.told(benchmark, [ENGINE, FAILED], ended) == [ENGINE, FAILED]
    assert [it.ended for it in command.told(benchmark, [ENGINE], ended)] == ["", "ended with status 1: something"]


def test_every_name_is_a_benchmark_that_is_there_and_each_size_a_run(tmp_path: Path) -> None:
    sizes = Sizes(devices=(10, 20), days=2, issues=100, recipients=3, rows=5, pandas_up_to=10)
    found = list(benchmarks(sizes, tmp_path, None))
    assert tuple(dict.fromkeys(it.name for it in found)) == NAMES
    heaviest = [it.arguments for it in found if it.name == "heaviest_days"]
    assert [(it[1], "--pandas" in it) for it in heaviest] == [("10", True), ("20", False)]
    assert all((REPOSITORY / f"{it.module.replace('.', '/')}.py").is_file() for it in found)


def test_what_is_not_run_is_a_row_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "table.md"
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(sys, "argv", ["", "--only", "upload", "--work", str(tmp_path), "--write", str(place)])
    assert command.main() == 0
    said = capsys.readouterr().out
    assert "| upload |  |  |  |  |  | not run: rclone isn't there (--rclone PATH) |" in said
    assert place.read_text(encoding="utf-8") == said
    kept = json.loads(place.with_suffix(".json").read_text(encoding="utf-8"))
    assert [it["benchmark"] for it in kept["figures"]] == ["upload"]
    assert {"commit", "machine", "load before", "versions"} <= kept["facts"].keys()
