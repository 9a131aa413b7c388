"""A report file as its recipient reads it: by the specification, with nothing of the product's."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from io import StringIO

_NAME = re.compile(r"(ECOSMIG-00[1-6])_([A-Z0-9]{6})_([1-9][0-9]{0,5})_([0-9]{14})\.csv", re.ASCII)
_WIDTHS = {"ECOSMIG-001": 8, "ECOSMIG-002": 11, "ECOSMIG-003": 12, "ECOSMIG-004": 7, "ECOSMIG-005": 4, "ECOSMIG-006": 4}
"""Fields of a detail record, by report."""


class Malformed(ValueError):  # noqa: N818 - it is what the file is
    """This is no report file."""


@dataclass(frozen=True, slots=True)
class ReadName:
    """What a file's name says; `created` is `YYYYMMDDhhmmss`."""

    report: str
    recipient: str
    number: int
    created: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """What a file says: its header, and its detail records without their type."""

    report: str
    recipient: str
    number: int
    created: str
    begins: str
    ends: str
    details: list[list[str]]


def read_name(name: str) -> ReadName:
    """Raises `Malformed`."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise Malformed("no name of a report file")
    return ReadName(match[1], match[2], int(match[3]), match[4])


def read_file(content: bytes) -> ReadFile:
    """Raises `Malformed`, also where the trailer counts other rows."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise Malformed("no UTF-8") from error
    if not text.endswith("\r\n"):
        raise Malformed("its last record has no end")
    # Most files have no quotes; reading those as CSV would be the dearest part of the judging.
    records = list(csv.reader(StringIO(text, newline=""))) if '"' in text else _split(text)
    head, details, tail = records[0], records[1:-1], records[-1]
    if len(records) < 2 or head[0] != "00" or len(head) != 9 or tail[0] != "99" or len(tail) != 3:
        raise Malformed("no header or no trailer")
    width = _WIDTHS.get(head[1])
    if any(record[0] != "10" or len(record) != width for record in details):
        raise Malformed("a detail record has not its fields")
    if tail[1] != str(len(details)):
        raise Malformed(f"its trailer counts {tail[1]} rows, there are {len(details)}")
    if not head[3].isdecimal() or head[3].startswith("0"):
        raise Malformed("no number in its header")
    rows = [record[1:] for record in details]
    return ReadFile(head[1], head[2], int(head[3]), head[5], head[6], head[7], rows)


def _split(text: str) -> list[list[str]]:
    return [line.split(",") for line in text[:-2].split("\r\n")]
