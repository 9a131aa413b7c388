"""The documents of `--json` are described, and nothing is in them that isn't described."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from ecosmig_publish.cli.schemas import schema_names, schema_of
from ecosmig_publish.emrr.terms import Report
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.migration_data.contract import CONTRACT
from ecosmig_publish.workflows.doctor import Level
from ecosmig_publish.workflows.recovery.checking import NEXT_STEPS
from tests.cli.documents import ERROR, command_of, commands, fault_of, is_error
from tests.cli.driving import MONDAY, NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A = "P00001"
STREAM = ("--report", "002", "--supplier", A, "--slot", MONDAY)
WITHOUT_CONFIGURATION = [
    "data sample there --devices 100 --parties 3",
    "init",
    "report list",
    "report schema",
    "report schema 4",
    "report schema --frictionless",
    "json-schema",
    "json-schema audit list",
]
BEFORE_THE_FIRST_RUN = [
    "plan --as-of 2024-03-04T05:00:00Z",
    "publish --all --as-of 2024-03-04T05:00:00Z",
    "verify",
    "verify --source",
    "verify --deep --budget 1m",
    "status",
    "status --deadline 30m",
    "held",
    "supplier onboard --all --dry-run",
    "supplier list",
    "supplier access",
    "audit list",
    "audit list --acts",
    "audit check",
    "issue release",
    "ledger check",
    f"ledger seed --stream ECOSMIG-001:{A}=3 --reported-up-to ECOSMIG-001={MONDAY} --dry-run",
    "doctor",
    "schedule",
    "schedule --dir there",
]
AFTER_A_RUN = [
    f"plan --as-of {NOON}",
    "verify --deep",
    "verify --deep --budget 1m",
    "status",
    "status --deadline 30m",
    "held",
    "supplier list",
    "supplier access",
    f"supplier offboard {A} --yes",
    "audit list",
    "audit list --acts",
    "audit check",
    "audit receipts",
    "audit page",
    "audit export",
    "audit export --acts",
    "audit export --out files.csv",
    "audit export --evidence --all --unsigned --out pack.zip",
    "status --deadline 30m --from-folders",
    f"issue resend {' '.join(STREAM)} --dry-run",
    f"issue withdraw {' '.join(STREAM)} --leave-file --yes --reason wrong",
    "ledger check",
    "ledger backup",
    "ledger recover --dry-run",
    "data check",
    "report validate published",
    "report sequence published",
]
SEEN_ELSEWHERE = {
    "demo": "tests/house/test_packaging.py",
    "error": "tests/cli/test_usage.py, and below",
    "issue-correct": "tests/cli/test_issue_amending.py",
    "rehearse": "tests/cli/test_rehearse.py",
    "report-read": "tests/cli/test_report_commands.py, and below",
    "sandbox": "tests/sandbox/test_sandbox_running.py",
}


def objects(part: Any) -> Iterator[dict[str, Any]]:
    """Yield every part of a schema that describes an object."""
    if isinstance(part, dict):
        if part.get("type") == "object":
            yield part
        for each in part.values():
            yield from objects(each)
    elif isinstance(part, list):
        for each in part:
            yield from objects(each)


def test_each_command_has_a_schema_and_each_schema_a_command() -> None:
    wanted = {*commands(), ERROR}
    missing = wanted - set(schema_names())
    assert not missing, f"write ecosmig_publish/cli/schemas/NAME.json for {missing}, in the manner of those there"
    assert set(schema_names()) == wanted


def test_a_document_of_each_command_is_seen_by_a_test() -> None:
    lines = [*WITHOUT_CONFIGURATION, *BEFORE_THE_FIRST_RUN, *AFTER_A_RUN]
    seen = {command_of(line.split()) for line in lines}
    missing = set(schema_names()) - seen - set(SEEN_ELSEWHERE)
    assert not missing, f"add a command line of {missing} to one of the lists in {__file__}"


@pytest.mark.parametrize("name", schema_names())
def test_a_schema_is_one_and_says_what_it_describes(name: str) -> None:
    schema = schema_of(name)
    Draft202012Validator.check_schema(schema)
    assert schema["$id"] == f"urn:ecosmig:json:{name}"
    assert schema["title"]
    assert schema["description"]


@pytest.mark.parametrize("name", schema_names())
def test_every_property_is_described_and_no_other_is_let_in(name: str) -> None:
    schema = schema_of(name)
    for part in objects(schema):
        others = part["additionalProperties"]
        # A map has one shape of value for any key; everything else names its keys.
        assert others is False or others, f"{name}: {part}"
        for key, of in part.get("properties", {}).items():
            meant = (
                of if "description" in of else schema.get("$defs", {}).get(of.get("$ref", "").rpartition("/")[2], {})
            )
            assert meant.get("description", "").endswith("."), f"{name}: {key} has no description"


def test_nothing_is_shared_that_nobody_refers_to() -> None:
    from ecosmig_publish.cli import schemas  # noqa: PLC0415 - beside what is asked of it

    used = {definition for name in schema_names() for definition in schema_of(name).get("$defs", {})}
    assert set(schemas._read("shared")["$defs"]) - used == set()


def test_closed_values_are_those_that_the_code_has() -> None:
    check = schema_of("ledger-check")
    assert set(check["$defs"]["sha256"]) >= {"pattern"}
    assert check["$defs"]["fault"]["properties"]["kind"]["enum"] == list(NEXT_STEPS)
    assert schema_of("doctor")["properties"]["checks"]["items"]["properties"]["level"]["enum"] == list(Level)
    assert schema_of("error")["$defs"]["exit_status"]["enum"] == list(ExitStatus)
    assert schema_of("held")["$defs"]["report"]["enum"] == list(Report)
    assert schema_of("data-check")["properties"]["faults"]["items"]["properties"]["table"]["enum"] == list(CONTRACT)


def test_a_key_that_no_schema_knows_and_one_that_is_missing_are_faults_that_name_the_file(configured: Path) -> None:
    document = ecosmig(configured, "plan", "--as-of", MONDAY, "--json").document
    assert fault_of("plan", document) is None
    fault = fault_of("plan", {**document, "new": 1})
    assert fault is not None
    assert "'new' was unexpected" in fault
    assert "ecosmig_publish/cli/schemas/plan.json" in fault
    for key in document:
        fault = fault_of("plan", {name: value for name, value in document.items() if name != key})
        assert fault is not None
        assert f"'{key}' is a required property" in fault


@pytest.mark.parametrize("line", WITHOUT_CONFIGURATION)
def test_without_a_configuration_the_document_is_as_its_schema_says(tmp_path: Path, line: str) -> None:
    given(tmp_path, line)


@pytest.mark.parametrize("line", BEFORE_THE_FIRST_RUN)
def test_before_the_first_run_the_document_is_as_its_schema_says(configured: Path, line: str) -> None:
    given(configured, line)


@pytest.mark.parametrize("line", AFTER_A_RUN)
def test_after_a_run_the_document_is_as_its_schema_says(published: Path, line: str) -> None:
    given(published, line)


def given(home: Path, line: str) -> None:
    """Run a command line, whose document is held against its schema where it is run."""
    document = ecosmig(home, *line.split(), "--json").document
    assert not is_error(document), document


def test_where_something_is_found_the_document_is_as_its_schema_says(published: Path) -> None:
    first, second, *_ = sorted(folder_of(published, A).iterdir())
    first.write_bytes(b"altered")
    second.unlink()
    assert {it["kind"] for it in ecosmig(published, "verify", "--json").document["discrepancies"]} == {
        "altered",
        "missing",
    }
    (published / "state" / "outbox" / "stray").write_bytes(b"")
    assert ecosmig(published, "ledger", "check", "--json").document["faults"]
    assert ecosmig(published, "report", "validate", str(first), "--json").document["findings"]
    assert ecosmig(published, "report", "sequence", str(first.parent), "--json").document["findings"]


def test_each_reports_details_are_as_the_schema_says(published: Path) -> None:
    seen = set()
    for path in sorted(folder_of(published, A).iterdir()):
        document = ecosmig(published, "report", "read", str(path), "--json").document
        assert document["details"]
        seen.add(document["report"])
    assert seen == {"ECOSMIG-001", "ECOSMIG-002", "ECOSMIG-004", "ECOSMIG-005"}
    table = ecosmig(published, "report", "read", str(path), "--to", "t.sqlite", "--json").document
    assert table["files"] == 1


def test_a_printed_schema_is_enough_to_check_a_document_with(published: Path) -> None:
    schema = json.loads(ecosmig(published, "json-schema", "audit", "list").out)
    validator = Draft202012Validator(schema)
    document = ecosmig(published, "audit", "list", "--json").document
    assert validator.is_valid(document)
    del document["files"][0]["sha256"]
    assert not validator.is_valid(document)


def test_the_list_names_for_each_command_what_prints_its_schema(tmp_path: Path) -> None:
    listed = ecosmig(tmp_path, "json-schema", "--json").document["commands"]
    assert [command_of(it["print"].split()) for it in listed] == ["json-schema"] * len(schema_names())
    for it in listed[::9]:
        printed = ecosmig(tmp_path, *it["print"].split()[1:])
        assert json.loads(printed.out)["$id"] == it["id"]


@pytest.mark.parametrize(
    ("words", "nearest"),
    [
        (["audit", "lsit"], "ecosmig json-schema audit list"),
        (["publsh"], "ecosmig json-schema publish"),
        (["data"], "ecosmig json-schema data check · ecosmig json-schema data sample"),
        (["zzz"], "ecosmig json-schema lists those that there are."),
    ],
    ids=str,
)
def test_a_command_without_a_schema_is_wrong_usage_that_names_the_nearest(
    tmp_path: Path, words: list[str], nearest: str
) -> None:
    run = ecosmig(tmp_path, "json-schema", *words, "--json")
    assert run.status == 2
    assert run.document["error"]["hint"] == nearest
