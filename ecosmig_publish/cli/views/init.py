"""What `init` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        with path.open("x", encoding="utf-8") as file:
            file.write(render_template())
    except FileExistsError as error:
        raise ConfigurationError(f"{path} is there already", hint="Edit it, or name another --dir.") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}", hint="Name another --dir.") from error
    invocation.result(
        {"written": path},
        lambda: print(f"Wrote {path}: set `start` and [source], then ecosmig plan --config {path}"),  # noqa: T201
    )
    return ExitStatus.OK
