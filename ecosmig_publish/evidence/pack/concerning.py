"""Whom an act is about: what decides whether a supplier may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.emrr.filename import parse_file_name
from ecosmig_publish.emrr.terms import parse_signifier
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_ONE_FILE = frozenset({"publish-file", "adopt-file", "find-conflict", "resend", "correct", "withdraw", "release"})
_OF_ONE_RECIPIENT = frozenset({"onboard", "prove-access", "see-receipts"})


def recipients_of(kind: str, subject: str, content: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the recipients that an act is about, None where it is about everybody, or about none of them.

    The act of a slot is about everybody even where one recipient alone had rows: it counts what all of them had and
    what is held of all of them, and it shows who had nothing.
    """
    if kind in _OF_ONE_RECIPIENT:
        return _if_signifier(subject)
    if kind in _OF_ONE_FILE:
        return _of_names([subject])
    if kind == "prove-files":
        return _of_names(content.get("files", ()))
    if kind == "find":
        if "corrected" in content:
            return _of_names([content["corrected"]])
        return _if_signifier(content.get("recipient"))
    return None


def _of_names(names: Any) -> frozenset[str] | None:
    found = set()
    for name in names:
        try:
            found.add(parse_file_name(str(name)).recipient)
        except InvalidFileError:
            # A slot that the brake let go, for one.
            return None
    return frozenset(found) or None


def _if_signifier(text: object) -> frozenset[str] | None:
    try:
        return frozenset({parse_signifier(str(text))})
    except InvalidFileError:
        return None
