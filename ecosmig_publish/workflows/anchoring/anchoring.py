"""To anchor: what the chain of acts ends with is kept at the destination, where no recipient reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.destinations.anchoring import KeepsAnchors
from ecosmig_publish.errors import DestinationError, EcosmigError

if TYPE_CHECKING:
    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.ledger import Ledger


@dataclass(frozen=True, slots=True)
class ChainEnd:
    """What the chain ends with, and whether an anchor says so at `where`, `""` where nobody keeps any.

    `error` says why none was written: it changes nothing of what was published, and the next run tries again.
    """

    act: int
    hash: str
    where: str = ""
    is_anchored: bool = False
    error: EcosmigError | None = None


def anchor_chain(
    ledger: Ledger, destination: PublishingDestination, *, failed: EcosmigError | None = None
) -> ChainEnd | None:
    """Keep an anchor of the newest act, unless it has one; return what the chain ends with, None where there is none.

    Asks the destination for nothing where no act came since the last anchor, nor before the first recipient is
    onboarded, nor where the run found that it has `failed`. Killed before the anchor is noted, the next run finds it
    there. Raises `LedgerError`, `LeaseLostError`.
    """
    found = ledger.chain_end()
    if found is None:
        return None
    newest, anchor = found
    keeps = destination.anchors if isinstance(destination, KeepsAnchors) else None
    end = ChainEnd(newest.id, newest.hash, keeps.where if keeps else "", is_anchored=anchor is None)
    if keeps is None or anchor is None or not ledger.folders():
        return end
    error = failed
    if error is None:
        ledger.confirm_lease()
        try:
            keeps.keep(anchor.name, anchor.content)
        except DestinationError as refused:
            error = refused
        else:
            ledger.record_anchor(anchor)
    return ChainEnd(newest.id, newest.hash, keeps.where, is_anchored=error is None, error=error)
