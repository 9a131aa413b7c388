"""Figures as one table in Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.benchmarks.growth import growths

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.benchmarks.figures import Figures
    from tests.benchmarks.growth import Growth

_MIB = 1 << 20
_COLUMNS = ("benchmark", "side", "size", "wall s", "CPU s", "peak MiB", "ratios")
_ALIGNED = {"size", "wall s", "CPU s", "peak MiB"}


def markdown(facts: Mapping[str, str], all_of_them: Sequence[Figures]) -> str:
    """Return a document: what was measured on, then a row for each side, growth last where there are several sizes."""
    lines = ["# Benchmarks", ""]
    lines += [f"- {name}: {value}" for name, value in facts.items()]
    lines += ["", "Trust the ratios of one run on a quiet machine, not the seconds.", "", *_table(all_of_them), ""]
    return "\n".join(lines)


def _table(all_of_them: Sequence[Figures]) -> Iterator[str]:
    grown = growths(all_of_them)
    columns = [*_COLUMNS, "growth"] if grown else [*_COLUMNS]
    yield _row(columns)
    yield _row(["---:" if it in _ALIGNED else "---" for it in columns])
    for it in all_of_them:
        cells = [
            it.benchmark,
            it.side,
            f"{it.size:,} {it.unit}" if it.size else "",
            _shown(it.wall_seconds),
            _shown(it.cpu_seconds),
            "" if it.peak_bytes is None else f"{it.peak_bytes / _MIB:,.0f}",
            "; ".join(filter(None, (_how(it), _ratios(it.ratios)))),
        ]
        if grown:
            cells.append(_grown(grown.get((it.benchmark, it.side, it.size))))
        yield _row(cells)


def _how(it: Figures) -> str:
    return f"**{it.ended or it.missed}**" if it.has_failed else it.not_run


def _ratios(folds: Mapping[str, float]) -> str:
    """Return folds with those of one thing together: `of engine: wall 1.28, CPU 1.62`."""
    of: dict[str, list[str]] = {}
    for name, fold in folds.items():
        what, _, base = name.partition(" of ")
        of.setdefault(base, []).append(f"{what} {fold:.2f}")
    return "; ".join(f"of {base}: {', '.join(words)}" for base, words in of.items())


def _grown(it: Growth | None) -> str:
    if it is None:
        return ""
    folds = {"data": it.data, "wall": it.wall, "CPU": it.cpu, "peak": it.peak}
    return ", ".join(f"{name} {fold:.2f}" for name, fold in folds.items() if fold is not None)


def _shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:,.2f}"


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
