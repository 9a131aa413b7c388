"""What `report` shows."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from ecosmig_publish.cli.words import parse_reports
from ecosmig_publish.emrr.catalogue import CATALOGUE, HEADER_FIELDS, TRAILER_FIELDS, Field
from ecosmig_publish.emrr.validation import Finding, contents_of, validate_file, validate_sequence
from ecosmig_publish.errors import ExitStatus, InvalidFileError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ecosmig_publish.cli.invocation import Invocation

_SHOWN = 200
_CHUNK = 1 << 20


def show_reports(invocation: Invocation) -> int:
    """Show the six reports."""
    document = {
        "reports": [
            {
                "report": definition.report,
                "title": definition.title,
                "falls_due": definition.cadence,
                "recipient": definition.recipients,
                "clause": definition.clause,
            }
            for definition in CATALOGUE.values()
        ]
    }
    rows = [(it.report.value, it.title, it.cadence, it.recipients, it.clause) for it in CATALOGUE.values()]
    invocation.result(document, lambda: _table(("report", "title", "falls due", "recipient", "clause"), rows))
    return ExitStatus.OK


def show_schema(invocation: Invocation, report: str) -> int:
    """Show the fields of a report's records."""
    definition = CATALOGUE[parse_reports([report])[0]]
    record_type = HEADER_FIELDS[0]
    records = {
        "header": HEADER_FIELDS,
        "detail": (Field("record_type", "Record type ('10')", record_type.kind, 2), *definition.fields),
        "trailer": TRAILER_FIELDS,
    }
    document = {
        "report": definition.report,
        "title": definition.title,
        "dialect": {"delimiter": ",", "quote": '"', "line_terminator": "\r\n", "encoding": "utf-8", "header": False},
        "records": {
            name: [
                {
                    "name": field.name,
                    "title": field.title,
                    "kind": field.kind,
                    "max_length": field.max_length,
                    "optional": field.optional,
                }
                for field in fields
            ]
            for name, fields in records.items()
        },
    }
    rows = [
        (name, field.name, field.title, field.kind.value, field.max_length, "optional" if field.optional else "")
        for name, fields in records.items()
        for field in fields
    ]
    columns = ("record", "field", "data element", "kind", "length", "")
    invocation.result(document, lambda: _table(columns, rows))
    return ExitStatus.OK


def validate_and_show(invocation: Invocation, files: Sequence[Path]) -> int:
    """Check each file; returns 20 on a finding."""
    found = [finding for path in files for finding in validate_file(path.name, _chunks(path))]
    return _show_findings(invocation, found, f"{len(files):,} files", "right")


def sequence_and_show(invocation: Invocation, folder: Path, first: int) -> int:
    """Check a folder; returns 20 on a finding."""
    contents = list(contents_of(folder))
    found = list(validate_sequence(contents, first=first))
    return _show_findings(invocation, found, f"{len(contents):,} files in {folder}", "whole")


def _show_findings(invocation: Invocation, found: Sequence[Finding], looked_at: str, good: str) -> int:
    document = {
        "findings": [
            {
                "file": finding.file,
                "record": finding.record,
                "field": finding.field,
                "rule": finding.rule,
                "message": finding.message,
            }
            for finding in found
        ]
    }

    def render() -> None:
        rows = [(it.file, it.record or "", it.field, it.rule, it.message) for it in islice(found, _SHOWN)]
        if rows:
            _table(("file", "record", "field", "rule", "finding"), rows)
        outcome = f"{len(found):,} findings" if found else good
        print(f"{looked_at}: {outcome}.")  # noqa: T201 - the command's result

    invocation.result(document, render)
    return ExitStatus.FINDING if found else ExitStatus.OK


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
    except OSError as error:
        raise InvalidFileError(f"{path}: {error.strerror}", hint="Name files that this user can read.") from error


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    from ecosmig_publish.cli.screen import show_table  # noqa: PLC0415 - rich is slow to import

    show_table("", columns, rows, numbers=("length", "record"))
