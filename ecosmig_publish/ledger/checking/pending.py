"""Faults that a later act may still explain: said only once all acts are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.ledger.checking.fault import ACT, LedgerFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_KEPT = 50_000


class Pending:
    """At most one fault for each aspect of each subject: a file by its name, a slot by its report and instant."""

    def __init__(self) -> None:
        self._faults: dict[str, dict[str, LedgerFault]] = {}
        self._left_out = 0

    def say(self, subject: str, aspect: str, fault: LedgerFault | None) -> None:
        """Keep what is wrong with an aspect of a subject now, None where nothing is, in place of what was before."""
        if fault is None:
            self._faults.get(subject, {}).pop(aspect, None)
        elif len(self._faults) >= _KEPT and subject not in self._faults:
            # Of a ledger that is wrong throughout nobody needs every line.
            self._left_out += 1
        else:
            self._faults.setdefault(subject, {})[aspect] = fault

    def forget(self, matches: Callable[[str], bool]) -> None:
        """Forget what was wrong with the subjects that match: they became something else since."""
        for subject in [subject for subject in self._faults if matches(subject)]:
            del self._faults[subject]

    def finish(self) -> Iterator[LedgerFault]:
        """Yield what is still wrong."""
        for aspects in self._faults.values():
            yield from aspects.values()
        if self._left_out:
            yield LedgerFault(ACT, "acts", f"{self._left_out:,} more files or slots are not as the acts say")
