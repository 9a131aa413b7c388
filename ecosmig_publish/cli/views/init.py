"""What `init` does."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from ecosmig_publish.cli.calling import called_as
from ecosmig_publish.cli.folders import write_configuration_file
from ecosmig_publish.errors import ConfigurationError, ExitStatus
from ecosmig_publish.settings.template import render_template

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation

NAME = "ecosmig.toml"


def write_configuration(invocation: Invocation, directory: Path) -> int:
    """Write the template into `directory`; nothing is overwritten."""
    path = directory / NAME
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(f"{directory} can't be made: {error.strerror}", hint="Name another --dir.") from error
    try:
        write_configuration_file(path, render_template())
    except FileExistsError as error:
        raise ConfigurationError(
            f"{path} is there already; it stays as it is", hint="Edit it, or name another --dir."
        ) from error
    except OSError as error:
        raise ConfigurationError(f"{path} can't be written: {error.strerror}", hint="Name another --dir.") from error
    invocation.result({"written": path}, lambda: _render(path))
    return ExitStatus.OK


def _render(path: Path) -> None:
    from ecosmig_publish.cli.screen import show_line  # noqa: PLC0415 - rich is slow to import

    call, config = called_as(), shlex.quote(str(path))
    show_line(f"Wrote {path}. Set `start` and [source] url in it, then:")
    for what, command in (
        ("is the source as the contract says", "data check"),
        ("a folder for each party of the register", "supplier onboard --all"),
        ("what is due; changes nothing", "plan"),
        ("the job itself, from a scheduler", "publish --all"),
    ):
        show_line(f"  {what}:\n    {call} {command} --config {config}")
