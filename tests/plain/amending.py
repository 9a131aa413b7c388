"""Correct and withdraw, as the specification says them, on the state that `Reports` keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.plain.reports import Issued, Reports, Run, _Slot

if TYPE_CHECKING:
    from datetime import datetime

    from tests.plain.data import Data

SUMMARIES = ("003", "004", "005")


class _AllBut(set[str]):
    """Stands for what is reported: everything but these keys, until one is added."""

    def __init__(self, keys: set[str]) -> None:
        super().__init__()
        self._keys = keys

    def __contains__(self, key: object) -> bool:
        return key not in self._keys or super().__contains__(key)


def correct(state: Reports, issue: Issued, at: datetime, data: Data) -> Run:
    """Let a new issue for the same slot and recipient supersede one: the rows that it carried, as they are now."""
    result = Run()
    slot = _Slot(state, issue.report, issue.slot, at, at, data, result)
    rows = getattr(slot, f"rows_{issue.report}")() if issue.report in SUMMARIES else _carried(state, slot, issue)
    mine = [(order, values) for recipient, order, values in rows if recipient == issue.recipient]
    made = slot.issue_to(issue.recipient, mine)
    if issue.report not in SUMMARIES:
        left, faulty = issue.keys - made.keys, {key: reasons for _, _, key, reasons in result.held}
        state.reported[issue.report] -= left
        state.open[issue.report] |= {key: faulty.get(key, (f"corrected:{issue.names[0]}",)) for key in left}
    issue.is_superseded = True
    return result


def release(state: Reports, issue: Issued) -> None:
    """Let the rows of a withdrawn issue be held, and so go out with a later one."""
    state.reported[issue.report] -= issue.keys
    state.open[issue.report] |= dict.fromkeys(issue.keys, (f"withdrawn:{issue.names[0]}",))


def _carried(state: Reports, slot: _Slot, issue: Issued) -> list[Any]:
    reported, held = state.reported[issue.report], state.open[issue.report]
    state.reported[issue.report], state.open[issue.report] = _AllBut(issue.keys), {}
    try:
        rows: list[Any] = getattr(slot, f"rows_{issue.report}")()
    finally:
        state.reported[issue.report], state.open[issue.report] = reported, held
    return rows
