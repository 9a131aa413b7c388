"""Parsers for what stands on the command line."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, Signifier, parse_signifier
from ecosmig_publish.errors import InvalidFileError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

_SHAPE = re.compile(r"\d{4}-?\d{2}-?\d{2}[T ]\d{2}.*")


def parse_instant(text: str | None, option: str = "--as-of") -> datetime | None:
    """Return what an option gives as an instant, in UTC; without a zone it is UTC. Raises `UsageError`."""
    if text is None:
        return None
    # A bare date could mean its beginning or its end.
    lacks = "a date alone is no instant" if re.fullmatch(r"\d{4}-?\d{2}-?\d{2}", text) else "not an instant in ISO 8601"
    fault = UsageError(f"{option} {text}: {lacks}", hint="Write it as 2026-03-02T06:00:00Z.")
    if not _SHAPE.fullmatch(text):
        raise fault
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise fault from error


def parse_bound(text: str | None, option: str) -> datetime | None:
    """Return the bound of a half-open span: an instant, or a date for its first instant, UTC. Raises `UsageError`."""
    if text is not None and re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        text = f"{text}T00:00:00Z"
    return parse_instant(text, option)


def parse_month(text: str) -> datetime:
    """Return the first instant, in UTC, of the month that `--month` names, such as `2026-03`. Raises `UsageError`."""
    named = re.fullmatch(r"(20[0-9]{2})-(0[1-9]|1[0-2])", text)
    if named is None:
        raise UsageError(f"--month {text}: no month", hint="Write it as a year and a month: 2026-03.")
    return datetime(int(named[1]), int(named[2]), 1, tzinfo=UTC)


def parse_between(option: str, text: str) -> tuple[datetime, datetime]:
    """Return the bounds of the half-open span, parted by `/`, that an option gives. Raises `UsageError`."""
    hint = "Write it as 2026-03-10T05:00Z/2026-03-12T09:00Z, or as 2026-03-10/2026-03-12 for whole days."
    first, parted, last = text.partition("/")
    if not parted:
        raise UsageError(f"{option} {text}: not two instants with a / between them", hint=hint)
    begins, ends = parse_bound(first, option), parse_bound(last, option)
    if begins is None or ends is None or begins >= ends:
        raise UsageError(f"{option} {text}: ends before it begins", hint=hint)
    return begins, ends


def parse_span(option: str, text: str) -> timedelta:
    """Return the duration that an option gives, such as `30m`. Raises `UsageError`."""
    from ecosmig_publish.settings.durations import parse_duration  # noqa: PLC0415 - few commands take one

    try:
        return parse_duration(text)
    except ValueError as error:
        raise UsageError(f"{option} {text}: {error}", hint="Write it like 30m or 2h.") from error


def parse_reports(texts: Sequence[str]) -> tuple[Report, ...]:
    """Return the reports that `--report` names, as `ECOSMIG-001`, `001` or `1`. Raises `UsageError`."""
    return tuple(dict.fromkeys(_report(text) for text in texts))


def parse_suppliers(texts: Sequence[str]) -> tuple[Signifier, ...]:
    """Return the signifiers that were named. Raises `UsageError`."""
    try:
        return tuple(dict.fromkeys(parse_signifier(text) for text in texts))
    except InvalidFileError as error:
        raise UsageError(str(error), hint="ecosmig supplier list shows those that there are.") from error


def _report(text: str) -> Report:
    number = text.strip().upper().removeprefix("ECOSMIG-")
    if re.fullmatch("[0-9]{1,3}", number):
        number = f"{int(number):03d}"
    try:
        return Report(f"ECOSMIG-{number}")
    except ValueError as error:
        raise UsageError(f"--report {text}: no such report", hint="The six are ECOSMIG-001 to ECOSMIG-006.") from error
