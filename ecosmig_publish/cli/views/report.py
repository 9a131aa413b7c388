"""What `report list` and `report schema` show: the six reports as data."""

from __future__ import annotations

from dataclasses import replace
from textwrap import fill, wrap
from typing import TYPE_CHECKING

from ecosmig_publish.cli.words import parse_reports
from ecosmig_publish.emrr.catalogue import (
    CATALOGUE,
    DETAIL_RECORD_TYPE,
    HEADER_FIELDS,
    MAX_ROWS_PER_FILE,
    TRAILER_FIELDS,
    Field,
    FieldKind,
    ReportDefinition,
)
from ecosmig_publish.errors import ExitStatus, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ecosmig_publish.cli.invocation import Invocation
    from ecosmig_publish.emrr.terms import Report

_WIDTH = 80
_FORMATS = {
    FieldKind.TEXT: "text as it stands: leading zeros belong to it",
    FieldKind.INTEGER: "plain digits, a minus sign where negative",
    FieldKind.DATETIME: "YYYYMMDDThhmmss, UTC",
    FieldKind.DATE: "YYYYMMDD, UTC",
}
_DIALECT = {
    "delimiter": ",",
    "quote": '"',
    "quoting": "only a value that holds a comma, a quote, CR or LF; a quote in it is doubled",
    "line_terminator": "\r\n",
    "encoding": "utf-8",
    "byte_order_mark": False,
    "column_names": False,
}


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
    invocation.result(document, lambda: _say([line for it in CATALOGUE.values() for line in _listed(it)]))
    return ExitStatus.OK


def show_schema(invocation: Invocation, report: str | None) -> int:
    """Show the records of a report, or of all six."""
    if report is None:
        definitions = list(CATALOGUE.values())
        document: object = {"schemas": [_schema(definition) for definition in definitions]}
    else:
        definitions = [CATALOGUE[_named(report)]]
        document = _schema(definitions[0])
    invocation.result(document, lambda: _say([line for it in definitions for line in _described(it)]))
    return ExitStatus.OK


def show_package(invocation: Invocation, report: str | None) -> int:
    """Show a Frictionless Data Package of one report's file, or of all six; the paths are examples to replace."""
    from ecosmig_publish.recipients.frictionless import data_resource  # noqa: PLC0415 - its neighbours are slow

    reports = list(CATALOGUE) if report is None else [_named(report)]
    resources = [data_resource(it, f"{it}_PXX999_1_20260101060000.csv") for it in reports]
    package = {"name": "ecosmig", "profile": "tabular-data-package", "resources": resources}
    replace(invocation, json=True).result(package, lambda: None)
    return ExitStatus.OK


def _named(text: str) -> Report:
    try:
        return parse_reports([text])[0]
    except UsageError as error:
        raise UsageError(f"{text}: no such report", hint=error.hint) from error


def _records(definition: ReportDefinition) -> Mapping[str, Sequence[Field]]:
    detail = (DETAIL_RECORD_TYPE, *definition.fields)
    return {"header": HEADER_FIELDS, "detail": detail, "trailer": TRAILER_FIELDS}


def _schema(definition: ReportDefinition) -> dict[str, object]:
    # What a header says of the report is one text for each of the six.
    fixed = {"report": [definition.report.value], "title": [definition.title]}
    return {
        "report": definition.report,
        "title": definition.title,
        "clause": definition.clause,
        "file_name": f"{definition.report}_<signifier>_<sequence number>_<YYYYMMDDhhmmss>.csv",
        "dialect": _DIALECT,
        "max_details": MAX_ROWS_PER_FILE,
        "order_of_details": definition.order,
        "records": {
            record: [
                {
                    "position": position,
                    "name": field.name,
                    "title": field.title,
                    "kind": field.kind,
                    "format": _FORMATS[field.kind],
                    "max_length": field.max_length,
                    "optional": field.optional,
                    "allowed": fixed.get(field.name, field.allowed) if record == "header" else field.allowed,
                    "pattern": field.pattern or None,
                    "minimum": field.minimum,
                }
                for position, field in enumerate(fields, 1)
            ]
            for record, fields in _records(definition).items()
        },
    }


def _listed(definition: ReportDefinition) -> list[str]:
    return [
        f"{definition.report}  {definition.title}",
        f"             falls due {definition.cadence}",
        f"             for the {definition.recipients.removeprefix('relevant ')} ({definition.clause})",
    ]


def _described(definition: ReportDefinition) -> list[str]:
    lines = [f"{definition.report}  {definition.title}", f"ordered by {', '.join(definition.order)}", ""]
    for record, fields in _records(definition).items():
        lines.append(f"{record:<22}{'kind':<10}{'length':>6}  {'':<10}data element")
        for field in fields:
            optional = "optional" if field.optional else ""
            title, *more = wrap(field.title, _WIDTH - 50)
            lines.append(f"  {field.name:<20}{field.kind.value:<10}{field.max_length:>6}  {optional:<10}{title}")
            lines += [f"{'':<50}{line}" for line in more]
        lines.append("")
    return lines


def _say(lines: Sequence[str]) -> None:
    for line in lines:
        print(line if len(line) <= _WIDTH else fill(line, _WIDTH, subsequent_indent="  "))  # noqa: T201 - the result
