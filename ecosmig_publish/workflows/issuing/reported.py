"""Which installations count as reported: those of 006 that an issue carries which still stands for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.workflows.issuing.keys import unpacked

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger

_REPORT = Report.ECOSMIG_006


def reported_before(ledger: Ledger) -> Any:
    """Return the keys that 006 has reported as a table of one column, `key`, None where there are none.

    An installation that a correction or withdrawal took out, and that belonged in no report then, is not among them
    until it is reported anew: its ECoS flag may be mended back.
    """
    reported = unpacked(ledger.reported_keys(_REPORT))
    out = ledger.out_of_report(_REPORT) if reported is not None else {}
    if reported is None or not out:
        return reported
    again = {key for key, found_at in out.items() if not _is_in(key, unpacked(ledger.reported_keys(_REPORT, found_at)))}
    return reported.filter(pc.invert(pc.is_in(reported["key"], value_set=pa.array(sorted(again), pa.string()))))


def _is_in(key: str, keys: Any) -> bool:
    return keys is not None and bool(pc.any(pc.equal(keys["key"], key)).as_py())
