"""The one place that turns an error into a message and an exit status."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from ecosmig_publish.cli.printable import printable
from ecosmig_publish.errors import EcosmigError, ExitStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.cli.invocation import Invocation

GOES_ON = "running the same command again goes on from there"
CHANGED_NOTHING = "nothing was changed"


def ended(run: Callable[[], int], invocation: Invocation, *, interrupted: str = GOES_ON) -> int:
    """Run a command and return the exit status that the process ends with; nothing is raised."""
    try:
        return int(run())
    except KeyboardInterrupt:
        return said(f"interrupted; {interrupted}", "", ExitStatus.INTERRUPTED, invocation)
    except EcosmigError as error:
        if invocation.verbose:
            _print_traceback(error)
        return said(str(error), error.hint, error.exit_status, invocation)
    except Exception as error:  # noqa: BLE001 - here is where everything ends
        if invocation.verbose:
            _print_traceback(error)
        hint = "Run it again with --verbose and report what it prints; nothing that was issued is lost."
        return said(_fault(error), hint, ExitStatus.FAULT, invocation)


def said(message: str, hint: str, status: ExitStatus, invocation: Invocation) -> int:
    """Tell a person, and with `--json` a program, how it ended; return the exit status."""
    # What was typed or read may hold what a terminal obeys, or bytes that are no text.
    message, hint = printable(message), printable(hint)
    sys.stderr.write(f"ecosmig: {message}\n")
    if hint:
        sys.stderr.write(f"  next: {hint}\n")
    if invocation.json:
        error = {"message": message, "hint": hint, "exit_status": int(status)}
        invocation.result({"error": error}, lambda: None)
    return int(status)


def _fault(error: Exception) -> str:
    # The text of a foreign error may quote a source row; its kind and place never do.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f" at {place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    return f"a fault of this program: {type(error).__name__}{where}"


def _print_traceback(error: Exception) -> None:
    from ecosmig_publish.cli.tracebacks import traceback_text  # noqa: PLC0415 - only where it is asked for

    sys.stderr.write(traceback_text(error))
