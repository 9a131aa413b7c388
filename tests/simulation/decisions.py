"""What an operator decides of issues that stand in their folders: to send one again, to take one back."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.ledger import HeldEntry, ResendEntry, WithdrawalEntry
from tests.simulation.file_read import read_file
from tests.simulation.history import HOLDING

if TYPE_CHECKING:
    from ecosmig_publish.ledger import Ledger, RecordedFile
    from tests.simulation.world import World


def decide(world: World) -> None:
    """Decide of some issues, chosen at random."""
    with world.wiring().locked_ledger() as ledger:
        for _ in range(world.random.randint(1, 4)):
            file = _some_issue(world, ledger)
            if file is None:
                continue
            world.tally.decisions += 1
            if world.random.random() < 0.5:
                _send_again(world, ledger, file)
            else:
                _take_back(world, ledger, file)


def _some_issue(world: World, ledger: Ledger) -> RecordedFile | None:
    """Return the one file of an issue that stands as it was issued, and of which nothing was decided."""
    recipient = Signifier(world.random.choice(sorted(world.place.folders)))
    files = list(ledger.files(recipient, Report(world.random.choice(HOLDING))))
    parts = [file.issue_id for file in files]
    free = [
        file
        for file in files
        if file.rows
        and parts.count(file.issue_id) == 1
        and file.proved_at is not None
        and (file.resent_at, file.withdrawn_at, file.superseded_by) == (None, None, None)
    ]
    return world.random.choice(free) if free else None


def _send_again(world: World, ledger: Ledger, file: RecordedFile) -> None:
    """Half of the time because somebody deleted it."""
    if world.random.random() < 0.5:
        world.place.remove(str(file.recipient), file.name)
        world.people_were_seen()
        world.mischief.people_meddled()
    ledger.record_resend(ResendEntry(file.issue_id, world.at.replace(tzinfo=UTC), "the simulation asks for it"))


def _take_back(world: World, ledger: Ledger, file: RecordedFile) -> None:
    """Leave the file where it is; its rows are held again, and reported once more by a later issue."""
    read = read_file(world.wiring().outbox().file(file.outbox_path).read_bytes())
    found = [world.source.found(read, fields) for fields in read.details]
    keys = [it[0] for it in found if it is not None]
    assert len(keys) == file.rows, file.name
    reasons = (f"withdrawn:{file.name}",)
    ledger.record_withdrawal(
        WithdrawalEntry(
            issue_id=file.issue_id,
            withdrawn_at=world.at.replace(tzinfo=UTC),
            reason="the simulation asks for it",
            removed=False,
            released=tuple(HeldEntry(key, reasons, str(file.recipient)) for key in keys),
        )
    )
    world.history.take_back(read.report, keys)
    # They are held, whatever they are like, until the next slot tries them.
    world.source.mended.update(dict.fromkeys(keys, world.at))
