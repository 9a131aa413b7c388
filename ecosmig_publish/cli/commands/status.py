"""`ecosmig status`: streams, slots, what waits, what is held."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "status",
        examples=(
            "ecosmig status",
            "ecosmig status --slots 100",
            "ecosmig status --deadline 30m",
            "ecosmig status --deadline 30m --from-folders",
        ),
        statuses=(ExitStatus.UNPROVED,),
        interrupted=CHANGED_NOTHING,
    )(status)


def status(
    invocation: Invocation,
    slots: Annotated[
        int | None,
        typer.Option("--slots", min=0, help="How many of the latest slots to show; 12, and all with --json."),
    ] = None,
    deadline: Annotated[
        str | None,
        typer.Option(
            "--deadline", metavar="DURATION", help="Show only what isn't proved so long after its slot: 30m, 2h."
        ),
    ] = None,
    from_folders: Annotated[  # noqa: FBT002 - a flag
        bool,
        typer.Option(
            "--from-folders", help="With --deadline: by what stands in the recipients' folders, without any ledger."
        ),
    ] = False,
) -> int:
    """Show streams, the latest slots, what waits, what is held, and since when.

    Findings about the source stay listed here as a record; they don't change the exit status. With --deadline it ends
    with 10 where something is late, a slot that nobody issued among it: run it from a scheduler of its own, or with
    --from-folders on another host, which needs the configuration and the right to read: that notices a dead publisher.
    """
    if from_folders:
        from ecosmig_publish.cli.views.status_folders import show_watched  # noqa: PLC0415 - --help stays quick

        return show_watched(invocation, deadline)
    if deadline is not None:
        from ecosmig_publish.cli.views.status_deadline import show_overdue  # noqa: PLC0415 - --help stays quick

        return show_overdue(invocation, deadline)
    from ecosmig_publish.cli.views.status import show_status  # noqa: PLC0415 - --help stays quick

    return show_status(invocation, slots)
