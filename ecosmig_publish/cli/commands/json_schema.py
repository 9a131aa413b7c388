"""`ecosmig json-schema`: what a command's JSON document holds."""

from typing import Annotated

import typer

from ecosmig_publish.cli.commanding import command
from ecosmig_publish.cli.ending import CHANGED_NOTHING
from ecosmig_publish.cli.invocation import Invocation


def add_to(app: typer.Typer) -> None:
    """Add the command."""
    command(
        app,
        "json-schema",
        examples=(
            "ecosmig json-schema",
            "ecosmig json-schema audit list",
            "ecosmig json-schema error",
            "ecosmig json-schema publish > publish.schema.json",
        ),
        interrupted=CHANGED_NOTHING,
    )(json_schema)


def json_schema(
    invocation: Invocation,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", show_default=False, help="Of this command; else the list of them."),
    ] = None,
) -> int:
    """Print the JSON Schema of what a command gives with --json, or list the commands.

    Each key is described: what it means, in which unit, when it is null. `error` is what any command gives where it
    fails. Within a major version keys are added, never renamed or dropped.
    """
    from ecosmig_publish.cli.views.json_schema import list_schemas, show_schema  # noqa: PLC0415 - --help stays quick

    return show_schema(invocation, words) if words else list_schemas(invocation)
