"""`ecosmig init`: a commented configuration to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "init", examples=("ecosmig init", "ecosmig init --dir /etc/ecosmig"))(init)


def init(
    invocation: Invocation,
    directory: Annotated[Path, typer.Option("--dir", help="Where to write ecosmig.toml.")] = Path(),
) -> int:
    """Write a commented configuration, ecosmig.toml, to fill in.

    One that is there already stays as it is. Then: ecosmig data check, ecosmig supplier onboard --all, ecosmig plan.
    """
    from ecosmig_publish.cli.views.init import write_configuration  # noqa: PLC0415 - --help stays quick

    return write_configuration(invocation, directory)
