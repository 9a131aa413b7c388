"""Recipients that are named on the command line and that this installation has never heard of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger


def refuse_strangers(suppliers: Iterable[Signifier], ledger: Ledger | None) -> None:
    """Raise `UsageError` for one that has no folder and for whom nothing was issued."""
    wanted = tuple(suppliers)
    if not wanted:
        return
    known: set[str] = set()
    if ledger is not None:
        known = {*ledger.folders(), *(stream.recipient for stream in ledger.streams())}
    for signifier in wanted:
        if signifier not in known:
            raise UsageError(
                f"--supplier {signifier}: it has no folder here, and nothing was issued for it",
                hint=f"ecosmig supplier onboard {signifier} makes its folder, ecosmig supplier list shows the register",
            )
