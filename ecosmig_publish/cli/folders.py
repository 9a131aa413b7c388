"""A folder that a command fills: it must be new, or empty; and the configuration in it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ecosmig_publish.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def make_new_folder(directory: Path, *, is_own: bool = False) -> None:
    """Make `directory` where it is missing, its owner's alone where `is_own` says so.

    Raises `UsageError` where it can't be made, or holds something.
    """
    try:
        directory.mkdir(mode=0o700 if is_own else 0o777, parents=True, exist_ok=True)
        is_empty = not any(directory.iterdir())
    except FileExistsError as error:
        raise UsageError(f"{directory} is a file, no folder", hint="Name a new folder.") from error
    except OSError as error:
        raise UsageError(
            f"{directory} can't be made: {error.strerror}", hint="Name a folder that you may make."
        ) from error
    if not is_empty:
        raise UsageError(f"{directory} is not empty; nothing was overwritten", hint="Name a new folder.")


def write_configuration_file(path: Path, text: str) -> None:
    """Write a new file that others can't read: a password may be put into it. Raises `OSError`, also where it is there.

    Its group may read it, as far as the umask lets it: the job often runs under another user than whoever wrote it.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o640)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
