"""To hold a lease while a run lasts, renewed beside it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, LeaseLostError, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ecosmig_publish.ledger.leases.lease import Lease

_PATIENCE_S = 5.0
"""How long the end of a run waits for a renewal that is being made; one that hangs in the network is left alone."""


@contextmanager
def holding(lease: Lease) -> Iterator[Lease]:
    """Take a lease, renew it every so often while the context lasts, and give it back, however that ends.

    A renewal that fails is tried again at the next turn. Where another run took the lease over, the context ends with
    `LeaseLostError`, however else it would have ended: what failed then may have failed for that.
    """
    stop = Event()
    lease.take()
    thread = Thread(target=_renew, args=(lease, stop), name="lease", daemon=True)
    try:
        thread.start()
        try:
            yield lease
        except EcosmigError:
            _tell_of_loss(lease, anew=True)
            raise
        else:
            _tell_of_loss(lease)
    finally:
        stop.set()
        if thread.is_alive():
            thread.join(_PATIENCE_S)
        lease.release()


def _renew(lease: Lease, stop: Event) -> None:
    while not stop.wait(lease.terms.every.total_seconds()):
        try:
            lease.renew()
        except LeaseLostError:
            return
        except LedgerError:
            continue


@contextmanager
def told_of_loss(lease: Lease | None) -> Iterator[None]:
    """Where the database fails inside, because another run that took the lease over had this one cut off, say that."""
    try:
        yield
    except LedgerError as error:
        is_of_database = error.__cause__ is not None
        if lease is not None and is_of_database:
            _tell_of_loss(lease, anew=True)
        raise


def _tell_of_loss(lease: Lease, *, anew: bool = False) -> None:
    # A ledger that can't be asked says nothing new.
    with suppress(LedgerError):
        lease.confirm(anew=anew)
