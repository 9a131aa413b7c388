"""`ecosmig status`: streams, slots, what waits, what is held."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "status")(status)


def status(
    invocation: Invocation,
    slots: Annotated[int, typer.Option("--slots", min=0, help="How many of the latest slots to show.")] = 12,
) -> int:
    """Show streams, the latest slots, what waits, what is held, and since when.

    Exit statuses: 0 nothing waits · 10 something is not proved yet.
    """
    from ecosmig_publish.cli.views.status import show_status  # noqa: PLC0415 - --help stays quick

    return show_status(invocation, slots)
