"""A fault's traceback as `--verbose` prints it: where it happened, without secrets and without rows of the source."""

from __future__ import annotations

import re
import traceback

from ecosmig_publish.cli.printable import printable
from ecosmig_publish.destinations.sharepoint.redaction import redacted
from ecosmig_publish.errors import EcosmigError

_DEVICE_ID = re.compile(r"\b[0-9A-Fa-f]{2}(?:[-:][0-9A-Fa-f]{2}){7}\b")
_LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9]{6,}(?![0-9A-Za-z])")
_LONGEST = 1_000
"""Characters of one error's words: a statement of the engine's may be many pages long."""


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an error and its causes; of another library's words no Device ID and no MPxN is left."""
    return printable("".join(_lines(traceback.TracebackException.from_exception(error), error)))


def _lines(shown: traceback.TracebackException, error: BaseException) -> list[str]:
    lines: list[str] = []
    if shown.__cause__ is not None and error.__cause__ is not None:
        cause = "\nThe above exception was the direct cause of the following exception:\n\n"
        lines += [*_lines(shown.__cause__, error.__cause__), cause]
    elif shown.__context__ is not None and error.__context__ is not None and not shown.__suppress_context__:
        context = "\nDuring handling of the above exception, another exception occurred:\n\n"
        lines += [*_lines(shown.__context__, error.__context__), context]
    lines += ["Traceback (most recent call last):\n", *shown.stack.format()]
    words = redacted("".join(shown.format_exception_only()))
    if not isinstance(error, EcosmigError):
        words = _LONG_NUMBER.sub("…", _DEVICE_ID.sub("…", words))
    return [*lines, words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…\n"]
