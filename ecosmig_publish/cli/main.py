"""The console script: the tree of commands, wrong usage, and signals."""

import gc
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated

import typer

from ecosmig_publish import __version__
from ecosmig_publish.cli.commanding import ConfigOption, JsonOption, QuietOption, VerboseOption
from ecosmig_publish.cli.commands import (
    audit,
    data,
    demo,
    doctor,
    held,
    init,
    issue,
    json_schema,
    ledger,
    plan,
    publish,
    rehearse,
    report,
    sandbox,
    schedule,
    status,
    supplier,
    verify,
)
from ecosmig_publish.cli.ending import GOES_ON, said
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.statuses import MEANINGS, epilog
from ecosmig_publish.errors import ExitStatus

_BEFORE_COLLECTING = (50_000, 20, 20)

app = typer.Typer(
    name="ecosmig",
    help="ECoS Migration reports: issued, published into each recipient's own folder, verified, provable.",
    epilog=epilog(["ecosmig demo", "ecosmig publish --all", "ecosmig publish --help"], MEANINGS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    # Plain help: its examples can be copied, it reads the same piped, and it costs a third of the time.
    rich_markup_mode=None,
    context_settings={"max_content_width": 100, "help_option_names": ["--help", "-h"]},
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


_MODULES = (
    demo,
    init,
    doctor,
    plan,
    publish,
    verify,
    status,
    held,
    issue,
    supplier,
    audit,
    ledger,
    data,
    report,
    schedule,
    rehearse,
    sandbox,
    json_schema,
)

for module in _MODULES:
    module.add_to(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status."""
    invocation = Invocation(json="--json" in arguments)
    try:
        return int(app(list(arguments), prog_name="ecosmig", standalone_mode=False) or 0)
    except KeyboardInterrupt:
        return said(f"interrupted; {GOES_ON}", "", ExitStatus.INTERRUPTED, invocation)
    except Exception as error:
        # Typer keeps the class of its own complaints about the command line to itself.
        if not hasattr(error, "format_message"):
            raise
        return _misused(error, invocation)


def _misused(error: Exception, invocation: Invocation) -> int:
    context: typer.Context | None = getattr(error, "ctx", None)
    command = context.command_path if context else "ecosmig"
    message = error.format_message()  # type: ignore[attr-defined]
    if context is not None and message == context.get_help():
        if not invocation.json:
            sys.stderr.write(f"{message}\n")
            return int(ExitStatus.USAGE)
        message = "no command was given"
    return said(message, f"{command} --help", ExitStatus.USAGE, invocation)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main() -> None:
    """Run the command line; SIGTERM stops as cleanly as Ctrl-C does."""
    signal.signal(signal.SIGTERM, _interrupt)
    # An expression is thousands of objects, none of them garbage: at every 700th the collector would look for some.
    gc.set_threshold(*_BEFORE_COLLECTING)
    sys.exit(run(sys.argv[1:]))
