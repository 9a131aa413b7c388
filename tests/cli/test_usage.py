"""What stands on the command line, right and wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish import __version__
from ecosmig_publish.errors import ClockError
from ecosmig_publish.workflows.planning import run_instant
from tests.cli.documents import words_of_commands
from tests.cli.driving import MONDAY, NOON, ecosmig

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [
    ["plan"],
    ["publish", "--all"],
    ["publish", "--all", "--dry-run"],
    ["verify"],
    ["status"],
    ["held"],
    ["supplier", "onboard", "--all"],
    ["supplier", "list"],
    ["audit", "list"],
    ["audit", "list", "--acts"],
    ["audit", "export"],
    ["audit", "receipts"],
    ["data", "check"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_with_json_stdout_is_one_document(published: Path, command: list[str]) -> None:
    as_of = ["--as-of", MONDAY] if command[0] in ("plan", "publish") else []
    run = ecosmig(published, *command, *as_of, "--json")
    assert isinstance(run.document, dict)
    assert "error" not in run.document
    assert run.err == ""


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_with_json_an_error_is_one_document_too(tmp_path: Path, command: list[str]) -> None:
    run = ecosmig(tmp_path, *command, "--json")
    error = run.document["error"]
    assert (run.status, error["exit_status"]) == (2, 2)
    assert error["message"].startswith("no configuration")
    assert error["hint"]
    assert "no configuration" in run.err


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_before_the_first_run_every_command_has_an_answer(configured: Path, command: list[str]) -> None:
    as_of = ["--as-of", "2024-03-04T05:00:00Z"] if command[0] in ("plan", "publish") else []
    assert ecosmig(configured, *command, *as_of).status in (0, 20)


def test_reading_commands_make_no_ledger(configured: Path) -> None:
    for command in (["plan"], ["status"], ["held"], ["verify"], ["audit", "list"], ["supplier", "list"]):
        ecosmig(configured, *command)
    assert not (configured / "state" / "ecosmig.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["--foo"],
        ["publsh"],
        ["publish", "--foo"],
        ["publish", "--all", "surplus"],
        ["audit", "list", "--limit", "x"],
        ["audit", "list", "--limit", "0"],
        ["audit", "export", "--format", "xml"],
        ["audit", "export", "--evidence"],
        ["status", "--slots", "-1"],
        ["data", "sample"],
        ["data", "sample", "d", "--devices", "5"],
        ["data", "sample", "d", "--form", "xml"],
        ["supplier", "onboard"],
        ["supplier", "onboard", "--all", "P00001"],
        ["supplier", "onboard", "p1"],
        ["publish", "--all", "--report", "7"],
        ["plan", "--report", "ECOSMIG-1x"],
        ["plan", "--supplier", "nobody"],
        ["supplier"],
        [],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2_and_with_json_a_document(configured: Path, arguments: list[str]) -> None:
    plain, machine = ecosmig(configured, *arguments), ecosmig(configured, *arguments, "--json")
    assert (plain.status, plain.out) == (2, "")
    assert plain.err
    assert (machine.status, machine.document["error"]["exit_status"]) == (2, 2)


def test_a_misspelt_command_is_told_the_nearest(tmp_path: Path) -> None:
    run = ecosmig(tmp_path, "publsh")
    assert "Did you mean 'publish'?" in run.err
    assert "next: ecosmig --help" in run.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["--config", "there/it.toml", "--json", "supplier", "list"],
        ["supplier", "--config", "there/it.toml", "--json", "list"],
        ["supplier", "list", "--config", "there/it.toml", "--json"],
        ["--json", "supplier", "--config", "there/it.toml", "list"],
    ],
    ids=" ".join,
)
def test_options_that_stand_everywhere_stand_anywhere(configured: Path, arguments: list[str]) -> None:
    (configured / "there").mkdir()
    (configured / "ecosmig.toml").rename(configured / "there" / "it.toml")
    (configured / "data").rename(configured / "there" / "data")
    run = ecosmig(configured, *arguments)
    assert [item["signifier"] for item in run.document["suppliers"]] == ["P00001", "P00002", "P00003"]


def test_the_options_nearest_to_the_command_win(configured: Path) -> None:
    run = ecosmig(configured, "--config", "nowhere.toml", "plan", "--config", "ecosmig.toml")
    assert run.status == 0


def test_the_version_is_the_packages(tmp_path: Path) -> None:
    assert ecosmig(tmp_path, "--version").out == f"ecosmig {__version__}\n"


@pytest.mark.parametrize("words", words_of_commands(), ids=" ".join)
def test_every_commands_help_is_plain_text_with_an_example_and_its_exit_statuses(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    run = ecosmig(tmp_path, *words, "--help")
    assert run.status == 0
    assert run.out.startswith("Usage: ")
    assert all(option in run.out for option in ("--config", "--json", "--quiet", "--verbose"))
    assert f"\n    ecosmig {' '.join(words)}" in run.out
    assert "\n    130  interrupted" in run.out


def test_quiet_leaves_errors_and_results(onboarded: Path) -> None:
    run = ecosmig(onboarded, "--quiet", "publish", "--all", "--as-of", MONDAY)
    assert "Everything due is published and proved" in run.out
    assert ecosmig(onboarded, "--quiet", "publish").err.startswith("ecosmig: publish what?")


def test_verbose_shows_where_an_error_came_from(tmp_path: Path) -> None:
    assert "Traceback" in ecosmig(tmp_path, "--verbose", "plan").err
    assert "Traceback" not in ecosmig(tmp_path, "plan").err


def test_what_was_typed_can_not_steer_the_terminal(tmp_path: Path) -> None:
    assert "\x1b" not in ecosmig(tmp_path, "plan", "--config", "\x1b[2J.toml").err


def completion(home: Path, **asked: str) -> str:
    """Return what a shell gets to hear that asks for completion by the environment."""
    script = "from ecosmig_publish.cli.main import app; app(prog_name='ecosmig')"
    environment = {"HOME": str(home), **asked}
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0
    return run.stdout


@pytest.mark.parametrize(
    ("shell", "registers"),
    [
        ("bash", "complete -o default -F _ecosmig_completion ecosmig"),
        ("zsh", "compdef _ecosmig_completion ecosmig"),
        ("fish", "complete --command ecosmig"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName ecosmig"),
    ],
)
def test_completion_is_printed_for_a_shell(tmp_path: Path, shell: str, registers: str) -> None:
    assert registers in completion(tmp_path, _ECOSMIG_COMPLETE=f"source_{shell}")


def test_powershell_is_told_the_commands_that_begin_so(tmp_path: Path) -> None:
    asked = {"_TYPER_COMPLETE_ARGS": "ecosmig he", "_TYPER_COMPLETE_WORD_TO_COMPLETE": "he"}
    assert completion(tmp_path, _ECOSMIG_COMPLETE="complete_powershell", **asked).startswith("held:::")


def test_as_of_later_than_now_is_refused(onboarded: Path) -> None:
    run = ecosmig(onboarded, "publish", "--all", "--as-of", "2999-01-01T00:00:00Z")
    assert run.status == 2
    assert "--as-of 2999-01-01T00:00:00Z is later than now" in run.err


def test_as_of_before_the_last_cut_off_is_refused_with_the_earliest_that_is_not(published: Path) -> None:
    for command in (["publish", "--all"], ["plan"]):
        run = ecosmig(published, *command, "--as-of", "2024-03-04T05:59:59Z")
        assert run.status == 2
        assert "earlier than the last cut-off used, 2024-03-04T06:00:00Z" in run.err
        assert "Give an instant of 2024-03-04T06:00:00Z or later" in run.err


@pytest.mark.parametrize(
    "text",
    ["2024-03-04T06:00:00.999999Z", "2024-03-04T06:00:00", "2024-03-04T07:00:00+01:00", "20240304T060000Z"],
)
def test_as_of_is_read_in_utc_and_cut_to_the_second(onboarded: Path, text: str) -> None:
    assert ecosmig(onboarded, "plan", "--as-of", text, "--json").document["as_of"] == "2024-03-04T06:00:00Z"


@pytest.mark.parametrize(
    "text", ["2024-03-04", "20240304", "now", "1709532000", "2024-W10-1", "", "0001-01-01T00:00+05"]
)
def test_as_of_that_is_no_instant_is_refused_with_the_form(onboarded: Path, text: str) -> None:
    run = ecosmig(onboarded, "plan", "--as-of", text)
    assert run.status == 2
    assert "2026-03-02T06:00:00Z" in run.err


def test_a_clock_that_was_set_back_stops_before_anything_is_issued() -> None:
    used = datetime(2024, 3, 4, 6, tzinfo=UTC)
    with pytest.raises(ClockError, match="the clock's 2024-03-04T05:00:00Z is earlier") as refused:
        run_instant(now=used - timedelta(hours=1), as_of=None, settle=timedelta(0), last_cut_off=used)
    assert "Set this machine's clock right" in refused.value.hint


@pytest.mark.parametrize("command", [["plan"], ["publish", "--all"], ["verify"], ["audit", "list"]], ids=" ".join)
def test_a_supplier_that_nobody_knows_is_refused(published: Path, command: list[str]) -> None:
    as_of = ["--as-of", NOON] if command[0] in ("plan", "publish") else []
    run = ecosmig(published, *command, *as_of, "--supplier", "PXX999")
    assert run.status == 2
    assert "--supplier PXX999: it has no folder here" in run.err
    assert "ecosmig supplier onboard PXX999" in run.err


def test_onboarding_a_stranger_names_the_register(onboarded: Path) -> None:
    run = ecosmig(onboarded, "supplier", "onboard", "PXX999")
    assert run.status == 2
    assert "not in the party register: PXX999" in run.err


def test_reports_may_be_named_short_and_more_than_once(onboarded: Path) -> None:
    run = ecosmig(onboarded, "plan", "--as-of", MONDAY, "--report", "2", "--report", "ecosmig-004", "--json")
    assert [slot["report"] for slot in run.document["due"]] == ["ECOSMIG-002", "ECOSMIG-004"]


def test_dry_run_is_plan(onboarded: Path) -> None:
    dry = ecosmig(onboarded, "publish", "--all", "--dry-run", "--as-of", MONDAY, "--json")
    assert dry.document == ecosmig(onboarded, "plan", "--as-of", MONDAY, "--json").document
    assert not (onboarded / "state" / "outbox").exists()


def test_a_report_narrows_what_is_issued_and_a_supplier_what_is_published(onboarded: Path) -> None:
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--report", "2", "--supplier", "P00001", "--json")
    assert {slot["report"] for slot in run.document["slots"]} == {"ECOSMIG-002"}
    assert run.document["proved"] == run.document["published"] == 1
    waits = ecosmig(onboarded, "plan", "--as-of", MONDAY, "--json").document["waiting"]
    assert {file["recipient"] for file in waits} == {"P00002", "P00003"}


def test_a_reader_that_has_gone_is_no_fault(published: Path) -> None:
    command = f"{sys.executable} -m ecosmig_publish audit list --json; echo $? >status"
    run = subprocess.run(
        ["bash", "-c", f"({command}) | true; cat status"],
        cwd=published,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.stdout, run.stderr) == ("0\n", "")


def test_the_module_is_the_program(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "ecosmig_publish", "plan", "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert json.loads(run.stdout)["error"]["exit_status"] == 2
