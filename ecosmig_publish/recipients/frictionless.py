"""A report's files described as a Frictionless Data Resource, which other tools read.

A report file has a header record before its details and a trailer after them. The description reads the first row as a
comment, and the last one by the `99` that it begins with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.emrr.catalogue import CATALOGUE, DETAIL_RECORD_TYPE, Field, FieldKind

if TYPE_CHECKING:
    from ecosmig_publish.emrr.terms import Report

_TYPES: dict[FieldKind, dict[str, str]] = {
    FieldKind.TEXT: {"type": "string"},
    FieldKind.INTEGER: {"type": "integer"},
    FieldKind.DATETIME: {"type": "datetime", "format": "%Y%m%dT%H%M%S"},
    FieldKind.DATE: {"type": "date", "format": "%Y%m%d"},
}


def data_resource(report: Report, path: str) -> dict[str, object]:
    """Return the descriptor of a report's file at `path`: its dialect and the schema of its details."""
    definition = CATALOGUE[report]
    return {
        "name": report.value.lower(),
        "title": definition.title,
        "path": path,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {
            "header": False,
            "commentRows": [1],
            "commentChar": "99",
            "csv": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "doubleQuote": True},
        },
        "schema": {
            "fields": [_field(field) for field in (DETAIL_RECORD_TYPE, *definition.fields)],
            "missingValues": [""],
        },
    }


def _field(field: Field) -> dict[str, object]:
    constraints: dict[str, object] = {"required": not field.optional}
    if field.kind is FieldKind.TEXT:
        constraints["maxLength"] = field.max_length
    if field.allowed:
        constraints["enum"] = list(field.allowed)
    if field.pattern:
        constraints["pattern"] = field.pattern
    if field.minimum is not None:
        constraints["minimum"] = field.minimum
    return {"name": field.name, "title": field.title, **_TYPES[field.kind], "constraints": constraints}
