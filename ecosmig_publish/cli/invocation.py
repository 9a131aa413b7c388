"""How this process was called, and where a command's output goes."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING

from ecosmig_publish.cli.printable import printable, printable_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Invocation:
    """How this process was called: the options that stand everywhere."""

    config: Path | None = None
    json: bool = False
    verbose: bool = False
    quiet: bool = False

    def merged(self, *, config: Path | None, json: bool, verbose: bool, quiet: bool) -> Invocation:
        """Return this invocation with what stood after the command's name added to it."""
        return replace(
            self,
            config=config or self.config,
            json=json or self.json,
            verbose=verbose or self.verbose,
            quiet=quiet or self.quiet,
        )

    def say(self, text: str) -> None:
        """Tell a person what goes on: to stderr, unless quiet."""
        if not self.quiet:
            sys.stderr.write(f"{printable(text)}\n")
            sys.stderr.flush()

    def result(self, document: object, render: Callable[[], None]) -> None:
        """Give the command's result: the document with `--json`, else what `render` prints.

        A reader that has gone (`| head`) is no fault: what the command did stays done, and so does its exit status.
        """
        try:
            if self.json:
                sys.stdout.write(
                    printable_json(json.dumps(document, default=_plain, indent=2, ensure_ascii=False)) + "\n"
                )
            else:
                render()
            sys.stdout.flush()
        except BrokenPipeError:
            _write_to_nobody()


def _write_to_nobody() -> None:
    """Let whatever is still in the buffer of stdout go nowhere, also at the end of the process."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _plain(value: object) -> object:
    """Return what JSON has for a value of ours."""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON document")
