"""Names of report files and their parser, each the other's inverse (EMRR Appendix B)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ecosmig_publish.emrr.terms import Report, parse_signifier
from ecosmig_publish.errors import InvalidFileError

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Signifier

_NAME = re.compile(r"(ECOSMIG-00[1-6])_([A-Z0-9]{6})_([1-9][0-9]{0,5})_([0-9]{14})\.csv", re.ASCII)
_HINT = "A name reads ECOSMIG-001_PXX999_10_20211206060000.csv: report, signifier, number, instant of generation."


@dataclass(frozen=True, slots=True)
class FileName:
    """What a file's name says; `created_at` in UTC and whole seconds, `sequence` from 1 to 999,999."""

    report: Report
    recipient: Signifier
    sequence: int
    created_at: datetime


def format_file_name(name: FileName) -> str:
    """Return the name as it stands in a folder; the number is not padded."""
    moment = name.created_at.astimezone(UTC)
    digits = f"{moment.year:04d}{moment:%m%d%H%M%S}"
    return f"{name.report}_{name.recipient}_{name.sequence}_{digits}.csv"


def parse_file_name(text: str) -> FileName:
    """Return what `text` says. Raises `InvalidFileError` where it is no report file's name."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise InvalidFileError(f"{text!r} is not the name of a report file", hint=_HINT)
    report, recipient, sequence, digits = match.groups()
    try:
        created_at = datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError as error:
        raise InvalidFileError(f"{text!r}: {digits} is no instant", hint=_HINT) from error
    return FileName(Report(report), parse_signifier(recipient), int(sequence), created_at)
