"""Single rows moved into rivals' files: what the guard says of them against what the plain implementation says."""

from __future__ import annotations

import csv
import hashlib
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.calendar import period_of
from ecosmig_publish.emrr.terms import Report, Slot, parse_signifier
from ecosmig_publish.guards.leak import Fault, GuardedFile, check_files
from tests.installation import Installation
from tests.plain.nasty import START, stages
from tests.plain.reports import Reports, Run, _Slot, is_installation

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.ledger import RecordedFile
    from ecosmig_publish.migration_data import MigrationData
    from tests.plain.data import Data

NAMING_DEVICES = (Report.ECOSMIG_001, Report.ECOSMIG_002, Report.ECOSMIG_003, Report.ECOSMIG_006)
_SECOND = timedelta(seconds=1)


@dataclass
class Played:
    """How many rows were moved, and how many of them were foreign where they went."""

    moved: int = 0
    foreign: int = 0


def play(seed: int, home: Path, *, breaks_contract: bool) -> Played:
    """Issue from a nasty source, stage by stage, and move a few rows of each report to every other supplier."""
    random, played = Random(seed), Played()
    installation = Installation(home, START.replace(tzinfo=UTC), "")
    for number, stage in enumerate(stages(random, breaks_contract=breaks_contract)):
        folder = home / f"stage-{number}"
        stage.data.write_parquet(folder)
        installation.source_url = f"parquet:{folder}"
        for run in stage.runs:
            outcome = installation.run(run.replace(tzinfo=UTC))
            assert outcome.source_error is None
            # Nobody has a folder, so that every file waits: what was issued now passed just now.
            assert outcome.refused == []
            born = {issued.slot for issued in outcome.issued}
            with installation.wiring().ledger() as ledger:
                files = [file for file in ledger.files() if Slot(file.due_at, file.report) in born]
            with installation.wiring().data() as data:
                for file in files:
                    if file.report in NAMING_DEVICES:
                        _move_rows(file, installation, stage.data, data, random, played)
    return played


def _move_rows(
    file: RecordedFile,
    installation: Installation,
    plain: Data,
    data: MigrationData,
    random: Random,
    played: Played,
) -> None:
    path = installation.home / "state" / "outbox" / file.outbox_path
    text = path.read_bytes().decode()
    first, *lines = _records(text)
    for line in random.sample(lines[:-1], min(2, len(lines) - 1)):
        detail = next(csv.reader(io.StringIO(line, newline="")))
        for rival in ("PXX000", "PXX001", "PXX002", "ZZZ999"):
            if rival == file.recipient:
                continue
            moved = first.replace(file.recipient, rival) + line + "99,1,DCC Controlled\r\n"
            guarded = _finished(installation.home / "moved" / rival, file, rival, moved)
            slot = Slot(file.due_at, file.report)
            found = check_files([guarded], report=file.report, period=period_of(slot), data=data)
            expected = _is_foreign(file, detail, rival, plain)
            assert [bad.fault for bad in found] == [Fault.FOREIGN] * expected, (slot, rival, detail, found)
            played.moved += 1
            played.foreign += expected


def _records(text: str) -> list[str]:
    """The records as they stand, a quoted line break inside."""
    records, part = [], ""
    for line in io.StringIO(text, newline=""):
        part += line
        if part.count('"') % 2 == 0 and part.endswith("\r\n"):
            records.append(part)
            part = ""
    assert not part
    return records


def _finished(folder: Path, file: RecordedFile, rival: str, text: str) -> GuardedFile:
    folder.mkdir(parents=True, exist_ok=True)
    name = file.name.replace(file.recipient, rival)
    content = text.encode()
    (folder / name).write_bytes(content)
    known = GuardedFile(folder / name, name, parse_signifier(rival), file.sequence, 1, len(content), "")
    return replace(known, sha256=hashlib.sha256(content).hexdigest())


def _is_foreign(file: RecordedFile, detail: list[str], rival: str, plain: Data) -> bool:
    """Whether no counterpart of the row in the source was the rival's, as the plain implementation sees it."""
    report, due_at = file.report.value[-3:], file.due_at.replace(tzinfo=None)
    said = _Slot(Reports(START), report, due_at, due_at, file.generated_at.replace(tzinfo=None), plain, Run())
    device_id = detail[1]
    if report == "003":
        mine = said.holders_before(device_id, said.end)
        others = [span for span in said.spans(device_id) if span["sec_party_id"] != rival]
        return rival not in mine or not others or not said.is_gained(device_id)
    place = {"001": 7, "002": 9, "006": 3}[report]
    printed = datetime.strptime(detail[place], "%Y%m%dT%H%M%S")  # noqa: DTZ007 - naive UTC, as the source
    if report == "006":
        moments = [row["occurred_at"] for row in plain.network_notifications if row["device_id"] == device_id]
        moments += [
            row["occurred_at"]
            for row in plain.device_status_events
            if row["device_id"] == device_id and (is_installation(row) or row["to_status"] == "COMMISSIONED")
        ]
    else:
        outcome = {"001": "SUCCESS", "002": "FAILURE"}[report]
        moments = [
            row["completed_at"]
            for row in plain.migration_attempts
            if row["device_id"] == device_id and row["outcome"] == outcome
        ]
    near = [moment for moment in moments if moment is not None and printed <= moment < printed + _SECOND]
    assert near
    return not any(rival in said.holders(device_id, moment) for moment in near)
