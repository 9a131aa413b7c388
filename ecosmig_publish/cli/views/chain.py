"""What is shown of the chain's end where a run, `status` or a check says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ecosmig_publish.errors import EcosmigError
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.workflows.anchoring.anchoring import ChainEnd

_SHORT = 16


def chain_document(end: ChainEnd | None) -> dict[str, object] | None:
    """Return what JSON has for the anchor of a run's last act, None where nothing was ever recorded."""
    if end is None:
        return None
    return {
        "act": end.act,
        "hash": end.hash,
        "where": end.where,
        "anchored": end.is_anchored,
        "error": None if end.error is None else {"message": str(end.error), "hint": end.error.hint},
    }


def show_chain(end: ChainEnd | None, *, said: EcosmigError | None = None) -> None:
    """Print what the chain ends with, and why no anchor says so where none does; `said` was said before."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    if end is None:
        return
    state = ", anchored" if end.is_anchored else ", not anchored" if end.error is not None else ""
    show_line(f"The chain of acts ends with act {end.act:,}, {end.hash[:_SHORT]}{state}.")
    if end.error is not None and end.error is not said:
        show_line(f"  not anchored: {end.error}")
        show_line(f"  next: {end.error.hint} The next run tries again.")


def anchored_document(ledger: Ledger) -> dict[str, Any] | None:
    """Return what the ledger says of its newest act and of its newest anchor, None before the first act."""
    newest, anchored = ledger.newest_act(), ledger.newest_anchored()
    if newest is None:
        return None
    return {
        "acts": newest.id,
        "head": newest.hash,
        "anchored": anchored.act if anchored else None,
        "anchored_at": anchored.anchored_at if anchored else None,
        "unanchored": max(0, newest.id - (anchored.act if anchored else 0)),
    }


def show_anchored(chain: dict[str, Any] | None) -> None:
    """Print the newest act and the newest anchor."""
    from ecosmig_publish.cli.screen import show_line, shown_instant  # noqa: PLC0415 - rich is slow to import

    if chain is None:
        return
    newest = "none is anchored yet"
    if chain["anchored"]:
        newest = f"the newest anchor is of act {chain['anchored']:,}, {shown_instant(chain['anchored_at'])}"
    show_line(f"The chain has {chain['acts']:,} acts; {newest}.")
