"""Records as bytes and bytes as records: RFC 4180 as report files use it, each way the other's inverse.

UTF-8 without BOM, commas, CRLF after every record; a value is quoted only when it holds a comma, a quote, CR or LF.
Reading is strict, goes on after every problem, and needs memory for one record alone, whatever the file holds.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LONGEST_RECORD = 16_384
"""Bytes; the longest record that the EMRR's lengths allow has fewer than 2,000."""

TOO_LONG = "record-too-long"
_OPEN = "open-quote"

_BOM = b"\xef\xbb\xbf"
_NEEDS_QUOTES = re.compile(r'[,"\r\n]')
_INSIDE_QUOTES = re.compile(rb'[^"]*+(?:""[^"]*+)*+')
_QUOTED = re.compile(r'"([^"]*+(?:""[^"]*+)*+)"')

Problem = tuple[str, str]
"""Rule, message."""


def write_record(texts: Sequence[str]) -> bytes:
    """Return the record of `texts`, its CRLF included."""
    return (",".join(_quoted(text) for text in texts) + "\r\n").encode()


def read_records(chunks: Iterable[bytes]) -> Iterator[tuple[list[str], list[Problem]]]:
    """Yield each record's fields, and what is wrong with how it is written; chunks may end anywhere.

    A record of more than `LONGEST_RECORD` bytes is cut, with the problem `TOO_LONG`.
    """
    for number, (line, problems) in enumerate(_records(_lines(chunks))):
        if number == 0 and line.startswith(_BOM):
            problems.append(("bom", "the file begins with a byte order mark"))
            line = line[len(_BOM) :]  # noqa: PLW2901 - the rest of the record
        try:
            text = line.decode()
        except UnicodeDecodeError:
            problems.append(("not-utf-8", "the record is not UTF-8"))
            text = line.decode("utf-8", "replace")
        yield _fields(text, problems), problems


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _NEEDS_QUOTES.search(text) else text


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield what ends in LF, and what is left; of more than the longest record only the first bytes, without LF."""
    rest, is_cut = b"", False
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            if not is_cut:
                yield line[: LONGEST_RECORD + 1] if len(line) > LONGEST_RECORD else line + b"\n"
            is_cut = False
        if is_cut:
            rest = b""
        elif len(rest) > LONGEST_RECORD:
            yield rest[: LONGEST_RECORD + 1]
            rest, is_cut = b"", True
    if rest:
        yield rest


def _records(lines: Iterator[bytes]) -> Iterator[tuple[bytes, list[Problem]]]:
    """Yield each record without its CRLF; a line break inside quotes belongs to the record."""
    again: list[bytes] = []
    """Lines behind a quote that is not closed, the next one last: they are read as records of their own."""
    while (line := again.pop() if again else next(lines, None)) is not None:
        if len(line) > LONGEST_RECORD and not line.endswith(b"\n"):
            yield line, [(TOO_LONG, f"the record has more than {LONGEST_RECORD:,} bytes, and is not looked into")]
            continue
        parts, size, is_open = [line], len(line), _ends_inside_quotes(line, inside=False)
        while is_open:
            part = again.pop() if again else next(lines, None)
            if part is not None:
                parts.append(part)
                size += len(part)
            if part is None or size > LONGEST_RECORD or _closes_badly(part):
                break
            is_open = _ends_inside_quotes(part, inside=True)
        if is_open:
            again.extend(reversed(parts[1:]))
            record, problems = _without_end(line)
            yield record, [*problems, (_OPEN, "a quote is not closed")]
        else:
            yield _without_end(b"".join(parts))


def _ends_inside_quotes(line: bytes, *, inside: bool) -> bool:
    """Whether a quoted value is still open at the end of `line`; `inside`: it is at the beginning."""
    if not inside and b'"' not in line:
        return False
    place = 0
    while True:
        if inside or line.startswith(b'"', place):
            place = _end_of_quoted(line, place if inside else place + 1)
            if place == len(line):
                return True
        inside = False
        comma = line.find(b",", place)
        if comma < 0:
            return False
        place = comma + 1


def _closes_badly(line: bytes) -> bool:
    """Whether the quote that ends what `line` goes on with stands within a value: it then began another one."""
    end = _end_of_quoted(line, 0)
    return end < len(line) and line[end + 1 : end + 2] not in (b"", b",", b"\r", b"\n")


def _end_of_quoted(line: bytes, place: int) -> int:
    match = _INSIDE_QUOTES.match(line, place)
    return match.end() if match else place


def _without_end(record: bytes) -> tuple[bytes, list[Problem]]:
    if record.endswith(b"\r\n"):
        return record[:-2], []
    if record.endswith(b"\n"):
        return record[:-1], [("bare-lf", "the record ends in LF, not in CRLF")]
    return record, [("no-crlf", "the last record has no CRLF")]


def _fields(text: str, problems: list[Problem]) -> list[str]:
    if '"' not in text:
        if "\r" in text:
            problems.append(("bare-cr", "a CR stands outside quotes"))
        return text.split(",")
    is_closed = all(rule != _OPEN for rule, _ in problems)
    fields, place = [], 0
    while True:
        quoted = _QUOTED.match(text, place)
        if quoted and (quoted.end() == len(text) or text[quoted.end()] == ","):
            value, end = quoted[1].replace('""', '"'), quoted.end()
            if not _NEEDS_QUOTES.search(value):
                problems.append(("needless-quotes", "a value is quoted that needs no quotes"))
        else:
            comma = text.find(",", quoted.end() if quoted else place)
            end = len(text) if comma < 0 else comma
            value = text[place:end]
            if '"' in value and is_closed:
                problems.append(("bad-quotes", "a quote stands in a value that is not quoted as a whole"))
            elif "\r" in value:
                problems.append(("bare-cr", "a CR stands outside quotes"))
        fields.append(value)
        if end >= len(text):
            return fields
        place = end + 1
