"""What the anchors tell of a chain that is lost: a recovery names them, so that later checks know whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.destinations.anchoring import KeepsAnchors
from ecosmig_publish.ledger.anchors import parse_anchor_name
from ecosmig_publish.ledger.checking import unaccounted_anchors
from ecosmig_publish.workflows.anchoring.checking import kept_anchors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.ledger import KeptAnchor, Ledger


def lost_anchors(ledger: Ledger, destination: PublishingDestination) -> list[KeptAnchor]:
    """Return the anchors of acts that this ledger doesn't have, and that no earlier recovery named, by their names.

    Raises `DestinationError`.
    """
    if not isinstance(destination, KeepsAnchors):
        return []
    kept = kept_anchors(destination.anchors)
    with ledger.at_one_moment() as connection:
        return sorted(unaccounted_anchors(connection, kept), key=lambda anchor: anchor.name)


def newest_hash(lost: Sequence[KeptAnchor]) -> str | None:
    """Return the hash of the act that was anchored last, None where none was."""

    def order(anchor: KeptAnchor) -> tuple[str, int]:
        name = parse_anchor_name(anchor.name)
        return (anchor.kept_at.isoformat() if anchor.kept_at else "", name.act if name else 0)

    newest = max(lost, key=order, default=None)
    name = parse_anchor_name(newest.name) if newest else None
    return name.hash if name else None
