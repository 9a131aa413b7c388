"""`ecosmig doctor`: is everything fit for the next run."""

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.errors import ExitStatus


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "doctor",
        examples=("ecosmig doctor", "ecosmig doctor --json"),
        statuses=(ExitStatus.FINDING,),
        interrupted="what it tried out was taken away again",
    )(doctor)


def doctor(invocation: Invocation) -> int:
    """Prove by doing that everything is fit: data, ledger, outbox, sign-in, library, rights, each recipient's folder.

    One line each: good, a warning, or a finding, with what to do. On SharePoint it takes a file of its own through the
    staging folder and away again. Recipients' folders are looked at, never touched.
    """
    from ecosmig_publish.cli.views.doctor import examine_and_show  # noqa: PLC0415 - --help stays quick

    return examine_and_show(invocation)
