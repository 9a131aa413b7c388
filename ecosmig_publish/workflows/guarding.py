"""The leak guard at work: on finished files before they get their numbers, on files that waited before they leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Slot
from ecosmig_publish.errors import OutboxError, SourceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ecosmig_publish.errors import ForeignRowError
    from ecosmig_publish.guards.leak import BadFile, GuardedFile
    from ecosmig_publish.ledger import Ledger, WaitingFile
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.outbox import Outbox, WrittenFile

FOREIGN_ROW = "foreign-row"
"""The kind of finding that a stopped slot leaves in the ledger."""

NOT_ISSUED = "the slot was not issued, no number was used"
NOT_LEAVING = "nothing of the slot leaves the outbox"
_KEPT = 20
_INSTANT_OF_A_NAME = re.compile(r"_[0-9]{14}\.csv")


@dataclass(frozen=True, slots=True)
class RefusedSlot:
    """A slot that the leak guard stopped, before its files had numbers or while they waited."""

    slot: Slot
    error: ForeignRowError


@dataclass(slots=True)
class GuardedWait:
    """What the guard says of files that waited; `source_error` where the source couldn't be asked."""

    refused: list[RefusedSlot] = field(default_factory=list)
    source_error: SourceError | None = None


def guard_finished(
    files: Sequence[WrittenFile],
    slot: Slot,
    *,
    data: MigrationData,
    ledger: Ledger,
    became: str = NOT_ISSUED,
) -> None:
    """Return where every finished file may go to its recipient; they have no numbers in the ledger yet.

    Raises `ForeignRowError` where one may not, and leaves a finding; `became` says what is not done then.
    """
    from ecosmig_publish.guards.leak import GuardedFile, check_files, refusal  # noqa: PLC0415 - needs the engine

    guarded = [
        GuardedFile(
            path=file.path,
            name=file.name,
            recipient=file.recipient,
            sequence=file.sequence,
            rows=file.rows,
            size=file.fingerprint.size,
            sha256=file.fingerprint.sha256,
        )
        for file in files
    ]
    bad = check_files(guarded, report=slot.report, period=period_of(slot), data=data)
    if bad:
        _record(slot, bad, ledger)
        raise refusal(
            slot,
            bad,
            became=became,
            hint="Run ecosmig data check and ask the source's owner what changed; run again once it is mended. If the "
            "source is right, this is a fault of this program: keep the finding (ecosmig status --json).",
        )


def guard_waiting(
    files: Iterable[WaitingFile],
    *,
    ledger: Ledger,
    outbox: Outbox,
    open_data: Callable[[], MigrationData],
) -> GuardedWait:
    """Return the slots of which a file must not leave the outbox any more, by the source as it stands now.

    A source that can't be used stops nothing: the files passed when they were made, and are still read and compared
    with name, owner and slot. A file that is gone, or not what the ledger issued, is left to the placing to refuse.
    """
    outcome = GuardedWait()
    waiting = sorted(files, key=_slot_of)
    if not waiting:
        return outcome
    try:
        with open_data() as data:
            _guard_slots(waiting, ledger, outbox, data, outcome)
    except SourceError as error:
        outcome.source_error = error
        outcome.refused.clear()
        _guard_slots(waiting, ledger, outbox, None, outcome)
    return outcome


def _guard_slots(
    waiting: Sequence[WaitingFile],
    ledger: Ledger,
    outbox: Outbox,
    data: MigrationData | None,
    outcome: GuardedWait,
) -> None:
    from ecosmig_publish.guards.leak import BadFile, Fault, check_files, refusal  # noqa: PLC0415 - needs the engine

    for slot, files in groupby(waiting, key=_slot_of):
        guarded = [it for file in files if (it := _as_guarded(file, outbox)) is not None]
        try:
            found = check_files(guarded, report=slot.report, period=period_of(slot), data=data)
        except ValueError:
            message = f"the ledger has it in a slot that {slot.report} doesn't have"
            found = [BadFile(it.name, it.recipient, Fault.BROKEN, message) for it in guarded]
        bad = [it for it in found if it.fault is not Fault.CHANGED]
        if bad:
            _record(slot, bad, ledger)
            outcome.refused.append(
                RefusedSlot(slot, refusal(slot, bad, became=NOT_LEAVING, hint=_way_out(slot, bad[0].name)))
            )


def _way_out(slot: Slot, name: str) -> str:
    # A correction alone is none: it goes out behind the file that it supersedes.
    take_back = (
        f"ecosmig issue withdraw {name}, then ecosmig issue correct {name}"
        if slot.report is Report.ECOSMIG_003
        else f"ecosmig issue withdraw {name} --release; its rows then go to whose they are"
    )
    return f"Mend the source where it is wrong, and run again. Where it is right, take such a file back: {take_back}"


def _slot_of(file: WaitingFile) -> Slot:
    return Slot(file.due_at, file.report)


def _as_guarded(file: WaitingFile, outbox: Outbox) -> GuardedFile | None:
    from ecosmig_publish.guards.leak import GuardedFile  # noqa: PLC0415 - needs the engine

    try:
        path = outbox.file(file.outbox_path)
    except OutboxError:
        return None
    return GuardedFile(path, file.name, file.recipient, file.sequence, file.rows, file.size, file.sha256)


def _record(slot: Slot, bad: Sequence[BadFile], ledger: Ledger) -> None:
    """Leave a finding, once: a slot that is tried anew at every run is stopped every time."""
    detail = {
        "report": slot.report.value,
        "slot": f"{slot.due_at:%Y-%m-%dT%H:%M:%SZ}",
        "files": "; ".join(str(it) for it in bad[:_KEPT]),
    }
    known = (finding.detail for finding in ledger.findings() if finding.kind == FOREIGN_ROW)
    if _timeless(detail) not in [_timeless(it) for it in known]:
        ledger.record_finding(FOREIGN_ROW, detail)


def _timeless(detail: Mapping[str, object]) -> dict[str, str]:
    """Return what is found without the instants in files' names: made anew, a slot's files have others."""
    return {key: _INSTANT_OF_A_NAME.sub("", str(value)) for key, value in detail.items()}
