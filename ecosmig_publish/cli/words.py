"""Parsers for what stands on the command line."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Signifier, parse_signifier
from ecosmig_publish.errors import InvalidFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence


def parse_instant(text: str | None) -> datetime | None:
    """Return `--as-of` as an instant in UTC; a zone is required, `Z` or an offset."""
    if text is None:
        return None
    hint = "Write it as 2026-03-02T06:00:00Z."
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--as-of {text}: not an instant in ISO 8601", hint=hint) from error
    # interface.md calls --as-of "ISO 8601 UTC": without a zone it is UTC.
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def parse_reports(texts: Sequence[str]) -> tuple[Report, ...]:
    """Return the reports that `--report` names, as `ECOSMIG-001`, `001` or `1`."""
    return tuple(_report(text) for text in texts)


def parse_suppliers(texts: Sequence[str]) -> tuple[Signifier, ...]:
    """Return the signifiers that were named."""
    try:
        return tuple(parse_signifier(text) for text in texts)
    except InvalidFileError as error:
        raise UsageError(str(error), hint="ecosmig supplier list") from error


def _report(text: str) -> Report:
    number = text.upper().removeprefix("ECOSMIG-")
    if number.isdigit():
        number = f"{int(number):03d}"
    try:
        return Report(f"ECOSMIG-{number}")
    except ValueError as error:
        raise UsageError(f"--report {text}: no such report", hint="The six are ECOSMIG-001 to ECOSMIG-006.") from error
