"""`ecosmig sandbox`: the stand-in for SharePoint, on loopback."""

from pathlib import Path
from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(app, "sandbox", examples=("ecosmig sandbox", "ecosmig sandbox --dir /tmp/rehearsal --port 9443"))(sandbox)


def sandbox(
    invocation: Invocation,
    directory: Annotated[
        Path, typer.Option("--dir", help="Where its state is kept: keys, files, grants, a log of requests.")
    ] = Path("sharepoint-sandbox"),
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 8443,
) -> int:
    """Run a stand-in for SharePoint and Entra on loopback, until Ctrl-C.

    Prints the configuration that leads to it, ready to copy. It holds nothing real, trusts no key but its own, and
    says in every answer that it is a stand-in. The same folder goes on where it was left. Needs the extra `sandbox`.
    """
    from ecosmig_publish.cli.views.sandbox import run_sandbox  # noqa: PLC0415 - --help stays quick

    return run_sandbox(invocation, directory, port)
