"""The page itself: what needs attention is in its text, the grid is drawn by its script from packed data."""

from __future__ import annotations

import base64
import json
import zlib
from datetime import timedelta
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ecosmig_publish import __version__
from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.evidence.page.attention import GRAVE
from ecosmig_publish.evidence.page.extra import missing_extra
from ecosmig_publish.evidence.page.picture import SEEN
from ecosmig_publish.evidence.page.states import State
from ecosmig_publish.evidence.page.trends import trend_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ecosmig_publish.evidence.page.attention import Concern
    from ecosmig_publish.evidence.page.picture import Picture, ReportGrid

_LAST_NIGHT = timedelta(hours=24)
_LAST_WEEK = timedelta(days=7)
_IN_PLACE = frozenset({State.PROVED, State.LATE})
_OPEN = frozenset({State.WAITING, State.OVERDUE, State.CONFLICT, State.NO_FOLDER, State.BRAKED, State.NOT_ISSUED})


def render_page(picture: Picture, concerns: Sequence[Concern], *, head: str) -> str:
    """Return the HTML; `head` is the newest hash of the chain of acts, for whoever compares it.

    Raises `UsageError` where the extra `page` isn't installed.
    """
    try:
        import jinja2  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise missing_extra() from error
    here = files("ecosmig_publish.evidence.page")
    environment = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)
    environment.filters["instant"] = _instant
    drawing, trend = trend_of(picture)
    return environment.from_string((here / "page.html").read_text(encoding="utf-8")).render(
        style=(here / "page.css").read_text(encoding="utf-8"),
        script=(here / "page.js").read_text(encoding="utf-8"),
        data=_packed(picture),
        drawing=drawing,
        trend=trend,
        made_at=picture.made_at,
        deadline=_minutes(picture.deadline),
        grave=[concern for concern in concerns if concern.weight == GRAVE],
        mild=[concern for concern in concerns if concern.weight != GRAVE],
        names=picture.recipients,
        night=_night(picture),
        seen=_seen(picture),
        head=head,
        version=__version__,
    )


def _night(picture: Picture) -> dict[str, Any]:
    """Return what fell due in the last 24 hours and became of it, and whose is still open."""
    since = picture.made_at - _LAST_NIGHT
    due = proved = late = 0
    still_open: set[str] = set()
    for grid in picture.grids:
        recent = [place for place, column in enumerate(grid.columns) if column.due_at > since]
        for recipient in picture.recipients:
            for place in recent:
                state = picture.state(grid, recipient, place)
                due += state is not State.NOTHING
                proved += state is State.PROVED
                late += state is State.LATE
                if state in _OPEN:
                    still_open.add(recipient)
    return {"since": since, "due": due, "proved": proved, "late": late, "open": sorted(still_open)}


def _seen(picture: Picture) -> dict[str, int]:
    """Return how many of the last week's proved issues their recipients have read, as far as that is known."""
    since, counts = picture.made_at - _LAST_WEEK, [0] * len(SEEN)
    for grid in picture.grids:
        for issues in grid.issues.values():
            for issue in issues.values():
                if issue.state in _IN_PLACE and grid.columns[issue.column].due_at > since:
                    counts[issue.seen] += 1
    unknown, not_yet, opened, yes = counts
    return {"all": sum(counts), "yes": yes, "opened": opened, "not_yet": not_yet, "unknown": unknown}


def _packed(picture: Picture) -> str:
    """Return the grid's data, deflated, as text that can't end a script element."""
    document = {
        "recipients": [[signifier, name] for signifier, name in picture.recipients.items()],
        "grids": [_grid(picture, grid) for grid in picture.grids],
    }
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=False)
    return base64.b64encode(zlib.compress(text.encode(), 9)).decode()


def _grid(picture: Picture, grid: ReportGrid) -> dict[str, Any]:
    """Return a report's slots, a letter for each recipient and slot, and each issue's numbers.

    An issue is [place of its slot, first number, files, rows, seconds from the slot to publication and to proof, place
    in `SEEN`], -1 for what is not yet.
    """
    columns = range(len(grid.columns))
    return {
        "report": grid.report,
        "title": CATALOGUE[grid.report].title,
        "due": [int(column.due_at.timestamp()) for column in grid.columns],
        "outcome": [column.outcome for column in grid.columns],
        "held": [column.held for column in grid.columns],
        "cells": [
            "".join(picture.state(grid, recipient, column) for column in columns) for recipient in picture.recipients
        ],
        "issues": [
            [
                [
                    issue.column,
                    issue.first,
                    issue.files,
                    issue.rows,
                    _seconds(grid.columns[issue.column].due_at, issue.published_at),
                    _seconds(grid.columns[issue.column].due_at, issue.proved_at),
                    issue.seen,
                ]
                for issue in grid.issues.get(recipient, {}).values()
            ]
            for recipient in picture.recipients
        ],
    }


def _seconds(since: datetime, until: datetime | None) -> int:
    return -1 if until is None else max(0, int((until - since).total_seconds()))


def _minutes(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    return f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%MZ}"
