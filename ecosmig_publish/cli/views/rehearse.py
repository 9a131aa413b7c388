"""What `rehearse` does: a month of runs in an installation of its own, against the stand-in."""

from __future__ import annotations

import shlex
from datetime import timedelta
from typing import TYPE_CHECKING

from ecosmig_publish.cli.calling import called_as
from ecosmig_publish.cli.progress import pacing
from ecosmig_publish.cli.views.rehearse_document import rehearsed_document
from ecosmig_publish.cli.views.rehearse_installation import (
    SEEN,
    STAND_IN,
    rehearsal_home,
    rehearsal_settings,
    write_rehearsal,
)
from ecosmig_publish.cli.views.rehearse_reach import outside
from ecosmig_publish.cli.views.rehearse_result import Kept, Rehearsed
from ecosmig_publish.cli.views.rehearse_screen import render_rehearsed
from ecosmig_publish.cli.views.rehearse_stage import Stage, played_wiring
from ecosmig_publish.cli.views.rehearse_stand_in import rehearsal_stand_in
from ecosmig_publish.cli.views.verify import exit_status as verification_status
from ecosmig_publish.cli.wired import wired
from ecosmig_publish.migration_data.recorded import recorded
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.rehearsing.judging import exit_status
from ecosmig_publish.workflows.rehearsing.played_time import PlayedTime
from ecosmig_publish.workflows.rehearsing.playing import play

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.cli.views.rehearse_asked import Asked
    from ecosmig_publish.migration_data import MigrationData
    from ecosmig_publish.wiring import Wiring
    from ecosmig_publish.workflows.rehearsing.playing import PlayedRun
    from ecosmig_publish.workflows.rehearsing.timetable import Timetable
    from ecosmig_publish.workflows.running import RunOutcome

_ONBOARDED_BEFORE = timedelta(hours=1)


def rehearse_and_show(invocation: Invocation, asked: Asked, directory: Path | None) -> int:
    """Play the month in `directory`, else in a folder that is taken away again, and show what it came to."""
    own = wired(invocation)
    until = asked.until(own.now())
    if until < asked.ends_at:
        invocation.say(f"{asked.month:%Y-%m} isn't over: it is played until now, {until:%Y-%m-%d %H:%M}Z")
    with rehearsal_home(directory) as home, own.data(spill_directory=home / "spill") as data:
        rehearsed = _rehearse(invocation, asked, until, own, data, home, keeps=directory is not None)
    invocation.result(rehearsed_document(rehearsed), lambda: render_rehearsed(rehearsed))
    return rehearsed.status


def _rehearse(
    invocation: Invocation, asked: Asked, until: datetime, own: Wiring, data: MigrationData, home: Path, *, keeps: bool
) -> Rehearsed:
    register, time, slots = party_register(data), PlayedTime(), asked.slots(until)
    reach = recorded(data)
    if says := outside(reach, asked.month, until):
        invocation.say(f"The source and {asked.month:%Y-%m}: {says}")
    with rehearsal_stand_in(home, own.settings, time) as place:
        readers, invented = place.introduce(register, own.settings.suppliers)
        settings = rehearsal_settings(own.settings, home, asked.month, place.settings, readers)
        wiring = played_wiring(settings, time)
        with wiring.ledger() as ledger:
            stage = Stage(wiring, ledger, place, time, data)
            invocation.say(f"Onboarding {len(register):,} parties of the register at a stand-in for SharePoint")
            refused = stage.onboard(register, asked.month - _ONBOARDED_BEFORE)
            runs = _play(invocation, stage, asked, asked.timetable(slots, until))
            invocation.say("Verifying folders, ledger and outbox")
            ending = stage.end(slots, until)
        kept = None
        if keeps:
            place.copy_files(home / SEEN)
            again = f"{called_as()} sandbox --dir {shlex.quote(str(home / STAND_IN))} --port {place.port}"
            kept = Kept(home, write_rehearsal(settings, again), again)
    return Rehearsed(
        asked=asked,
        until=until,
        due=slots,
        recorded=reach,
        parties=tuple(register),
        # On a disk nobody needs a reader.
        invented=tuple(invented) if own.settings.destination.kind == "sharepoint" else (),
        unregistered=tuple(it.signifier for it in own.settings.suppliers if it.signifier not in register),
        refused=refused,
        runs=runs,
        ending=ending,
        status=exit_status(runs, ending, verification_status(ending.verified.discrepancies)),
        kept=kept,
    )


def _play(invocation: Invocation, stage: Stage, asked: Asked, timetable: Timetable) -> list[PlayedRun]:
    def run(start: datetime) -> RunOutcome:
        stage.place.disturb(asked.faults, asked.seed, start)
        return stage.run(start)

    starts = timetable.starts
    invocation.say(f"Playing {len(starts):,} runs of {asked.month:%Y-%m}")
    with pacing(invocation, "runs", len(starts)) as tell:
        return play(
            timetable,
            time=stage.time,
            run=run,
            traffic=stage.place.traffic,
            left=stage.left,
            before=stage.prove_access,
            on_run=lambda played: tell(timetable.done_by(played.ended_at), f"{played.began_at:%Y-%m-%d %H:%M}Z"),
        )
