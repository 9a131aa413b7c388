"""Numbers of streams on the command line: what `ledger seed` and `ledger recover` are given."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

from ecosmig_publish.cli.words import parse_instant, parse_reports, parse_suppliers
from ecosmig_publish.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from ecosmig_publish.emrr.terms import Report, Signifier

COLUMNS = ("report", "recipient", "last_sequence")
_HIGHEST = 999_999
_HINT = "--stream ECOSMIG-001:PXX999=41 says that 41 was the last number of ECOSMIG-001 for PXX999."

Key = tuple["Report", "Signifier"]


def numbers_given(streams: Iterable[str], file: Path | None) -> dict[Key, int]:
    """Return the last number of each stream that is named, in options or in the file. Raises `UsageError`."""
    numbers: dict[Key, int] = {}
    given = (_stream("--stream", text) for text in streams)
    for key, number, where in (*given, *(_rows(file) if file else ())):
        if numbers.setdefault(key, number) != number:
            raise UsageError(f"{where}: {key[0]} for {key[1]} has two last numbers, {numbers[key]} and {number}")
    return numbers


def lost_given(texts: Iterable[str]) -> dict[Key, set[int]]:
    """Return the numbers of each stream that `--without` names. Raises `UsageError`."""
    lost: dict[Key, set[int]] = {}
    for text in texts:
        key, number, _ = _stream("--without", text)
        lost.setdefault(key, set()).add(number)
    return lost


def bounds_given(texts: Sequence[str]) -> dict[Report, datetime]:
    """Return the instant at which each named report's last slot fell due. Raises `UsageError`."""
    bounds: dict[Report, datetime] = {}
    for text in texts:
        report, _, instant = text.partition("=")
        (of,) = parse_reports((report,))
        due_at = parse_instant(instant or "nothing", f"--reported-up-to {report}=")
        if due_at is None or bounds.setdefault(of, due_at) != due_at:
            raise UsageError(f"--reported-up-to {of} is given twice, with two instants")
    return bounds


def _stream(option: str, text: str) -> tuple[Key, int, str]:
    match = re.fullmatch(r"([^:=]+):([^:=]+)=([^:=]+)", text)
    if match is None:
        hint = f"{option} ECOSMIG-001:PXX999=41 names number 41 of ECOSMIG-001 for PXX999."
        raise UsageError(f"{option} {text}: no report, recipient and number", hint=hint)
    report, recipient, number = match.groups()
    return _key(report, recipient), _number(number, f"{option} {text}"), f"{option} {text}"


def _rows(path: Path) -> Iterator[tuple[Key, int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not UTF-8"
        raise UsageError(f"{path}: {reason}", hint="Name a CSV file that this user can read.") from error
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        if tuple(next(lines, ())) != COLUMNS:
            raise UsageError(f"{path}: the first line must be {','.join(COLUMNS)}")
        for fields in lines:
            where = f"{path} line {lines.line_num}"
            if not fields:
                continue
            if len(fields) != len(COLUMNS):
                raise UsageError(f"{where}: {len(fields)} fields, not {len(COLUMNS)}")
            report, recipient, number = fields
            yield _key(report, recipient), _number(number, where), where
    except csv.Error as error:
        raise UsageError(f"{path} line {lines.line_num}: no CSV ({error})") from error


def _key(report: str, recipient: str) -> Key:
    (of,), (to,) = parse_reports((report,)), parse_suppliers((recipient,))
    return of, to


def _number(text: str, where: str) -> int:
    if not re.fullmatch("[0-9]{1,6}", text, re.ASCII) or not 1 <= int(text) <= _HIGHEST:
        raise UsageError(f"{where}: {text!r} is no number from 1 to {_HIGHEST:,}", hint=_HINT)
    return int(text)
