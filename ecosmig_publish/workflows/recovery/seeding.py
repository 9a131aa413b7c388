"""To take over from an older system: which numbers and bounds go into the ledger, and whether they may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import due_slots, period_of
from ecosmig_publish.emrr.catalogue import HOLDING
from ecosmig_publish.emrr.terms import Report, Signifier, Slot
from ecosmig_publish.errors import UsageError
from ecosmig_publish.ledger.entries import SlotEntry
from ecosmig_publish.ledger.seeds import SlotSeed, StreamSeed, stands_in_the_way
from ecosmig_publish.workflows.recovery.seeding_from_folders import FoundStream, Oddity, look_into

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from ecosmig_publish.destinations import PublishingDestination
    from ecosmig_publish.ledger import Ledger
    from ecosmig_publish.migration_data import MigrationData

_EVER = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class SeedPlan:
    """What is to be seeded; `found` and `oddities` are what the folders show, `remarks` what a person should know."""

    streams: tuple[StreamSeed, ...]
    slots: tuple[Slot, ...]
    found: tuple[FoundStream, ...]
    oddities: tuple[Oddity, ...]
    remarks: tuple[str, ...]


def plan_seeding(
    said: Mapping[tuple[Report, Signifier], int],
    bounds: Mapping[Report, datetime],
    *,
    from_folders: bool,
    ledger: Ledger,
    destination: PublishingDestination,
    start: datetime,
    now: datetime,
) -> SeedPlan:
    """Return what is to be seeded: the numbers that were said, or with `from_folders` those that the folders show.

    The folder of every recipient whose number is said is looked into too. Raises `UsageError` where a stream or report
    has issues already, where a said number is lower than one in the folder, or a bound is no slot's instant; and as
    the destination does.
    """
    folders = ledger.folders()
    wanted = folders.keys() if from_folders else {recipient for _, recipient in said} & folders.keys()
    looks = [look_into(folders[recipient], destination) for recipient in sorted(wanted)]
    found = tuple(stream for look in looks for stream in look.streams)
    shown = {(it.report, it.recipient): it.last for it in found}
    for key, number in said.items():
        if number < shown.get(key, 0):
            raise UsageError(
                f"{key[0]} for {key[1]}: the last number can't be {number:,}, its folder holds number {shown[key]:,}",
                hint=f"--stream {key[0]}:{key[1]}={shown[key]}, or a higher number that was sent elsewhere.",
            )
    numbers = {**(shown if from_folders else {}), **said}
    slots = tuple(sorted(_slot(report, due_at, now) for report, due_at in bounds.items()))
    _refuse_issued(numbers.keys(), slots, ledger)
    return SeedPlan(
        streams=tuple(StreamSeed(*key, number) for key, number in sorted(numbers.items())),
        slots=slots,
        found=found,
        oddities=tuple(oddity for look in looks for oddity in look.oddities),
        remarks=_remarks(numbers, slots, ledger, folders.keys(), start),
    )


def seed(
    plan: SeedPlan,
    *,
    cut_off: datetime | None,
    settle: timedelta,
    ledger: Ledger,
    open_data: Callable[[], MigrationData],
    now: datetime,
) -> tuple[SlotSeed, ...]:
    """Record what was planned, in one transaction, and return the slots as they were recorded.

    `cut_off` is what the older system saw of the source at its last slots, None: all that was recorded when each fell
    due. The source is read where a report carries over. Raises `UsageError` for a cut-off that is later than any that
    a run could use now, `LedgerError` where something was issued meanwhile, and `SourceError`.
    """
    at = now.replace(microsecond=0)
    if cut_off is not None and cut_off > at - settle:
        raise UsageError(
            f"--cut-off {cut_off:%Y-%m-%dT%H:%M:%SZ} is later than what a run could use now",
            hint="Give the instant at which the older system last read the source.",
        )
    entries = [SlotEntry(it, period_of(it), cut_off or it.due_at, at, None) for it in plan.slots]
    slots = tuple(_with_source(entries, open_data)) if entries else ()
    ledger.record_seeds(plan.streams, slots)
    return slots


def _with_source(entries: Iterable[SlotEntry], open_data: Callable[[], MigrationData]) -> Iterable[SlotSeed]:
    carried = [entry for entry in entries if entry.slot.report in HOLDING]
    yield from (SlotSeed(entry) for entry in entries if entry not in carried)
    if not carried:
        return
    # The engine is slow to import, and numbers alone don't need it.
    from ecosmig_publish.workflows.recovery.seeding_bounds import seed_from_source  # noqa: PLC0415

    with open_data() as data:
        for entry in carried:
            yield seed_from_source(entry, data)


def _slot(report: Report, due_at: datetime, now: datetime) -> Slot:
    slot = Slot(due_at, report)
    earlier = [it.due_at for it in due_slots(report, after=due_at - _EVER, until=due_at)]
    if earlier[-1:] != [due_at]:
        raise UsageError(
            f"--reported-up-to {report}={due_at:%Y-%m-%dT%H:%M:%SZ}: {report} has no slot at this instant",
            hint=f"Name the instant at which its last slot fell due, such as {earlier[-1]:%Y-%m-%dT%H:%M:%SZ}.",
        )
    if due_at > now:
        raise UsageError(
            f"--reported-up-to {report}={due_at:%Y-%m-%dT%H:%M:%SZ} is later than now",
            hint="Name the last slot that the older system issued.",
        )
    return slot


def _refuse_issued(streams: Collection[tuple[Report, Signifier]], slots: Iterable[Slot], ledger: Ledger) -> None:
    with ledger.at_one_moment() as connection:
        reasons = [stands_in_the_way(connection, *key) for key in sorted(streams)]
        reasons += [stands_in_the_way(connection, slot.report) for slot in slots]
    for reason in reasons:
        if reason is not None:
            raise UsageError(
                f"{reason}: it can't be taken over any more; nothing was seeded",
                hint="ecosmig status shows what was issued. Seed before the first run, or leave this stream out.",
            )


def _remarks(
    numbers: Mapping[tuple[Report, Signifier], int],
    slots: Iterable[Slot],
    ledger: Ledger,
    onboarded: Collection[Signifier],
    start: datetime,
) -> tuple[str, ...]:
    bounded = {slot.report for slot in slots}
    known = ledger.last_slots().keys()
    unbounded = sorted({report for report, _ in numbers if report in HOLDING} - bounded - known)
    remarks = [
        f"{report}: nobody says up to when all is reported, so its first issue carries all of history: "
        f"--reported-up-to {report}=INSTANT"
        for report in unbounded
    ]
    remarks += [
        f"{slot.report}: slots due after {slot.due_at:%Y-%m-%dT%H:%M:%SZ} and until start, {start:%Y-%m-%dT%H:%M:%SZ}, "
        "are not issued by this installation"
        for slot in slots
        if next(due_slots(slot.report, after=slot.due_at, until=start), None) is not None
    ]
    remarks += [
        f"{recipient}: it has no folder yet, so its numbers were compared with nothing"
        for recipient in sorted({recipient for _, recipient in numbers} - set(onboarded))
    ]
    return tuple(remarks)
