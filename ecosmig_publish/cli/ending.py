"""The one place that turns an error into a message and an exit status."""

from __future__ import annotations

import errno
import sys
import traceback
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.cli.invocation import Invocation


def ended(run: Callable[[], int], invocation: Invocation) -> int:
    """Run a command and return the exit status that the process ends with; nothing is raised but a broken pipe."""
    try:
        return int(run())
    except KeyboardInterrupt:
        message = "interrupted; running the same command again goes on from there"
        return _said(message, "", ExitStatus.INTERRUPTED, invocation)
    except EcosmigError as error:
        if invocation.verbose:
            traceback.print_exc()
        return _said(str(error), error.hint, error.exit_status, invocation)
    except Exception as error:
        if isinstance(error, OSError) and error.errno == errno.EPIPE:
            raise
        if invocation.verbose:
            traceback.print_exc()
        # The text of a foreign error may quote a source row; its kind and place never do.
        last = traceback.extract_tb(error.__traceback__)[-1]
        message = f"a fault of this program: {type(error).__name__} at {last.filename}:{last.lineno}"
        hint = "Run it again with --verbose and report what it prints; nothing that was issued is lost."
        return _said(message, hint, ExitStatus.FAULT, invocation)


def _said(message: str, hint: str, status: ExitStatus, invocation: Invocation) -> int:
    sys.stderr.write(f"ecosmig: {message}\n")
    if hint:
        sys.stderr.write(f"  next: {hint}\n")
    if invocation.json:
        error = {"message": message, "hint": hint, "exit_status": int(status)}
        invocation.result({"error": error}, lambda: None)
    return int(status)
