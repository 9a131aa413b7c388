"""The acts, one by one: whether they are one chain, and whether the tables hold what they say."""

from __future__ import annotations

from itertools import groupby, islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from ecosmig_publish.ledger import chain
from ecosmig_publish.ledger.checking.acting import RECOVERING, ActCheck, Ground, read_content
from ecosmig_publish.ledger.checking.fault import ACT, CHAIN, ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.of_brakes import OfBrakes
from ecosmig_publish.ledger.checking.of_decisions import OfDecisions
from ecosmig_publish.ledger.checking.of_places import OfAccess, OfFindings, OfFolders
from ecosmig_publish.ledger.checking.of_publications import OfPublications
from ecosmig_publish.ledger.checking.of_readings import OfReadings
from ecosmig_publish.ledger.checking.of_receipts import OfReceipts
from ecosmig_publish.ledger.checking.of_recoveries import OfRecoveries
from ecosmig_publish.ledger.checking.of_seeds import OfSeeds
from ecosmig_publish.ledger.checking.of_slots import OfSlots
from ecosmig_publish.ledger.checking.of_stopped import OfStopped
from ecosmig_publish.ledger.checking.plain import AT_ONCE, plain, stream
from ecosmig_publish.ledger.checking.stored import described, stored_acts
from ecosmig_publish.ledger.tables import files, publications, slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Act, BrokenLink

CHECKS: tuple[Callable[[Ground], ActCheck], ...] = (
    OfRecoveries,
    OfSlots,
    OfPublications,
    OfReceipts,
    OfReadings,
    OfDecisions,
    OfBrakes,
    OfSeeds,
    OfStopped,
    OfFolders,
    OfAccess,
    OfFindings,
)
"""Who looks at which acts; an act of no known kind is a link of the chain and nothing more."""


def check_acts(connection: Connection, *, head: str | None) -> Iterator[LedgerFault]:
    """Yield where the chain is broken, where acts and rows disagree, and the rows that no act knows.

    With `head`, the newest act's hash as noted elsewhere, a chain that was cut short or written anew is found too.
    """
    ground = Ground(connection)
    checks = [make(ground) for make in CHECKS]
    walked = stored_acts(connection)
    last: Act | None = None
    while some := list(islice(walked, AT_ONCE)):
        known = {act.id: act for act in some}
        for broken in chain.check(some, after=last):
            yield LedgerFault(CHAIN, _named(broken, known.get(broken.id)), broken.fault)
        last = some[-1]
        yield from _compare(some, checks)
    for broken in chain.check((), after=last, head=head):
        yield LedgerFault(CHAIN, _named(broken, last), broken.fault)
    for check in checks:
        yield from check.finish()
    yield from ground.pending.finish()
    yield from _without_act(ground)


def _compare(some: Sequence[Act], checks: Sequence[ActCheck]) -> Iterator[LedgerFault]:
    """Let each check take its acts, in their order."""
    told, known = [], frozenset(kind for check in checks for kind in check.kinds)
    for act in some:
        if act.kind not in known:
            continue
        read = read_content(act)
        if read is None:
            yield LedgerFault(ACT, described(act), "its content can't be read")
        else:
            told.append(read)
    # A recovery stands between the acts before it and those after it, for all checks.
    for _, run in groupby(told, key=lambda act: act.kind == RECOVERING):
        acts_of_run = list(run)
        for check in checks:
            its = [act for act in acts_of_run if act.kind in check.kinds]
            try:
                yield from check.take(its)
            except (AttributeError, KeyError, TypeError, ValueError):
                # Only a forged act brings a text where a list of files should be.
                where = f"acts {its[0].id} to {its[-1].id}"
                yield LedgerFault(ACT, where, "what one of them says is not what such an act can say")


def _without_act(ground: Ground) -> Iterator[LedgerFault]:
    """Yield the rows that no act has spoken of."""
    connection, seen = ground.connection, ground.seen
    for row in stream(connection, select(slots.c.id, slots.c.report, plain(slots.c.due_at))):
        if not seen.has("slots", row.id):
            yield LedgerFault(ROW, row_of("slots", row.id, f"{row.report} {row.due_at}"), "no act issued it")
    wanted = (
        select(
            files.c.id, files.c.name, publications.c.published_at.is_not(None), publications.c.proved_at.is_not(None)
        )
        .outerjoin_from(files, publications)
        .order_by(files.c.id)
    )
    for number, name, was_published, was_proved in stream(connection, wanted):
        if not seen.has("files", number):
            yield LedgerFault(ROW, row_of("files", number, name), "no act issued it")
        if was_published and not seen.has("published", number):
            yield LedgerFault(ROW, row_of("publications", number, name), "no act published it")
        if was_proved and not seen.has("proved", number):
            yield LedgerFault(ROW, row_of("publications", number, name), "no act proved it")


def _named(broken: BrokenLink, act: Act | None) -> str:
    """Return which act is meant: one that is missing has no more than its number."""
    return described(act) if act is not None else f"act {broken.id}"
