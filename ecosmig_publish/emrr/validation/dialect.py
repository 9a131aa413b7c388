"""Bytes to records: RFC 4180 as report files use it, strictly; memory doesn't grow with the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BOM = b"\xef\xbb\xbf"
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')

Problem = tuple[str, str]


def records(chunks: Iterable[bytes]) -> Iterator[tuple[list[str], list[Problem]]]:
    """Yield each record's fields, and what is wrong with how it is written."""
    for number, (line, problems) in enumerate(_lines(chunks)):
        faults = list(problems)
        if number == 0 and line.startswith(_BOM):
            faults.append(("bom", "the file begins with a byte order mark"))
            line = line[len(_BOM) :]  # noqa: PLW2901 - the rest of the record
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            faults.append(("not-utf-8", "the record is not UTF-8"))
            text = line.decode("utf-8", "replace")
        yield _fields(text, faults), faults


def _lines(chunks: Iterable[bytes]) -> Iterator[tuple[bytes, list[Problem]]]:
    """Yield each record's bytes without its CRLF; a line break inside quotes belongs to the record."""
    rest, open_record = b"", b""
    for chunk in chunks:
        rest += chunk
        *whole, rest = rest.split(b"\n")
        for part in whole:
            record = open_record + part + b"\n"
            if record.count(b'"') % 2:
                open_record = record
                continue
            open_record = b""
            yield _without_end(record)
    if open_record or rest:
        problems = [("no-crlf", "the last record has no CRLF")]
        if (open_record + rest).count(b'"') % 2:
            problems.append(("open-quote", "a quote is not closed"))
        yield open_record + rest, problems


def _without_end(record: bytes) -> tuple[bytes, list[Problem]]:
    if record.endswith(b"\r\n"):
        return record[:-2], []
    return record[:-1], [("bare-lf", "the record ends in LF, not in CRLF")]


def _fields(text: str, faults: list[Problem]) -> list[str]:
    if '"' not in text:
        if "\r" in text:
            faults.append(("bare-cr", "a CR stands outside quotes"))
        return text.split(",")
    fields, place = [], 0
    while True:
        quoted = _QUOTED.match(text, place)
        if quoted and (quoted.end() == len(text) or text[quoted.end()] == ","):
            value = quoted[1].replace('""', '"')
            if not _NEEDS_QUOTES.search(value):
                faults.append(("needless-quotes", "a value is quoted that needs no quotes"))
            end = quoted.end()
        else:
            comma = text.find(",", place)
            end = len(text) if comma < 0 else comma
            value = text[place:end]
            if '"' in value or "\r" in value or "\n" in value:
                faults.append(("bad-quotes", "a quote or a line break stands outside quotes"))
        fields.append(value)
        if end >= len(text):
            return fields
        place = end + 1
