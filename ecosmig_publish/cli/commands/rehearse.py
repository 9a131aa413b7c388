"""`ecosmig rehearse`: a month of slots against the stand-in."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "rehearse",
        examples=(
            "ecosmig rehearse --month 2026-03",
            "ecosmig rehearse --month 2026-03 --faults 20 --seed 7",
            "ecosmig rehearse --month 2026-03 --deadline 2h --missed 2026-03-10/2026-03-12",
            "ecosmig rehearse --month 2026-03 --dir /tmp/march",
        ),
        statuses=(
            ExitStatus.UNPROVED,
            ExitStatus.FINDING,
            ExitStatus.FOLDER_ACCESS,
            ExitStatus.STREAM_CONFLICT,
            ExitStatus.FOREIGN_ROW,
            ExitStatus.SOURCE,
        ),
        meanings={
            ExitStatus.OK: "everything that fell due was published and proved by the end",
            ExitStatus.UNPROVED: "something was not: it waits, is braked, or the scheduler was off",
            ExitStatus.INTERRUPTED: "interrupted; what was made is taken away, unless --dir was given",
        },
        interrupted="the installation is as it was; a folder given with --dir is a rehearsal half done",
    )(rehearse)


def rehearse(
    invocation: Invocation,
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="The month to play, UTC.")],
    faults: Annotated[
        int, typer.Option("--faults", min=0, max=500, help="So many of 1,000 requests meet a fault that passes.")
    ] = 0,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same faults.")] = 1,
    missed: Annotated[
        list[str] | None,
        typer.Option("--missed", metavar="FROM/TO", help="The scheduler is off between two instants; repeatable."),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option("--deadline", metavar="DURATION", help="Count what isn't proved so long after its slot: 30m, 2h."),
    ] = None,
    after: Annotated[
        str, typer.Option("--after", metavar="DURATION", help="How long after its slot the scheduler starts a run.")
    ] = "30s",
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Keep everything in this new folder, to look at afterwards.")
    ] = None,
) -> int:
    """Play a month of slots against a stand-in for SharePoint, and print what would have happened.

    Reads the configuration's own source, each run as of its instant, at full speed: no waiting is waited. Ledger,
    outbox and library are made for it and thrown away; nothing of the installation is touched, nobody is told. It
    plays as though the installation began with the month, with every party of the register onboarded.

    Ends with 0 where everything that fell due was published and proved by the end. Needs the extra `sandbox`, and
    room for the month's files twice where temporary files go (TMPDIR), or in --dir.
    """
    from ecosmig_publish.cli.views.rehearse import rehearse_and_show  # noqa: PLC0415 - --help stays quick
    from ecosmig_publish.cli.views.rehearse_asked import Asked  # noqa: PLC0415
    from ecosmig_publish.cli.words import parse_between, parse_month, parse_span  # noqa: PLC0415

    asked = Asked(
        month=parse_month(month),
        faults=faults,
        seed=seed,
        missed=tuple(parse_between("--missed", text) for text in missed or ()),
        deadline=None if deadline is None else parse_span("--deadline", deadline),
        after=parse_span("--after", after),
    )
    return rehearse_and_show(invocation, asked, directory)
