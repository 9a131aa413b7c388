"""`ecosmig data check | sample`: the source against its contract, and generated data."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command, group
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    data = group(app, "data", "The migration data: check it against the contract, generate some.")
    command(
        data,
        "check",
        examples=("ecosmig data check", "ecosmig data check --examples 20 --json"),
        statuses=(ExitStatus.FINDING, ExitStatus.SOURCE),
        interrupted=CHANGED_NOTHING,
    )(check)
    command(
        data,
        "sample",
        examples=("ecosmig data sample data --devices 100000 --seed 7", "ecosmig data sample data --form duckdb"),
        interrupted="the folder is half written; delete it and run the command again",
    )(sample)


def check(
    invocation: Invocation,
    examples: Annotated[int, typer.Option("--examples", min=0, help="How many examples to show of each fault.")] = 3,
) -> int:
    """Say precisely what in the source breaks the contract, with counts and first examples.

    With errors (exit status 20) publish holds the rows concerned; warnings alone are 0. A missing table or column, or
    one of the wrong type, is 30: nothing can be issued. Examples may name Devices: treat the output as personal data.
    """
    from ecosmig_publish.cli.views.data import check_and_show  # noqa: PLC0415 - --help stays quick

    return check_and_show(invocation, examples)


def sample(
    invocation: Invocation,
    directory: Annotated[Path, typer.Argument(help="Where to write the tables; made where it is missing.")],
    devices: Annotated[int, typer.Option("--devices", min=100, help="How many Devices.")] = 20_000,
    seed: Annotated[int, typer.Option("--seed", help="The same seed gives the same data.")] = 1,
    parties: Annotated[int, typer.Option("--parties", min=3, max=500, help="How many suppliers.")] = 12,
    form: Annotated[str, typer.Option("--form", help="parquet, csv or duckdb.")] = "parquet",
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="INSTANT", help="Where the data ends; now, where left out."),
    ] = None,
    clean: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--clean", help="Leave out the rows that publish would hold.")
    ] = False,
) -> int:
    """Generate realistic migration data with every situation that the reports distinguish.

    Writes the seven tables of the source contract. The same seed gives the same data.
    """
    from ecosmig_publish.cli.views.data import sample_and_show  # noqa: PLC0415 - --help stays quick

    return sample_and_show(
        invocation,
        directory,
        devices=devices,
        seed=seed,
        parties=parties,
        form=form,
        until=until,
        clean=clean,
    )
