"""The closed values of the schemas are those that the code can write, every one of them."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

import ecosmig_publish
from ecosmig_publish.cli.schemas import schema_names, schema_of
from ecosmig_publish.cli.views import supplier_onboarding
from ecosmig_publish.emrr.catalogue import CATALOGUE
from ecosmig_publish.migration_data.check.faults import Severity
from ecosmig_publish.reports.responsible_supplier import OVERLAPPING
from ecosmig_publish.workflows import deadlines, onboarding, verifying
from ecosmig_publish.workflows.issuing.exclusions import DOUBLED
from ecosmig_publish.workflows.issuing.holds import ROW_GONE
from ecosmig_publish.workflows.recovery import seeding_from_folders as seeding
from ecosmig_publish.workflows.recovery.recovering_rows import NOT_IN_FILES
from tests.cli.driving import MONDAY, NOON, ecosmig

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(ecosmig_publish.__file__).parent
MAY_BE_LEFT_OUT = {
    ("status", "The particulars, by kind."),
    (
        "verify",
        "The first records concerned, by kind; a kind without any is left out. Records count from 1, the header.",
    ),
    # Frictionless leaves out what isn't asked.
    ("report-schema", "A field of a detail."),
    ("report-schema", "What a value must keep."),
}
"""Objects whose keys are not always there: a schema's name, and the description of the object."""


def words_given(*callees: str) -> set[str]:
    """Return the words that the package calls one of these with, as the first argument that is a word."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        if not any(f"{callee}(" in text for callee in callees):
            continue
        module = ".".join(("ecosmig_publish", *path.relative_to(PACKAGE).with_suffix("").parts))
        for call in ast.walk(ast.parse(text)):
            if isinstance(call, ast.Call) and _name(call.func) in callees:
                found |= next(filter(None, (_words(it, module) for it in _arguments(call))), set())
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _arguments(call: ast.Call) -> Iterator[ast.expr]:
    yield from call.args
    yield from (keyword.value for keyword in call.keywords)


def _words(argument: ast.expr, module: str) -> set[str]:
    """Return the words that an argument may be: a text, a constant, or the one or the other."""
    if isinstance(argument, ast.IfExp):
        return _words(argument.body, module) | _words(argument.orelse, module)
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return {argument.value}
    if isinstance(argument, ast.Name) and argument.id.isupper():
        return {getattr(import_module(module), argument.id)}
    return set()


def part_of(name: str, *way: str) -> Any:
    """Return a part of a schema: the way to it goes by properties, items and definitions alike."""
    schema = part = schema_of(name)
    for step in way:
        while "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        part = part.get("items", part)
        while "$ref" in part:
            part = schema["$defs"][part["$ref"].rpartition("/")[2]]
        part = {**schema.get("$defs", {}), **part.get("properties", {})}[step]
    while "$ref" in part:
        part = schema["$defs"][part["$ref"].rpartition("/")[2]]
    return part


def test_kinds_of_acts() -> None:
    for name in ("audit-list", "audit-export"):
        assert set(part_of(name, "acts", "acts", "kind")["enum"]) == words_given("Deed")


def test_kinds_of_findings_that_are_kept() -> None:
    kinds = words_given("record_finding", "record_finding_once") | verifying.OF_STRANGERS
    assert set(part_of("status", "state", "findings", "kind")["enum"]) == kinds


def test_rows_that_a_correction_lacks_are_a_finding_that_is_described(published: Path) -> None:
    attempts = published / "data" / "migration_attempts.parquet"
    pq.write_table(pq.read_table(attempts).slice(100), attempts)
    stream = ("--report", "001", "--supplier", "P00001", "--slot", MONDAY)
    corrected = ecosmig(published, "issue", "correct", *stream, "--as-of", NOON, "--yes", "--reason", "why", "--json")
    (issue,) = corrected.document["issues"]
    (finding,) = ecosmig(published, "status", "--json").document["findings"]
    told = {"corrected": issue["files"][0]["name"], "rows": issue["gone"]}
    assert (finding["kind"], finding["detail"]) == ("row-gone", told)


def test_kinds_of_discrepancies() -> None:
    for kinds in (part_of("verify", "discrepancy", "kind"), part_of("publish", "run", "doubts", "kind")):
        assert set(kinds["enum"]) == words_given("Discrepancy")


def test_what_is_done_for_a_recipient() -> None:
    acts = {onboarding.MADE, onboarding.TAKEN_OVER, onboarding.PINNED, onboarding.LEFT}
    acts |= {*supplier_onboarding._PLANNED.values(), supplier_onboarding._NOT_DONE}
    assert set(part_of("supplier-onboard", "suppliers", "act")["enum"]) == acts


def test_what_is_odd_in_folders_late_or_a_fault_of_the_source() -> None:
    oddities = {seeding.GAP, seeding.DOUBLE, seeding.ANOTHERS, seeding.STRANGER}
    assert set(part_of("ledger-seed", "oddities", "kind")["enum"]) == oddities
    late = {deadlines.NOT_ISSUED, deadlines.NOT_PROVED}
    assert set(part_of("status", "late", "overdue", "what")["enum"]) >= late
    assert set(part_of("data-check", "faults", "severity")["enum"]) == set(Severity)


@pytest.mark.parametrize(
    "reason",
    [
        *(OVERLAPPING, DOUBLED, ROW_GONE, NOT_IN_FILES, "no-device", "no-responsible-supplier", "unknown-party"),
        *("duplicate-device", "corrected", "corrected:ECOSMIG-001_PXX001_1_20240226060000.csv", "empty:recorded_at"),
        *(f"{what}:{field.name}" for of in CATALOGUE.values() for field in of.fields for what in ("empty", "too-long")),
    ],
)
def test_reasons_of_holds(reason: str) -> None:
    assert re.search(part_of("held", "held", "reasons", "reason_of_hold")["pattern"], reason)


def test_a_key_is_always_there_but_where_it_is_known_not_to_be() -> None:
    lacking = {
        (name, part.get("description", ""))
        for name in schema_names()
        for part in objects(schema_of(name))
        if part["properties"].keys() - part["required"]
    }
    assert lacking == MAY_BE_LEFT_OUT


def objects(part: Any) -> Iterator[Any]:
    """Yield every object of a schema that names its keys."""
    if isinstance(part, dict) and part.get("type") == "object" and "properties" in part:
        yield {"required": [], **part}
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from objects(each)
