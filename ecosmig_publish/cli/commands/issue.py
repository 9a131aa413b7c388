"""`ecosmig issue …`: what a person decides of one issue, or of several."""

import typer

from ecosmig_publish.cli.commanding import group
from ecosmig_publish.cli.commands import issue_amend, issue_release


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    issues = group(app, "issue", "What was issued: send it again, correct it, take it back, let it go.")
    issue_amend.add_to(issues)
    issue_release.add_to(issues)
