"""What a benchmark measured, as data: one shape for all of them, kept as JSON and read again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.benchmarks.measured import Measurement, Ran


@dataclass(frozen=True, slots=True)
class Figures:
    """What one side of a benchmark took at one size; None is what wasn't measured.

    `size` counts what `unit` says: Devices, issues, files. `ratios` are folds by what they are of, such as
    `{"wall of engine": 1.28}`. `ended` says how it ended where that was with an error, `missed` which goal it
    missed, `not_run` why it wasn't run at all, which is no fault.
    """

    benchmark: str
    side: str
    size: int
    unit: str
    wall_seconds: float | None = None
    cpu_seconds: float | None = None
    peak_bytes: int | None = None
    ratios: Mapping[str, float] = field(default_factory=dict)
    ended: str = ""
    missed: str = ""
    not_run: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether it ended with an error or missed its goal."""
        return bool(self.ended or self.missed)


def figures(benchmark: str, side: str, size: int, unit: str, took: Measurement) -> Figures:
    """Return what a process took."""
    return Figures(benchmark, side, size, unit, took.wall_seconds, took.cpu_seconds, took.peak_bytes)


def figures_of_run(benchmark: str, side: str, size: int, unit: str, ran: Ran) -> Figures:
    """Return what a process took that may have ended with an error."""
    return replace(figures(benchmark, side, size, unit, ran.took), ended=ran.ended)


def against(base: Figures, it: Figures) -> Figures:
    """Return `it` with wall, CPU and peak as folds of `base`'s, as far as both were measured and ended well."""
    if base.ended or it.ended or base.side == it.side:
        return it
    pairs = {
        "wall": (it.wall_seconds, base.wall_seconds),
        "CPU": (it.cpu_seconds, base.cpu_seconds),
        "peak": (it.peak_bytes, base.peak_bytes),
    }
    folds = {f"{name} of {base.side}": mine / other for name, (mine, other) in pairs.items() if mine and other}
    return replace(it, ratios={**it.ratios, **folds})


def write_figures(path: Path | None, all_of_them: Iterable[Figures]) -> None:
    """Keep figures where a place for them was named (`--json FILE`)."""
    if path is not None:
        path.write_text(json.dumps([asdict(it) for it in all_of_them], indent=1), encoding="utf-8")


def read_figures(path: Path) -> list[Figures]:
    """Return what `write_figures` kept; nothing where the benchmark ended before."""
    return [Figures(**it) for it in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []
