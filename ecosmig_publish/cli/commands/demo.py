"""`ecosmig demo`: from nothing to a finished run on generated data."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "demo")(demo)


def demo(
    invocation: Invocation,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where to work; a new folder, where left out.")
    ] = None,
    devices: Annotated[int, typer.Option("--devices", min=1000, help="How many Devices to generate.")] = 5_000,
) -> int:
    """Generate data, onboard its suppliers, issue and publish a week of slots, verify it, show what to look at next."""
    from ecosmig_publish.cli.views.demo import show_demo  # noqa: PLC0415 - --help stays quick

    return show_demo(invocation, directory, devices)
