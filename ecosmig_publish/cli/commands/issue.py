"""`ecosmig issue …`: what a person decides of one issue, or of several."""

import typer

from ecosmig_publish.cli.commanding import group


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group(app, "issue", "What was issued: send it again, correct it, take it back.")
