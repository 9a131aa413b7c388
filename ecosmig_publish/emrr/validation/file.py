"""Whether a file is right, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import DETAIL_RECORD_TYPE, HEADER_FIELDS, TRAILER_FIELDS
from ecosmig_publish.emrr.dialect import TOO_LONG, read_records
from ecosmig_publish.emrr.validation.details import DetailRules
from ecosmig_publish.emrr.validation.fields import record_faults
from ecosmig_publish.emrr.validation.findings import Finding
from ecosmig_publish.emrr.validation.header import ReadHeader, header_faults, name_faults, read_header

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ecosmig_publish.emrr.validation.findings import Fault

_HEADER, _DETAIL, _TRAILER = (field.allowed[0] for field in (HEADER_FIELDS[0], DETAIL_RECORD_TYPE, TRAILER_FIELDS[0]))


def validate_file(name: str | None, chunks: Iterable[bytes], *, may_be_part: bool = False) -> Iterator[Finding]:
    """Yield every breach of the EMRR's rules in a file's bytes, in the order of its records.

    With `name` (without folders) its agreement with the header is checked too. Chunks may end anywhere; memory is
    bounded whatever the file holds, by the chunk and, for report 003, by the Device IDs of 999,999 rows. One that
    `may_be_part` of an issue that was split need not hold the whole week of a report 005.
    """
    file = _File(may_be_part=may_be_part)
    number = 0
    for number, (fields, problems) in enumerate(read_records(chunks), 1):
        for rule, message in problems:
            yield Finding(name or "", number, "", rule, message)
        is_cut = any(rule == TOO_LONG for rule, _ in problems)
        for field, rule, message in file.faults(number, fields, is_cut=is_cut):
            yield Finding(name or "", number, field, rule, message)
    for field, rule, message in file.closing_faults():
        yield Finding(name or "", number, field, rule, message)
    if name is not None:
        for field, rule, message in name_faults(name, file.header):
            yield Finding(name, 0, field, rule, message)


class _File:
    def __init__(self, *, may_be_part: bool) -> None:
        self._may_be_part = may_be_part
        self.header: ReadHeader | None = None
        self._rules: DetailRules | None = None
        self._details = 0
        self._records = 0
        self._trailer_at = 0

    def faults(self, number: int, fields: list[str], *, is_cut: bool) -> Iterator[Fault]:
        """Yield what is wrong with the next record; a cut one counts, but isn't looked into."""
        self._records = number
        kind = fields[0]
        if self._trailer_at:
            # One finding says it; what stands there is part of nothing.
            if number == self._trailer_at + 1:
                yield "", "after-trailer", "the file goes on after its trailer"
        elif number == 1:
            yield from self._first(fields)
        elif kind == _DETAIL:
            self._details += 1
            if self._rules is not None and not is_cut:
                yield from self._rules.faults(fields[1:])
        elif kind == _TRAILER:
            self._trailer_at = number
            yield from self._trailer(fields)
        elif kind == _HEADER:
            yield "record_type", "second-header", "a second header"
        else:
            yield "record_type", "record-type", "the record type is none of 00, 10 and 99"

    def closing_faults(self) -> Iterator[Fault]:
        if not self._records:
            yield "", "empty-file", "the file holds nothing"
            return
        if not self._trailer_at:
            yield "", "no-trailer", "the last record is no trailer"
        if self._rules is not None:
            yield from self._rules.closing_faults()

    def _first(self, fields: list[str]) -> Iterator[Fault]:
        yield from header_faults(fields)
        self.header = header = read_header(fields)
        if header is not None and header.report is not None:
            start, last_second = header.period_start, header.period_end
            self._rules = DetailRules(header.report, start, last_second, may_be_part=self._may_be_part)

    def _trailer(self, fields: list[str]) -> Iterator[Fault]:
        if len(fields) != len(TRAILER_FIELDS):
            yield "", "field-count", f"the trailer has {len(fields)} fields, {len(TRAILER_FIELDS)} are wanted"
            return
        found = list(record_faults(TRAILER_FIELDS, fields))
        yield from found
        if fields[1] != str(self._details) and "rows" not in {field for field, _, _ in found}:
            yield "rows", "rows-count", f"the trailer counts {fields[1]} rows, the file has {self._details}"
