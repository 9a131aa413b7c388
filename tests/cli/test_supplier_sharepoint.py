"""`ecosmig supplier` and `ecosmig doctor` as an administrator types them, against the stand-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.sandbox import Sandbox
from tests.cli.driving import ecosmig
from tests.cli.tenant import configure, folder_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

A, B, C = "P00001", "P00002", "P00003"
MAIL = "ana@able-energy.test"


@pytest.fixture
def sandbox(tmp_path: Path, socket_enabled: None) -> Iterator[Sandbox]:  # noqa: ARG001 - for loopback
    with Sandbox(tmp_path / "sharepoint") as running:
        running.people.add_person(MAIL, "Ana", guest=True)
        yield running


@pytest.fixture
def home(configured: Path, sandbox: Sandbox) -> Path:
    """An installation with two recipients configured of the register's three."""
    configure(configured, sandbox, {A: MAIL, B: MAIL})
    return configured


def acts(document: dict[str, list[dict[str, object]]]) -> dict[object, object]:
    return {item["signifier"]: item["act"] for item in document["suppliers"]}


class TestOnboard:
    def test_all_onboards_those_who_are_configured_and_leaves_the_others_with_status_0(self, home: Path) -> None:
        run = ecosmig(home, "supplier", "onboard", "--all", "--json")
        assert run.status == 0
        assert acts(run.document) == {A: "made", B: "made", C: "left: no users or group"}

    def test_for_people_it_says_who_was_left(self, home: Path) -> None:
        run = ecosmig(home, "supplier", "onboard", "--all")
        assert f"1 left, as the configuration names neither users nor a group for them: {C}" in run.out

    def test_one_who_is_named_and_not_configured_is_wrong_usage(self, home: Path) -> None:
        run = ecosmig(home, "supplier", "onboard", C)
        assert (run.status, f"neither users nor a group in the configuration: {C}" in run.err) == (2, True)

    def test_a_dry_run_says_what_would_be_done_and_does_nothing(self, home: Path, sandbox: Sandbox) -> None:
        run = ecosmig(home, "supplier", "onboard", "--all", "--dry-run")
        assert run.status == 0
        assert f"{A}: would be granted: {MAIL}" in run.out
        assert sandbox.library().item("ECoS Migration Reports") is None
        assert not (home / "state" / "ecosmig.db").exists()

    def test_again_it_changes_nothing(self, home: Path, sandbox: Sandbox) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        sandbox.clear_requests()
        run = ecosmig(home, "supplier", "onboard", "--all", "--json")
        assert acts(run.document) == {A: "already pinned", B: "already pinned", C: "left: no users or group"}
        assert {request.method for request in sandbox.requests() if request.path.startswith("/v1.0/")} == {"GET"}

    def test_users_whom_the_directory_lacks_need_invite(self, home: Path, sandbox: Sandbox) -> None:
        configure(home, sandbox, {A: "new@able-energy.test", B: MAIL})
        run = ecosmig(home, "supplier", "onboard", "--all", "--json")
        assert run.status == 10
        assert acts(run.document) == {A: "not onboarded", B: "made", C: "left: no users or group"}
        (refused,) = (item for item in run.document["suppliers"] if item["error"])
        assert "not in the directory: new@able-energy.test" in refused["error"]
        assert refused["next"].endswith(f"ecosmig supplier onboard {A} --invite")
        run = ecosmig(home, "supplier", "onboard", A, "--invite", "--json")
        assert (run.status, acts(run.document)) == (0, {A: "made"})
        guest = sandbox.people.person("new@able-energy.test")
        assert guest is not None
        assert guest.guest

    def test_two_folders_of_one_signifier_end_with_21_and_the_others_go_on(self, home: Path, sandbox: Sandbox) -> None:
        for name in ("One", "Two"):
            sandbox.library().make_folder(f"ECoS Migration Reports/{A} {name}")
        run = ecosmig(home, "supplier", "onboard", "--all", "--json")
        assert run.status == run.document["exit_status"] == 21
        assert acts(run.document)[B] == "made"

    def test_a_stranger_who_loses_access_is_said_beforehand(self, home: Path, sandbox: Sandbox) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        eve = sandbox.people.add_person("eve@elsewhere.test", "Eve")
        sandbox.library().grant(folder_name(sandbox, A), "user", eve.id)
        run = ecosmig(home, "supplier", "onboard", A)
        assert "withdraw user Eve" in run.err
        assert ecosmig(home, "supplier", "access").status == 0


class TestAccess:
    def test_exact_readers_end_with_0_and_are_recorded(self, home: Path) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        run = ecosmig(home, "supplier", "access", "--json")
        assert run.status == 0
        assert [(item["signifier"], item["exact"], item["findings"]) for item in run.document["suppliers"]] == [
            (A, True, []),
            (B, True, []),
        ]
        listed = ecosmig(home, "supplier", "list", "--json").document["suppliers"]
        assert [(item["access"] or {}).get("exact") for item in listed] == [True, True, None]
        assert all(item["folder_id"] for item in listed[:2])

    def test_a_finding_ends_with_21_and_is_named(self, home: Path, sandbox: Sandbox) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        sandbox.library().grant(folder_name(sandbox, A), "link", "token", "read", "anonymous")
        run = ecosmig(home, "supplier", "access")
        assert run.status == 21
        assert f"{A}: a sharing link for anybody who has the link" in run.out
        assert f"next: ecosmig supplier onboard {A}" in run.out
        assert ecosmig(home, "supplier", "access", B).status == 0

    def test_one_without_a_folder_is_wrong_usage(self, home: Path) -> None:
        run = ecosmig(home, "supplier", "access", A)
        assert (run.status, f"{A} has no folder here" in run.err) == (2, True)

    def test_before_anybody_is_onboarded_there_is_nothing_to_look_at(self, home: Path) -> None:
        run = ecosmig(home, "supplier", "access")
        assert (run.status, "No recipient is onboarded yet" in run.out) == (0, True)


class TestOffboard:
    def test_without_a_terminal_it_needs_yes(self, home: Path, sandbox: Sandbox) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        run = ecosmig(home, "supplier", "offboard", A)
        assert (run.status, f"ecosmig supplier offboard {A} --yes" in run.err) == (2, True)
        assert len(sandbox.library().grants(folder_name(sandbox, A))[0]) == 1

    def test_access_is_withdrawn_and_the_pin_stays(self, home: Path, sandbox: Sandbox) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        run = ecosmig(home, "supplier", "offboard", A, "--yes", "--json")
        assert run.status == 0
        assert len(run.document["withdrawn"]) == 1
        assert sandbox.library().grants(folder_name(sandbox, A))[0] == []
        listed = ecosmig(home, "supplier", "list", "--json").document["suppliers"][0]
        assert (listed["folder_id"], listed["access"]["exact"]) == (run.document["folder_id"], False)


class TestDoctor:
    def test_findings_end_with_20_and_each_says_what_to_do(self, home: Path) -> None:
        run = ecosmig(home, "doctor", "--json")
        assert run.status == run.document["exit_status"] == 20
        (found,) = (check for check in run.document["checks"] if check["level"] == "finding")
        assert found["name"] == "library's folders"
        assert found["next"].endswith("ecosmig supplier onboard --all")

    def test_warnings_alone_end_with_0_one_line_each(self, home: Path) -> None:
        ecosmig(home, "supplier", "onboard", "--all")
        run = ecosmig(home, "doctor")
        assert run.status == 0
        lines = [line for line in run.out.splitlines() if not line.startswith("         next: ")]
        assert {line.split()[0] for line in lines[:-1]} == {"good", "warning"}
        assert lines[-1].endswith(" 0 findings.")
