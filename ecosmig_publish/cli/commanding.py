"""How a command is declared: its own parameters and the options that every command takes."""

# Typer reads the annotations when a command is declared, so they are real objects here.
import inspect
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from ecosmig_publish.cli.ending import GOES_ON, ended
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.cli.statuses import epilog
from ecosmig_publish.errors import ExitStatus

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config",
        metavar="PATH",
        help="The configuration file; else ECOSMIG_CONFIG, ./ecosmig.toml, config/ecosmig.toml.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="One JSON document on stdout, everything else on stderr.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Say more, and show a fault's traceback.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Errors and results only.")]

_EVERYWHERE = {"config": ConfigOption, "json": JsonOption, "verbose": VerboseOption, "quiet": QuietOption}
_ABSENT: dict[str, Any] = {"config": None, "json": False, "verbose": False, "quiet": False}
_ALWAYS = (ExitStatus.OK, ExitStatus.FAULT, ExitStatus.USAGE, ExitStatus.INTERRUPTED)


def command(
    app: typer.Typer,
    name: str,
    *,
    examples: Iterable[str] = (),
    statuses: Iterable[ExitStatus] = (),
    meanings: Mapping[ExitStatus, str] | None = None,
    interrupted: str = GOES_ON,
) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Declare a command whose first parameter is the `Invocation`; it returns its exit status.

    Whatever the command raises ends here, as a message and an exit status. Its help ends with `examples` to copy and
    with `statuses`, those that every command has added; `meanings` says what some of them mean here, `interrupted` is
    said at Ctrl-C.
    """
    ends_with = epilog(examples, {*statuses, *_ALWAYS}, meanings) if examples or statuses else None

    def declare(function: Callable[..., int]) -> Callable[..., int]:
        hints = get_type_hints(function, include_extras=True)

        def run(context: typer.Context, **arguments: Any) -> None:
            everywhere = {key: arguments.pop(key) for key in _EVERYWHERE}
            invocation = _before_the_name(context).merged(**everywhere)
            raise typer.Exit(ended(lambda: function(invocation, **arguments), invocation, interrupted=interrupted))

        parameters = [inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)]
        parameters += [
            parameter.replace(annotation=hints[parameter.name], kind=inspect.Parameter.KEYWORD_ONLY)
            for parameter in list(inspect.signature(function).parameters.values())[1:]
        ]
        parameters += [
            inspect.Parameter(key, inspect.Parameter.KEYWORD_ONLY, default=_ABSENT[key], annotation=kind)
            for key, kind in _EVERYWHERE.items()
        ]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        run.__name__, run.__doc__ = function.__name__, function.__doc__
        app.command(name, epilog=ends_with, short_help=_first_sentence(function.__doc__ or ""))(run)
        return function

    return declare


def group(app: typer.Typer, name: str, text: str) -> typer.Typer:
    """Declare a group of commands; the options that stand everywhere stand after its name too."""
    grouped = typer.Typer(name=name, help=text, short_help=text, no_args_is_help=True)

    def everywhere(
        context: typer.Context,
        config: ConfigOption = None,
        json: JsonOption = False,  # noqa: FBT002 - a flag
        verbose: VerboseOption = False,  # noqa: FBT002
        quiet: QuietOption = False,  # noqa: FBT002
    ) -> None:
        context.find_root().obj = _before_the_name(context).merged(
            config=config, json=json, verbose=verbose, quiet=quiet
        )

    grouped.callback()(everywhere)
    app.add_typer(grouped)
    return grouped


def _first_sentence(text: str) -> str:
    first = " ".join(inspect.cleandoc(text).partition("\n\n")[0].split())
    return first.partition(". ")[0].rstrip(".") + "."


def _before_the_name(context: typer.Context) -> Invocation:
    root = context.find_root()
    return root.obj if isinstance(root.obj, Invocation) else Invocation()
