"""The console script: the tree of commands, and signals."""

import signal
from types import FrameType
from typing import Annotated

import typer

from ecosmig_publish import __version__
from ecosmig_publish.cli.commanding import ConfigOption, JsonOption, QuietOption, VerboseOption
from ecosmig_publish.cli.commands import (
    audit,
    data,
    demo,
    held,
    init,
    plan,
    publish,
    report,
    status,
    supplier,
    verify,
)
from ecosmig_publish.cli.invocation import Invocation

app = typer.Typer(
    name="ecosmig",
    help="ECoS Migration reports: issued, published into each recipient's own folder, verified, provable.",
    epilog="Exit statuses: 0 done and proved · 2 wrong usage or configuration · 10 something is not proved yet · "
    "11 another run holds the lock · 20 a check found something · 21 a folder is not the recipient's alone · "
    "22 ledger and folder disagree · 30 the source data can't be used · 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - Typer calls it
    if wanted:
        typer.echo(f"ecosmig {__version__}")
        raise typer.Exit


@app.callback()
def everywhere(
    context: typer.Context,
    config: ConfigOption = None,
    json: JsonOption = False,  # noqa: FBT002 - a flag
    verbose: VerboseOption = False,  # noqa: FBT002
    quiet: QuietOption = False,  # noqa: FBT002
    version: Annotated[  # noqa: ARG001, FBT002 - its callback acts
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Keep the options that stand before the command's name."""
    context.obj = Invocation(config=config, json=json, verbose=verbose, quiet=quiet)


for module in (demo, init, plan, publish, verify, status, held, supplier, audit, data, report):
    module.add_to(app)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; SIGTERM stops as cleanly as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    app()
