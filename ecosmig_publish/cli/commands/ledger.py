"""`ecosmig ledger …`: the ledger against itself, a copy of it, what brings it back."""

import typer

from ecosmig_publish.cli.commanding import group


def add_to(app: typer.Typer) -> None:
    """Add the group."""
    group(app, "ledger", "The ledger: check it, back it up, recover it, take over an older system's streams.")
