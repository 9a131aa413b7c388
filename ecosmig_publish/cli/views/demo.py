"""What `demo` does: the main job on generated data, as an operator would drive it."""

from __future__ import annotations

import shlex
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.cli.calling import called_as
from ecosmig_publish.cli.folders import make_new_folder, write_configuration_file
from ecosmig_publish.cli.progress import counting, sharing
from ecosmig_publish.cli.views.demo_destinations import demo_destination
from ecosmig_publish.cli.views.verify import exit_status, render_verification
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.issuing.register import party_register
from ecosmig_publish.workflows.onboarding import onboard_suppliers
from ecosmig_publish.workflows.running import Narrowing, RunOutcome, Watcher, run_everything
from ecosmig_publish.workflows.verifying import Verified, verify_folders

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.cli.views.demo_destinations import DemoDestination
    from ecosmig_publish.emrr.terms import Signifier
    from ecosmig_publish.ledger import Ledger, OpenHold, RecordedFile

SEED = 20260302
START = datetime(2026, 3, 1, 5, 0, tzinfo=UTC)
"""A Sunday that is the 1st, just before its slots: the week that follows has all six reports in it."""
HOURS_OF_A_WEEK = 7 * 24

_SOURCE = "duckdb:data/migration.duckdb"
_CONFIGURATION = """\
# Written by `ecosmig demo`; `ecosmig init` writes a commented one to fill in.
start = {start:%Y-%m-%dT%H:%M:%SZ}
{head}
[source]
url = "{source}"

[ledger]
url = "sqlite:state/ecosmig.db"

[outbox]
path = "state/outbox"

{blocks}"""


def show_demo(invocation: Invocation, directory: Path | None, devices: int, *, on_disk: bool = False) -> int:
    """Do everything in `directory` and show it; returns the status of the last verification."""
    home = _home(directory)
    with demo_destination(home, on_disk=on_disk) as destination:
        return _demonstrate(invocation, home, devices, destination)


def _demonstrate(invocation: Invocation, home: Path, devices: int, destination: DemoDestination) -> int:
    invocation.say(f"1. Generating migration data of {devices:,} Devices, as a source would hold it: {home / 'data'}")
    with sharing(invocation, "generating") as tell:
        _generate(home, devices, tell)
    configuration = home / "ecosmig.toml"
    text = _CONFIGURATION.format(start=START, source=_SOURCE, head=destination.head, blocks=destination.blocks)
    write_configuration_file(configuration, text)
    register = _register(home)
    destination.introduce(register)
    wiring = Wiring(load_settings(configuration, {}, home))
    with wiring.locked_ledger() as ledger:
        invocation.say(f"2. Onboarding every party of the register: {destination.name}")
        onboarded = onboard_suppliers(register, ledger=ledger, destination=wiring.onboarding(), now=wiring.now)
        folders = sum(1 for _ in onboarded)
        invocation.say("3. Issuing and publishing a week of slots, run by run, as a scheduler would")
        outcomes = _play(invocation, wiring, ledger)
        invocation.say("4. Verifying every file: ledger and folders, both ways, byte by byte")
        verified = verify_folders(ledger=ledger, destination=wiring.publishing(ledger), deep=True)
        files, holds = list(ledger.files()), ledger.open_holds()
    destination.gather()
    document = {
        "directory": home,
        "configuration": configuration,
        "destination": wiring.settings.destination.kind,
        "folders": folders,
        "runs": len(outcomes),
        "slots": sum(len(outcome.issued) for outcome in outcomes),
        "files": len(files),
        "rows": sum(file.rows for file in files),
        "proved": sum(file.proved_at is not None for file in files),
        "held": len(holds),
        "discrepancies": len(verified.discrepancies),
    }
    invocation.result(document, lambda: _render(home, outcomes, files, holds, verified, destination))
    waits = any(file.proved_at is None for file in files)
    return max(exit_status(verified.discrepancies), ExitStatus.UNPROVED if waits else ExitStatus.OK)


def _home(directory: Path | None) -> Path:
    if directory is None:
        return Path(tempfile.mkdtemp(prefix="ecosmig-demo-"))
    make_new_folder(directory)
    return directory.resolve()


def _generate(home: Path, devices: int, tell: Callable[[str, float], None]) -> None:
    from ecosmig_publish.migration_data.sample import write_sample  # noqa: PLC0415 - the engine is slow to import

    write_sample(
        home / "data",
        devices=devices,
        seed=SEED,
        parties=8,
        until=START + timedelta(hours=HOURS_OF_A_WEEK),
        history=timedelta(days=120),
        form="duckdb",
        progress=tell,
    )


def _register(home: Path) -> dict[Signifier, str]:
    from ecosmig_publish.migration_data import open_migration_data  # noqa: PLC0415 - the engine is slow to import

    with open_migration_data(_SOURCE, base=home) as data:
        return party_register(data)


def _play(invocation: Invocation, wiring: Wiring, ledger: Ledger) -> list[RunOutcome]:
    """Run at every sixth hour of the week, and at the 08:00 of the 2nd that 003 falls due at."""
    instants = [START + timedelta(hours=hour) for hour in sorted({*range(1, HOURS_OF_A_WEEK + 1, 6), 27})]
    parts = wiring.parts(ledger)
    outcomes = []
    with counting(invocation, "runs", len(instants)) as one_more:
        for instant in instants:
            outcomes.append(run_everything(parts, as_of=instant, narrowing=Narrowing(), watcher=Watcher()))
            one_more()
    return outcomes


def _render(
    home: Path,
    outcomes: Sequence[RunOutcome],
    files: Sequence[RecordedFile],
    holds: Sequence[OpenHold],
    verified: Verified,
    destination: DemoDestination,
) -> None:
    from ecosmig_publish.cli.screen import show_line, show_text  # noqa: PLC0415 - rich is slow to import

    _render_reports(outcomes, files, holds)
    render_verification(verified, deep=True)
    recipients = len({file.recipient for file in files})
    show_text(
        f"Each of {recipients} suppliers got its own reports in its own folder, numbered without a gap. {len(holds):,} "
        "rows could not be reported correctly: they are held with a reason, and tried again at every slot."
    )
    first = next((file for file in files if file.rows), None)
    if first is not None:
        _render_file(home, destination.seen, first)
    call, config = called_as(), shlex.quote(str(home / "ecosmig.toml"))
    show_line(f"\nLook around in {home}:")
    for what, command in (
        ("the files, a folder for each supplier", f"ls -R {shlex.quote(str(destination.seen))}"),
        ("where everything stands", f"{call} status --config {config}"),
        ("rows that could not be reported, and why", f"{call} held --config {config}"),
        ("what was delivered to whom, when, and how we know", f"{call} audit list --config {config}"),
        *destination.again(call),
        ("the folders against the ledger; damage a file there, and it is found", f"{call} verify --config {config}"),
        ("what is due by now: the demo's week is over, its calendar goes on", f"{call} plan --config {config}"),
        ("a configuration of your own", f"{call} init --dir my-ecosmig"),
    ):
        show_line(f"  {what}:\n    {command}")


def _render_reports(outcomes: Sequence[RunOutcome], files: Sequence[RecordedFile], holds: Sequence[OpenHold]) -> None:
    from ecosmig_publish.cli.screen import show_table  # noqa: PLC0415 - rich is slow to import
    from ecosmig_publish.emrr.catalogue import CATALOGUE  # noqa: PLC0415

    rows = []
    for report, definition in CATALOGUE.items():
        mine = [file for file in files if file.report is report]
        slots = [issued for outcome in outcomes for issued in outcome.issued if issued.slot.report is report]
        rows.append(
            (
                report.value,
                definition.title.partition(": ")[2],
                len(slots),
                len(mine),
                sum(file.rows for file in mine),
                sum(file.proved_at is not None for file in mine),
                sum(hold.report is report for hold in holds),
            )
        )
    columns = ("report", "what it holds", "slots", "files", "rows", "proved", "held")
    show_table(f"A week in {len(outcomes)} runs", columns, rows, numbers=columns[2:], whole=("report",))


def _render_file(home: Path, seen: Path, file: RecordedFile) -> None:
    """Print the first lines and the last of one file."""
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    path = next(seen.glob(f"{file.recipient}*/{file.name}"))
    show_line(f"\nOne of the files, {path.relative_to(home)}:")
    lines = path.read_text(encoding="utf-8").splitlines()
    shown = [*lines[:3], "…", lines[-1]] if len(lines) > 4 else lines  # noqa: PLR2004
    for line in shown:
        show_line(f"  {line}")
