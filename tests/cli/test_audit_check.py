"""`ecosmig audit check`, and the anchor that each run leaves."""

from __future__ import annotations

import json
import shutil
import stat
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MONDAY, NOON, ecosmig
from tests.workflows.recovery.made import copy_ledger, lose_ledger, put_back

if TYPE_CHECKING:
    from pathlib import Path


def anchors(home: Path) -> list[Path]:
    return sorted((home / "state/anchors").iterdir())


def test_a_run_anchors_what_the_chain_ends_with_where_its_owner_alone_reads(onboarded: Path) -> None:
    configuration = onboarded / "ecosmig.toml"
    configuration.write_text(configuration.read_text() + '[operations]\nlog = "state/log.jsonl"\n')
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json").document
    head = ecosmig(onboarded, "audit", "list", "--acts", "--json").document["acts"][-1]
    assert (run["head"], run["acts"]) == (head["hash"], head["id"])
    assert run["anchor"] == {
        "act": head["id"],
        "hash": head["hash"],
        "where": str(onboarded / "state/anchors"),
        "anchored": True,
        "error": None,
    }
    (anchor,) = anchors(onboarded)
    assert json.loads(anchor.read_text())["hash"] == head["hash"]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (anchor.parent, anchor)] == [0o700, 0o600]
    told = json.loads((onboarded / "state/log.jsonl").read_text().splitlines()[-1])
    assert (told["head"], told["acts"], told["anchored_in"]) == (head["hash"], head["id"], str(anchor.parent))


def test_a_run_with_nothing_to_record_leaves_no_anchor_and_the_next_one_that_has_leaves_one(published: Path) -> None:
    before = anchors(published)
    again = ecosmig(published, "publish", "--all", "--as-of", MONDAY)
    assert (again.status, anchors(published)) == (0, before)
    assert f"{before[0].name[26:42]}, anchored." in again.out
    assert ecosmig(published, "publish", "--all", "--as-of", NOON).status == 0
    assert len(anchors(published)) == 2
    # The anchors' folder is no recipient's.
    assert ecosmig(published, "verify").status == 0
    assert "_anchors" not in ecosmig(published, "report", "sequence", "published").out


def test_a_whole_chain_is_said_with_its_span_its_head_and_the_anchors_that_agree(published: Path) -> None:
    head = ecosmig(published, "publish", "--all", "--as-of", MONDAY, "--json").document["head"]
    ended = ecosmig(published, "audit", "check", "--head", head)
    assert (ended.status, ended.err) == (0, "")
    assert "one whole chain; it ends with act" in ended.out
    assert head in ended.out
    assert f"1 anchor agrees with it in {published / 'state/anchors'}.\n" in ended.out
    assert ecosmig(published, "audit", "check", "--head", "0" * 64).status == 20


def test_an_anchor_that_was_edited_is_found_and_named_with_what_to_do(published: Path) -> None:
    (anchor,) = anchors(published)
    anchor.write_text(anchor.read_text().replace("act", "cat"))
    ended = ecosmig(published, "audit", "check", "--json")
    (fault,) = ended.document["faults"]
    assert (ended.status, fault["kind"], fault["where"][:4]) == (20, "anchor", "act ")
    assert "(prove-files " in fault["where"]
    assert anchor.name in fault["what"]
    assert "recycle bin" in fault["next"]
    assert ecosmig(published, "audit", "check", "--no-anchors").status == 0


def test_anchors_can_be_a_copy(published: Path, tmp_path: Path) -> None:
    shutil.copytree(published / "state/anchors", tmp_path / "copy")
    anchors(published)[0].unlink()
    assert ecosmig(published, "audit", "check", "--anchors", str(tmp_path / "copy")).status == 0
    assert ecosmig(published, "audit", "check", "--anchors", str(tmp_path / "none")).status == 2


def test_an_anchor_that_can_t_be_kept_is_said_changes_no_status_and_is_made_up_for(onboarded: Path) -> None:
    (onboarded / "state/anchors").write_text("a file")
    run = ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY)
    assert run.status == 0
    assert ", not anchored." in run.out
    assert "  not anchored: " in run.out
    assert "  next: " in run.out
    assert "none is anchored yet" in ecosmig(onboarded, "status").out
    ended = ecosmig(onboarded, "audit", "check")
    assert ended.status == 10
    assert "The anchors could not be read, so nothing was compared with them" in ended.out
    assert "--no-anchors" in ended.out
    (onboarded / "state/anchors").unlink()
    assert ecosmig(onboarded, "publish", "--all", "--as-of", MONDAY, "--json").document["anchor"]["anchored"]
    assert ecosmig(onboarded, "audit", "check").status == 0


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "old"])
def test_anchors_of_a_chain_that_a_recovery_replaced_are_explained(published: Path, tmp_path: Path, lost: bool) -> None:  # noqa: FBT001
    copy_ledger(published, tmp_path / "old")
    # Of what an old copy lacks, nothing is in any folder: the anchor alone tells.
    assert ecosmig(published, "supplier", "access").status == 0
    assert ecosmig(published, "publish", "--all", "--as-of", NOON if lost else MONDAY).status == 0
    last = json.loads(anchors(published)[-1].read_text())
    if lost:
        lose_ledger(published)
        gone = ecosmig(published, "audit", "check", "--json").document["faults"]
        assert f"up to act {last['act']}, {last['hash']}" in gone[-1]["what"]
        assert ecosmig(published, "supplier", "onboard", "--all").status == 0
    else:
        put_back(published, tmp_path / "old")
    assert ecosmig(published, "audit", "check").status == 20
    recovered = ecosmig(published, "ledger", "recover", "--yes", "--json").document
    assert (recovered["lost_head"], len(recovered["lost_anchors"])) == (last["hash"], 2 if lost else 1)
    assert ecosmig(published, "publish", "--all", "--as-of", NOON).status == 0
    ended = ecosmig(published, "audit", "check", "--json").document
    assert (ended["exit_status"], ended["anchors"]["explained"]) == (0, 2 if lost else 1)
    assert [reset["kind"] for reset in ended["resets"]] == ["recover"]
    assert "put this chain in the place of a lost one" in ecosmig(published, "audit", "check").out
    # What the recovery named must stay.
    next(path for path in anchors(published) if path.name in recovered["lost_anchors"]).unlink()
    (fault,) = ecosmig(published, "audit", "check", "--json").document["faults"]
    assert fault["what"] == "the anchor of a chain that a recovery replaced is not there any more"


def test_before_the_first_run_there_is_nothing_to_check(configured: Path) -> None:
    ended = ecosmig(configured, "audit", "check")
    assert (ended.status, ended.out) == (0, "There is no ledger yet, so there is nothing to check.\n")
