"""Text of others, fit to be printed: a terminal obeys what stands in it, and a name may hide what it is."""

from __future__ import annotations

import json
import re

_PERHAPS = re.compile(r"[^\x20-\x7e\n]")


def printable(text: str) -> str:
    r"""Return `text` with what can't be seen, but for line breaks, written out: `\x1b`; bytes that are no text too."""
    return _PERHAPS.sub(_written_out, text)


def printable_json(text: str) -> str:
    r"""Return JSON that says the same, with what can't be seen in its strings written as `\u001b`."""
    return _PERHAPS.sub(_in_json, text)


def _written_out(match: re.Match[str]) -> str:
    letter = match[0]
    return letter if letter.isprintable() else letter.encode("unicode_escape", "replace").decode()


def _in_json(match: re.Match[str]) -> str:
    return match[0] if match[0].isprintable() else json.dumps(match[0])[1:-1]
