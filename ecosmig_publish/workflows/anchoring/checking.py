"""To check the chain of acts: link by link, against the rows, and against the anchors that are kept outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ecosmig_publish.errors import DestinationError, ExitStatus
from ecosmig_publish.ledger import KeptAnchor
from ecosmig_publish.ledger.anchors import parse_anchor_name
from ecosmig_publish.ledger.checking import LedgerFault, compare_anchors, written_anchors
from ecosmig_publish.ledger.checking.fault import ANCHOR, CHAIN
from ecosmig_publish.ledger.checking.stored import described, number_of, stored_acts_of
from ecosmig_publish.workflows.recovery.checking import CheckedLedger, check_absence, check_installation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from ecosmig_publish.destinations import Listed
    from ecosmig_publish.destinations.anchoring import Anchors
    from ecosmig_publish.errors import EcosmigError
    from ecosmig_publish.ledger import Act, Ledger
    from ecosmig_publish.ledger.checking import ComparedAnchors
    from ecosmig_publish.outbox import Outbox

RESETS = ("recover", "load-backup")
"""The acts after which the chain is another one than was anchored."""
_LOOKED_FOR = 50


@dataclass(slots=True)
class AuditedChain:
    """What was looked at and found.

    `anchors` None: they were left out, or couldn't be read, which `error` says. `resets` are the acts that put another
    ledger in the place of a lost one; `newest_anchored` is the newest act that the ledger says it anchored, `noted` the
    one whose hash was noted elsewhere.
    """

    checked: CheckedLedger
    where: str = ""
    anchors: ComparedAnchors | None = None
    resets: Sequence[Act] = ()
    newest_anchored: int | None = None
    noted: int | None = None
    error: EcosmigError | None = None

    @property
    def exit_status(self) -> ExitStatus:
        """20 with a finding, 10 where the anchors couldn't be read, else 0."""
        if self.checked.total:
            return ExitStatus.FINDING
        return self.error.exit_status if self.error is not None else ExitStatus.OK

    @property
    def unanchored(self) -> int:
        """How many of the newest acts no anchor covers yet."""
        newest = self.checked.newest.id if self.checked.newest else 0
        return max(0, newest - (self.newest_anchored or 0))


def audit_chain(ledger: Ledger, outbox: Outbox, anchors: Anchors | None, *, head: str | None = None) -> AuditedChain:
    """Check all of it; changes nothing, and may be done while a run goes on.

    `anchors` None leaves them out. `head` is the hash of what was the newest act when it was noted elsewhere: acts may
    have come since.
    """
    # In this order: what is written down as anchored now stands there, and what stands there is in the chain by then.
    with ledger.at_one_moment() as connection:
        written = written_anchors(connection)
    audited = AuditedChain(CheckedLedger())
    kept = _kept(anchors, written, audited)
    audited.checked = check_installation(ledger, outbox, with_outbox=False)
    with ledger.at_one_moment() as connection:
        if head is not None:
            audited.noted = number_of(connection, head)
            audited.checked.take(_lacking(head, audited) if audited.noted is None else ())
        if kept is not None:
            audited.anchors = compare_anchors(connection, kept, written)
            audited.checked.take(audited.anchors.faults)
        audited.resets = stored_acts_of(connection, RESETS)
    names = (parse_anchor_name(name) for name in written)
    audited.newest_anchored = max((name.act for name in names if name), default=None)
    return audited


def audit_absence(outbox: Outbox, anchors: Anchors | None) -> AuditedChain:
    """Check an installation that has no ledger: it is wrong where one was anchored, or something was issued."""
    audited = AuditedChain(check_absence(outbox))
    names = (parse_anchor_name(file.name) for file in _kept(anchors, (), audited) or ())
    newest = max((name for name in names if name), key=lambda name: name.act, default=None)
    if newest is not None:
        what = f"there is none, and one was anchored in {audited.where}: up to act {newest.act}, {newest.hash}"
        audited.checked.take([LedgerFault(ANCHOR, "the ledger", what)])
    return audited


def kept_anchors(anchors: Anchors, written: Collection[str] = ()) -> list[KeptAnchor]:
    """Return what stands among the anchors; of those `written` also what a listing missed.

    Raises `DestinationError`.
    """
    kept = [_told(item) for item in anchors.listing()]
    missed = sorted(set(written) - {file.name for file in kept}) if kept else []
    found = (anchors.find(name) for name in missed[-_LOOKED_FOR:])
    return kept + [_told(item) for item in found if item is not None]


def _kept(anchors: Anchors | None, written: Collection[str], audited: AuditedChain) -> list[KeptAnchor] | None:
    """Return what stands among the anchors, None where it isn't looked at or can't be."""
    if anchors is None:
        return None
    audited.where = anchors.where
    try:
        return kept_anchors(anchors, written)
    except DestinationError as error:
        audited.error = error
        return None


def _lacking(head: str, audited: AuditedChain) -> Iterator[LedgerFault]:
    newest = audited.checked.newest
    where = "the chain" if newest is None else described(newest)
    what = f"no act has the hash that was noted, {head}: acts were cut off, the chain was written anew or is another"
    yield LedgerFault(CHAIN, where, what)


def _told(item: Listed) -> KeptAnchor:
    return KeptAnchor(item.name, item.size, item.hash(), item.modified_at)
