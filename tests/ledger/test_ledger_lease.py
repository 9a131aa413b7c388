"""The lease: one run at a time, and one that lost it changes nothing any more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Event
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from ecosmig_publish.errors import ExitStatus, LeaseLostError, LedgerError, LockedError, OutboxError
from ecosmig_publish.ledger import Ledger, PublishedEntry, check
from ecosmig_publish.ledger.findings import record_finding
from ecosmig_publish.ledger.leases import TERMS, Lease, LeaseTerms, holding
from ecosmig_publish.ledger.leases.lease import TAKEN_OVER
from ecosmig_publish.ledger.leases.row import LeaseRow, read_lease

from .made import NOON, A, Place, birth_of, content_of, slot_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from ecosmig_publish.ledger.chain import Deed

ROOT = Path(__file__).parent.parent.parent
LATER = NOON + timedelta(hours=1)
BRIEF = LeaseTerms(lasts=timedelta(milliseconds=1), every=timedelta(hours=1))
"""Ended before anybody else can look, by a server's clock; by the clock of who comes `LATER` to a file anyway."""


@pytest.fixture
def first(opened_place: Place) -> Iterator[Ledger]:
    with opened_place.opened(host="host-1") as ledger:
        yield ledger


@pytest.fixture
def other(opened_place: Place) -> Iterator[Ledger]:
    """Another host's, at the same time."""
    with opened_place.opened(host="host-2") as ledger:
        yield ledger


@pytest.fixture
def second(opened_place: Place) -> Iterator[Ledger]:
    """Another host's, an hour later."""
    with opened_place.opened(host="host-2", now=lambda: LATER) as ledger:
        yield ledger


def row_of(ledger: Ledger) -> LeaseRow:
    with ledger._reading() as connection:
        row = read_lease(connection)
    assert row is not None
    return row


@contextmanager
def losing(ledger: Ledger) -> Iterator[None]:
    """Hold a lease that another run takes over, which is told at the latest when the run ends."""
    with pytest.raises(LeaseLostError), ledger.leased(BRIEF):
        yield


def refuses_all(ledger: Ledger) -> None:
    """Every kind of record is refused, and nothing recorded."""
    before = content_of(ledger)
    records: tuple[Callable[[], None], ...] = (
        lambda: ledger.record_slot(birth_of(slot_of(9), {})),
        lambda: ledger.record_finding("x", {}),
        lambda: ledger.record_change_token("library", "token"),
        lambda: ledger.record_all_published([PublishedEntry(1, "item", adopted=False, published_at=NOON)]),
    )
    for record in records:
        with pytest.raises(LeaseLostError):
            record()
    assert content_of(ledger) == before


def test_a_second_run_is_refused_and_told_who_has_the_lease(first: Ledger, other: Ledger) -> None:
    with first.leased():
        before = content_of(first)
        with pytest.raises(LockedError) as refused, other.leased():
            pass
        assert content_of(first) == before
    assert refused.value.exit_status is ExitStatus.LOCKED
    assert f"process {os.getpid()} on host-1, since " in str(refused.value)
    assert refused.value.hint


def test_the_fence_grows_with_every_run_and_what_was_given_back_is_no_act(first: Ledger, other: Ledger) -> None:
    fences = []
    for ledger in (first, other, first):
        with ledger.leased() as lease:
            fences.append(lease.fence)
    assert fences == [1, 2, 3]
    assert list(first.acts()) == []


@pytest.mark.parametrize("interruption", [RuntimeError, KeyboardInterrupt])
def test_a_run_that_ends_by_an_error_or_ctrl_c_gives_the_lease_back(
    first: Ledger, other: Ledger, interruption: type[BaseException]
) -> None:
    with pytest.raises(interruption), first.leased():
        raise interruption
    assert row_of(first).released
    with other.leased():
        assert list(other.acts()) == []


def test_a_run_with_the_lease_records(first: Ledger) -> None:
    with first.leased():
        first.record_slot(birth_of(slot_of(1), {A: [1]}))
    assert [act.kind for act in first.acts()] == ["issue-slot"]


_HOLDER = """
import sys
from pathlib import Path
from tests.ledger.made import Place

with Place(Path(sys.argv[1]), sys.argv[2]).opened(host="host-1") as ledger, ledger.leased():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_killed_holder_is_taken_over_from_at_once_and_the_act_says_so(opened_place: Place) -> None:
    command = [sys.executable, "-c", _HOLDER, str(opened_place.base), opened_place.url]
    with (
        subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder,
        opened_place.opened(host="host-2") as ledger,
    ):
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(LockedError, match=f"process {holder.pid} on host-1"), ledger.leased():
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait(30)
        with ledger.leased() as lease:
            assert lease.fence == 2
        (act,) = ledger.acts()
    assert (act.kind, act.subject, act.host) == (TAKEN_OVER, "host-1", "host-2")
    assert f'"fence":2,"from_fence":1,"from_identity":"publisher","from_process":{holder.pid}' in act.content


def test_a_holder_that_stands_still_is_taken_over_from_once_its_lease_has_ended(first: Ledger, second: Ledger) -> None:
    with first.leased(BRIEF), second.leased() as lease:
        assert lease.fence == 2
        second.record_slot(birth_of(slot_of(1), {A: [1]}))
        assert [act.kind for act in second.acts()] == [TAKEN_OVER, "issue-slot"]


def test_who_lost_the_lease_records_nothing_more_while_the_other_runs_nor_after(first: Ledger, second: Ledger) -> None:
    with losing(first):
        with second.leased():
            refuses_all(first)
        refuses_all(first)


def test_who_lost_the_lease_is_told_by_whom_and_ends_with_11(first: Ledger, second: Ledger) -> None:
    with losing(first), second.leased(), pytest.raises(LeaseLostError, match="on host-2, since") as lost:
        first.record_finding("x", {})
    assert lost.value.exit_status is ExitStatus.LOCKED


def test_a_run_that_failed_because_it_was_taken_over_from_says_that(first: Ledger, second: Ledger) -> None:
    # Its files were swept away by the other run, say.
    with losing(first), second.leased():
        raise OutboxError("gone")


def test_who_lost_the_lease_does_not_give_back_the_others(first: Ledger, second: Ledger) -> None:
    losing = first.leased(BRIEF)
    losing.__enter__()
    with second.leased():
        losing.__exit__(None, None, None)
        assert not row_of(second).released


def test_who_took_over_is_not_taken_over_from_when_the_one_that_stood_still_ends(
    opened_place: Place, second: Ledger
) -> None:
    with opened_place.opened(host="host-1") as first:
        with first.leased(BRIEF) as lost:
            taking = second.leased()
            taking.__enter__()
        assert lost.fence == 1
    with opened_place.opened(host="host-3") as third, pytest.raises(LockedError, match="host-2"), third.leased():
        pass
    taking.__exit__(None, None, None)
    assert row_of(second).released


def test_one_who_took_over_and_was_killed_holds_up_nobody_though_the_first_still_stands(
    first: Ledger, second: Ledger, opened_place: Place
) -> None:
    with first.leased(BRIEF):
        # Killed, for all that others can see: no row given back, no lock.
        lease = Lease(second._database, second._engine, second._actor, second._now)
        lease.take()
        lease._liveness.release()
        with opened_place.opened(host="host-3") as third, third.leased() as taken:
            assert taken.fence == 3


def test_a_renewal_lets_the_lease_end_later(first: Ledger) -> None:
    instants = iter([NOON + timedelta(minutes=minute) for minute in range(9)])
    lease = Lease(first._database, first._engine, first._actor, lambda: next(instants))
    lease.take()
    before = row_of(first)
    lease.renew()
    after = row_of(first)
    lease.release()
    assert before.expires_at - before.renewed_at == after.expires_at - after.renewed_at == TERMS.lasts
    assert (after.taken_at, after.fence) == (before.taken_at, before.fence)
    assert before.expires_at < after.expires_at


def test_a_clock_that_was_set_back_ends_no_lease_before_it_began(first: Ledger) -> None:
    instants = iter([NOON, NOON, NOON - timedelta(days=1), NOON])
    lease = Lease(first._database, first._engine, first._actor, lambda: next(instants, NOON))
    lease.take()
    lease.renew()
    assert row_of(first).renewed_at >= row_of(first).taken_at
    lease.release()


def test_a_lease_is_confirmed_without_a_look_until_its_renewal_is_old(first: Ledger) -> None:
    seconds = [1000.0]
    lease = Lease(first._database, first._engine, first._actor, first._now, clock=lambda: seconds[0])
    lease.take()
    statements: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        statements.append(statement)

    event.listen(first._engine, "before_cursor_execute", count)
    seconds[0] += TERMS.trusted_for.total_seconds() - 1
    lease.confirm()
    assert statements == []
    seconds[0] += 1
    lease.confirm()
    assert statements != []
    statements.clear()
    lease.confirm()
    assert statements == []
    lease.confirm(anew=True)
    assert statements != []
    lease.release()


def test_an_old_renewal_is_not_trusted_where_another_run_has_the_lease(first: Ledger, second: Ledger) -> None:
    seconds = [1000.0]
    lease = Lease(first._database, first._engine, first._actor, first._now, terms=BRIEF, clock=lambda: seconds[0])
    lease.take()
    with second.leased():
        lease.confirm()
        seconds[0] += BRIEF.trusted_for.total_seconds()
        with pytest.raises(LeaseLostError):
            lease.confirm()
        seconds[0] = 1000.0
        with pytest.raises(LeaseLostError):
            lease.confirm()
    lease.release()


def test_a_renewal_is_trusted_for_less_than_a_lease_lasts_and_made_several_times_meanwhile() -> None:
    assert TERMS.every * 3 <= TERMS.trusted_for < TERMS.lasts


class Kept:
    """A lease that counts its renewals and fails as it is told."""

    terms = LeaseTerms(every=timedelta(milliseconds=1))

    def __init__(self, *fails: Exception | None) -> None:
        self._fails = iter(fails)
        self.renewals = 0
        self.was_released = False
        self.reached = Event()

    def take(self) -> None:
        pass

    def renew(self) -> None:
        self.renewals += 1
        fault = next(self._fails, None)
        if self.renewals == 3:
            self.reached.set()
        if fault is not None:
            raise fault

    def confirm(self, *, anew: bool = False) -> None:
        del anew

    def release(self) -> None:
        self.was_released = True


def test_a_lease_is_renewed_beside_the_run_again_after_a_renewal_that_failed() -> None:
    kept = Kept(LedgerError("cut off"), LedgerError("cut off"))
    with holding(kept):  # type: ignore[arg-type]  # it does what is asked of a lease
        assert kept.reached.wait(30)
    assert kept.was_released


def test_two_runs_that_begin_at_once_share_no_lease(first: Ledger, other: Ledger) -> None:
    both, done = Barrier(2), Barrier(2)

    def run(ledger: Ledger) -> str:
        both.wait(30)
        try:
            with ledger.leased():
                done.wait(30)
        except LockedError:
            done.wait(30)
            return "locked"
        return "ran"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, (first, other))) == ["locked", "ran"]
    assert row_of(first).fence == 1


def test_whatever_is_recorded_while_a_lease_is_taken_over_is_recorded_before_that_or_not_at_all(
    first: Ledger, second: Ledger
) -> None:
    some = Event()

    def record(worker: int) -> int:
        for number in range(10_000):
            try:
                first.record_finding(f"{worker}-{number}", {})
            except LeaseLostError:
                return number
            if number == 2:
                some.set()
        return -1

    with losing(first), ThreadPoolExecutor(4) as pool:
        workers = [pool.submit(record, worker) for worker in range(4)]
        assert some.wait(30)
        with second.leased():
            recorded = sum(worker.result(60) for worker in workers)
    acts = list(first.acts())
    assert acts[-1].kind == TAKEN_OVER
    assert len(acts) == recorded + 1
    assert list(check(acts)) == []


def test_a_take_over_waits_for_a_record_that_is_being_made(first: Ledger, second: Ledger) -> None:
    began = Event()

    def take_over() -> int:
        began.set()
        with second.leased() as lease:
            return lease.fence

    with first.leased(BRIEF), ThreadPoolExecutor(1) as pool:
        taking: list[Future[int]] = []

        def change(connection: Connection) -> Deed:
            taking.append(pool.submit(take_over))
            assert began.wait(30)
            return record_finding(connection, "last", {}, NOON)

        first._record(change)
        assert taking[0].result(60) == 2
    assert [act.subject for act in first.acts()] == ["last", "host-1"]


def test_a_ledger_that_is_only_read_needs_no_lease(first: Ledger, opened_place: Place) -> None:
    with first.leased():
        reader = opened_place.existing()
        assert reader is not None
        with reader:
            assert reader.slots() == []
            reader.confirm_lease(anew=True)
