"""The stand-in for SharePoint, for the commands that start it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox


def stand_in() -> type[Sandbox]:
    """Return the stand-in's class. Raises `ConfigurationError` without the extra."""
    try:
        from ecosmig_publish.sandbox import Sandbox  # noqa: PLC0415 - an extra, and slow to import
    except ImportError as error:
        raise ConfigurationError(
            f"the stand-in needs the extra `sandbox`: {error.name} is not installed",
            hint="pip install 'ecosmig-publish[sandbox]'",
        ) from error
    return Sandbox


def copy_files(sandbox: Sandbox, library: str, root: str, to: Path) -> None:
    """Copy what stands below a folder of a library, so that it can be looked at while the stand-in rests."""
    held = sandbox.library(library)
    for path in held.files():
        if path.startswith(f"{root}/"):
            copy = to / path.removeprefix(f"{root}/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(held.read(path))
