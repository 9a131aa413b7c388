"""`ecosmig init`: a commented configuration to fill in."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "init")(init)


def init(
    invocation: Invocation,
    directory: Annotated[Path, typer.Option("--dir", help="Where to write ecosmig.toml.")] = Path(),
) -> int:
    """Write a commented configuration, ecosmig.toml; one that is there already stays as it is."""
    from ecosmig_publish.cli.views.init import write_configuration  # noqa: PLC0415 - --help stays quick

    return write_configuration(invocation, directory)
