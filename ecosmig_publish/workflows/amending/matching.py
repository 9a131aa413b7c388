"""Printed rows to source rows: by Device ID and second, each printed row to one source row at most."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ecosmig_publish.reports.installations import OF_GPF
from ecosmig_publish.workflows.amending.printed import TELLING

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier

_PLACE = ["device_id", "at"]
_Place = tuple[str, datetime]


def matched(printed: pa.Table, candidates: pa.Table, recipient: Signifier) -> tuple[list[Any], int]:
    """Return the keys of the candidates that were printed, and how many printed rows have none.

    Where a Device has more candidates in a second than printed rows, those go first that print the same, then those
    that the recipient is responsible for now, then the lowest keys: the same input always gives the same rows. A GPF
    is known by its Device alone, as only its first notification counts.
    """
    places = _counted(printed, "printed").join(_counted(candidates, "found"), _PLACE, join_type="left outer")
    found = pc.fill_null(places["found"], 0)
    is_clear = pc.less_equal(found, places["printed"])
    clear = places.filter(pc.and_(is_clear, pc.greater(found, 0))).select(_PLACE)
    keys = candidates.join(clear, _PLACE, join_type="left semi")["key"].to_pylist()
    # A row that two suppliers claim, or two rows with one number, are candidates twice.
    taken = list(dict.fromkeys(keys))
    unclear = places.filter(pc.invert(is_clear)).select(_PLACE)
    taken += _choose(
        printed.join(unclear, _PLACE, join_type="left semi").to_pylist(),
        candidates.join(unclear, _PLACE, join_type="left semi").to_pylist(),
        recipient,
    )
    left = printed.num_rows - len(taken)
    moved = _moved_gpfs(candidates, set(taken))[:left] if left else []
    return taken + moved, left - len(moved)


def _counted(table: pa.Table, name: str) -> pa.Table:
    """Return how many rows, or different keys, stand at each place."""
    of = "key" if "key" in table.column_names else "at"
    how = "count_distinct" if of == "key" else "count"
    return table.group_by(_PLACE).aggregate([(of, how)]).rename_columns([*_PLACE, name])


def _choose(printed: list[dict[str, Any]], candidates: list[dict[str, Any]], recipient: Signifier) -> list[Any]:
    rows: dict[_Place, list[tuple[Any, ...]]] = defaultdict(list)
    found: dict[_Place, dict[Any, dict[str, Any]]] = defaultdict(dict)
    for row in printed:
        rows[row["device_id"], row["at"]].append(_told(row))
    for row in candidates:
        known = found[row["device_id"], row["at"]].get(row["key"])
        if known is None or row["supplier"] == recipient:
            found[row["device_id"], row["at"]][row["key"]] = row
    return [key for place, told in rows.items() for key in _choose_at(told, list(found[place].values()), recipient)]


def _choose_at(told: list[tuple[Any, ...]], candidates: list[dict[str, Any]], recipient: Signifier) -> list[Any]:
    in_order = sorted(candidates, key=lambda row: (row["supplier"] != recipient, row["key"]))
    wanted = Counter(told)
    exact, others = [], []
    for row in in_order:
        if wanted[_told(row)] > 0:
            wanted[_told(row)] -= 1
            exact.append(row["key"])
        else:
            others.append(row["key"])
    return (exact + others)[: len(told)]


def _told(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in TELLING if name in row)


def _moved_gpfs(candidates: pa.Table, taken: set[Any]) -> list[Any]:
    """Return the GPFs whose notification is another now than the one that was printed."""
    left = [key for key in candidates["key"].to_pylist() if key not in taken]
    return [key for key in dict.fromkeys(left) if isinstance(key, str) and key.startswith(OF_GPF)]
