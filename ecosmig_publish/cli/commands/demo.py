"""`ecosmig demo`: from nothing to a finished run on generated data."""

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
        "demo",
        examples=("ecosmig demo", "ecosmig demo --dir /tmp/ecosmig-demo --devices 20000"),
        statuses=(ExitStatus.UNPROVED, ExitStatus.FINDING),
        interrupted="the folder is a demo half done; delete it, or begin another: ecosmig demo",
    )(demo)


def demo(
    invocation: Invocation,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Where to work; a new folder, where left out.")
    ] = None,
    devices: Annotated[int, typer.Option("--devices", min=1000, help="How many Devices to generate.")] = 5_000,
    on_disk: Annotated[  # noqa: FBT002 - a flag
        bool, typer.Option("--on-disk", help="Publish into folders on disk, not into the SharePoint stand-in.")
    ] = False,
) -> int:
    """Show the whole job on generated data, from nothing to proved files.

    Writes data and configuration into a new folder, starts a stand-in for SharePoint on loopback, onboards the
    suppliers, issues and publishes a week of slots as a scheduler would, verifies every byte, and says what to look at
    next. Without the extra `sandbox` it publishes into folders on disk. Touches nothing outside the folder.
    """
    from ecosmig_publish.cli.views.demo import show_demo  # noqa: PLC0415 - --help stays quick

    return show_demo(invocation, directory, devices, on_disk=on_disk)
