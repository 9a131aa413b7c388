"""Successes and failures over time, as reports 001 and 002 carried them: an SVG that takes the page's colours."""

from __future__ import annotations

import io
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.evidence.page.extra import missing_extra

if TYPE_CHECKING:
    from datetime import date

    from ecosmig_publish.evidence.page.picture import Picture

_BY_WEEK_FROM_DAYS = 200
# Matplotlib wants colours; the page wants its own, which change with light and dark.
_COLOURS = {"#010203": "var(--good)", "#010204": "var(--bad)", "#010205": "var(--ink-soft)"}
_GOOD, _BAD, _INK = _COLOURS


def trend_of(picture: Picture) -> tuple[str, str]:
    """Return the drawing as SVG and the same in words; both say nothing where nothing was issued.

    Raises `UsageError` where matplotlib isn't installed.
    """
    by_day = {report: _rows_by_day(picture, report) for report in (Report.ECOSMIG_001, Report.ECOSMIG_002)}
    days = sorted({*by_day[Report.ECOSMIG_001], *by_day[Report.ECOSMIG_002]})
    if not days:
        return "", "No row of 001 or 002 was issued yet."
    step = 7 if (days[-1] - days[0]).days > _BY_WEEK_FROM_DAYS else 1
    starts = [days[0] + timedelta(days=offset) for offset in range(0, (days[-1] - days[0]).days + 1, step)]
    series = [
        [sum(counted[start + timedelta(days=day)] for day in range(step)) for start in starts]
        for counted in by_day.values()
    ]
    unit = "week" if step == 7 else "day"  # noqa: PLR2004 - a week
    said = (
        f"Rows issued by {unit} of the slot, {days[0]} to {days[-1]}: {sum(series[0]):,} successes (001), "
        f"{sum(series[1]):,} failures (002)."
    )
    return _drawn(starts, series, unit), said


def _rows_by_day(picture: Picture, report: Report) -> Counter[date]:
    rows: Counter[date] = Counter()
    for grid in picture.grids:
        if grid.report is report:
            for issues in grid.issues.values():
                for issue in issues.values():
                    rows[grid.columns[issue.column].due_at.date()] += issue.rows
    return rows


def _drawn(starts: list[date], series: list[list[int]], unit: str) -> str:
    try:
        from matplotlib import rc_context  # noqa: PLC0415 - an extra, and slow to import
        from matplotlib.figure import Figure  # noqa: PLC0415 - as above
    except ImportError as error:
        raise missing_extra() from error
    figure = Figure(figsize=(9, 2.4), layout="constrained")
    axes = figure.subplots()
    days: Any = starts
    for values, colour, label in zip(series, (_GOOD, _BAD), ("successes (001)", "failures (002)"), strict=True):
        axes.step(days, values, where="mid", color=colour, linewidth=1.4, label=label)
        axes.fill_between(days, values, step="mid", color=colour, alpha=0.15, linewidth=0)
    _dress(axes, unit)
    drawing = io.StringIO()
    # Without its date and with fixed names inside, the same ledger gives the same page; text stays text.
    with rc_context({"svg.hashsalt": "ecosmig", "svg.fonttype": "none"}):
        figure.savefig(drawing, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    return _in_the_pages_colours(drawing.getvalue())


def _dress(axes: Any, unit: str) -> None:
    axes.set_ylabel(f"rows a {unit}", color=_INK)
    axes.set_ylim(bottom=0)
    axes.margins(x=0.01)
    axes.tick_params(colors=_INK, labelsize=8)
    axes.yaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_color(_INK)
    axes.legend(frameon=False, fontsize=8, labelcolor=_INK, loc="lower left", bbox_to_anchor=(0, 1), ncols=2)


def _in_the_pages_colours(svg: str) -> str:
    for fixed, own in _COLOURS.items():
        svg = svg.replace(fixed, own)
    return svg[svg.index("<svg") :]
