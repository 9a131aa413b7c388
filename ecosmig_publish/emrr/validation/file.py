"""Whether a file is right, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CLASSIFICATION, TRAILER_FIELDS
from ecosmig_publish.emrr.validation.details import DetailRules
from ecosmig_publish.emrr.validation.dialect import records
from ecosmig_publish.emrr.validation.fields import field_faults
from ecosmig_publish.emrr.validation.findings import Finding
from ecosmig_publish.emrr.validation.header import Header, header_faults, name_faults, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Fault = tuple[str, str, str]


def validate_file(name: str | None, chunks: Iterable[bytes]) -> Iterator[Finding]:
    """Yield every breach of the EMRR's rules in a file's bytes, in the order of its records.

    With `name` its agreement with the header is checked too. Memory doesn't grow with the file.
    """
    file = _File()
    number = 0
    for number, (fields, problems) in enumerate(records(chunks), 1):
        for rule, message in problems:
            yield Finding(name or "", number, "", rule, message)
        for field, rule, message in file.record(number, fields):
            yield Finding(name or "", number, field, rule, message)
    if not number:
        yield Finding(name or "", 0, "", "empty-file", "the file holds nothing")
        return
    for field, rule, message in file.end():
        yield Finding(name or "", number, field, rule, message)
    if name is not None and file.header is not None:
        for field, rule, message in name_faults(name, file.header):
            yield Finding(name, 0, field, rule, message)


class _File:
    def __init__(self) -> None:
        self.header: Header | None = None
        self._rules: DetailRules | None = None
        self._details = 0
        self._is_closed = False

    def record(self, number: int, fields: list[str]) -> Iterator[Fault]:
        kind = fields[0]
        if self._is_closed:
            yield "", "after-trailer", "a record stands after the trailer"
        if number == 1:
            yield from self._first(kind, fields)
        elif kind == "10":
            self._details += 1
            if self._rules is not None:
                yield from self._rules.faults(fields[1:])
        elif kind == "99":
            self._is_closed = True
            yield from self._trailer(fields)
        elif kind == "00":
            yield "record_type", "second-header", "a second header"
        else:
            yield "record_type", "record-type", "the record type is none of 00, 10 and 99"

    def end(self) -> Iterator[Fault]:
        if not self._is_closed:
            yield "", "no-trailer", "the last record is no trailer"
        if self._rules is not None and self.header is not None:
            yield from self._rules.closing_faults(self.header.period_start)

    def _first(self, kind: str, fields: list[str]) -> Iterator[Fault]:
        if kind != "00":
            yield "record_type", "no-header", "the first record is no header"
            return
        self.header = read_header(fields)
        yield from header_faults(fields, self.header)
        if self.header is not None and self.header.report is not None:
            self._rules = DetailRules(self.header.report)

    def _trailer(self, fields: list[str]) -> Iterator[Fault]:
        if len(fields) != len(TRAILER_FIELDS):
            yield "", "field-count", f"the trailer has {len(fields)} fields, {len(TRAILER_FIELDS)} are wanted"
            return
        for field, text in zip(TRAILER_FIELDS, fields, strict=True):
            for rule, message in field_faults(field, text):
                yield field.name, rule, message
        if fields[1] != str(self._details):
            yield "rows", "rows-count", f"the trailer counts {fields[1]} rows, the file has {self._details}"
        if fields[2] != CLASSIFICATION:
            yield "classification", "classification", f"the classification is not {CLASSIFICATION!r}"
