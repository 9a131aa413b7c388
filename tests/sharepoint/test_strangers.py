"""What somebody else does to the folders between two runs is said at the next one, and stops nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.emrr.terms import Report, Signifier
from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.ledger.anchors import parse_anchor_name
from ecosmig_publish.workflows.running import Narrowing
from ecosmig_publish.workflows.verifying import ALTERED, MISSING, MOVED, RENAMED, UNEXPECTED, UNPROVED
from tests.sharepoint.issued import FIRST
from tests.workflows.made import A, B

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ecosmig_publish.sandbox.held import Library
    from tests.sharepoint.installation import SharePointInstallation
    from tests.sharepoint.issued import Issued

pytestmark = [pytest.mark.enable_socket, pytest.mark.usefixtures("sandbox")]

WHO = "mallory@owner.test"
FILE = f"ECOSMIG-001_{A}_1_20240304060000.csv"
NEXT = f"ECOSMIG-002_{A}_1_20240304060000.csv"
EARLIER = Narrowing(reports={Report.ECOSMIG_001, Report.ECOSMIG_005})
"""What is published before the strangers come; the two files of 002 are left for the run after."""
OTHER = "notes.txt"


@dataclass(frozen=True, slots=True)
class Scene:
    made: SharePointInstallation
    library: Library

    @property
    def file(self) -> str:
        return f"{self.made.folder(A)}/{FILE}"

    def same_size(self) -> bytes:
        return b"x" * len(self.library.read(self.file))


def _delete(scene: Scene) -> None:
    scene.library.remove(scene.file, WHO)


def _rename(scene: Scene) -> None:
    scene.library.move(scene.file, f"{scene.made.folder(A)}/{OTHER}", WHO)


def _move_out(scene: Scene) -> None:
    scene.library.make_folder(f"{scene.made.place}/elsewhere")
    scene.library.move(scene.file, f"{scene.made.place}/elsewhere/{FILE}", WHO)


def _move_to_another_recipient(scene: Scene) -> None:
    scene.library.move(scene.file, f"{scene.made.folder(B)}/{FILE}", WHO)


def _replace(scene: Scene) -> None:
    data = scene.same_size()
    scene.library.remove(scene.file, WHO)
    scene.library.put(scene.file, data, WHO)


def _overwrite(scene: Scene) -> None:
    scene.library.put(scene.file, scene.same_size(), WHO)


def _edit(scene: Scene) -> None:
    scene.library.put(scene.file, scene.library.read(scene.file) + b"\r\n", WHO)


def _drop(scene: Scene) -> None:
    scene.library.put(f"{scene.made.folder(A)}/{OTHER}", b"for you", WHO)


def _make_subfolder(scene: Scene) -> None:
    scene.library.make_folder(f"{scene.made.folder(A)}/{OTHER}", WHO)


ACTS: dict[str, tuple[Callable[[Scene], None], set[tuple[str, str]]]] = {
    "deletes": (_delete, {(MISSING, FILE)}),
    "renames": (_rename, {(RENAMED, FILE)}),
    "moves-out": (_move_out, {(MOVED, FILE)}),
    "moves-to-another-recipient": (_move_to_another_recipient, {(MOVED, FILE)}),
    "replaces": (_replace, {(MISSING, FILE), (UNEXPECTED, FILE)}),
    "overwrites": (_overwrite, {(ALTERED, FILE)}),
    "edits": (_edit, {(ALTERED, FILE)}),
    "drops-a-file": (_drop, {(UNEXPECTED, OTHER)}),
    "makes-a-subfolder": (_make_subfolder, {(UNEXPECTED, OTHER)}),
}
TO_VERIFY = {
    # In full listing a moved file is asked for by its id, one that was replaced has its name and other bytes.
    "moves-to-another-recipient": {(MOVED, FILE), (UNEXPECTED, FILE)},
    "replaces": {(ALTERED, FILE)},
}


@pytest.fixture
def scene(issued: Issued, tmp_path: Path) -> Scene:
    made = issued.waiting(tmp_path)
    assert made.run(FIRST, EARLIER).exit_status == ExitStatus.OK
    return Scene(made, made.sandbox.library())


@pytest.mark.parametrize("act", ACTS)
def test_the_next_run_says_what_a_stranger_did_and_who_it_was_and_everything_else_goes_on(
    scene: Scene, act: str
) -> None:
    do, expected = ACTS[act]
    do(scene)
    outcome = scene.made.run(FIRST)
    assert outcome.exit_status == ExitStatus.FINDING
    assert {(doubt.kind, doubt.name) for doubt in outcome.doubts} == expected
    assert all(WHO in doubt.detail and " at 20" in doubt.detail for doubt in outcome.doubts)
    assert {(it.kind, str(it.detail["name"])) for it in scene.made.findings()} == expected
    assert (outcome.published.placed, len(outcome.proved), outcome.waiting) == (2, 2, [])


@pytest.mark.parametrize("act", ACTS)
def test_verify_finds_it_by_listing(scene: Scene, act: str) -> None:
    do, expected = ACTS[act]
    do(scene)
    found = {(it.kind, it.name) for it in scene.made.verify().discrepancies if it.kind != UNPROVED}
    assert found == TO_VERIFY.get(act, expected)


@pytest.mark.parametrize("act", ["deletes", "overwrites", "drops-a-file", "moves-to-another-recipient"])
def test_with_a_delta_token_that_expired_a_listing_finds_it(scene: Scene, act: str) -> None:
    do, expected = ACTS[act]
    do(scene)
    scene.library.expire_delta_tokens()
    outcome = scene.made.run(FIRST)
    assert outcome.exit_status == ExitStatus.FINDING
    assert {(doubt.kind, doubt.name) for doubt in outcome.doubts} == TO_VERIFY.get(act, expected)
    assert (outcome.published.placed, len(outcome.proved)) == (2, 2)


def test_an_expired_delta_token_alone_is_no_finding_and_the_next_run_has_a_good_one(scene: Scene) -> None:
    scene.library.expire_delta_tokens()
    assert scene.made.run(FIRST).exit_status == ExitStatus.OK
    with scene.made.ledger() as ledger:
        destination = scene.made.wiring().publishing(ledger)
        token = ledger.change_token(destination.followed)  # type: ignore[attr-defined]
        changed = destination.changes_since(token).items.values()  # type: ignore[attr-defined]
        # The anchor is kept after the run has looked.
        assert [parse_anchor_name(item.name) is not None for item in changed] == [True]


def test_what_was_found_is_said_once_and_kept(scene: Scene) -> None:
    _delete(scene)
    scene.made.run(FIRST)
    assert scene.made.run(FIRST).exit_status == ExitStatus.OK
    assert [finding.kind for finding in scene.made.findings()] == [MISSING]


def test_a_file_that_somebody_puts_back_as_it_was_issued_is_no_stranger(scene: Scene) -> None:
    data = scene.library.read(scene.file)
    _delete(scene)
    assert scene.made.run(FIRST, Narrowing(suppliers={Signifier(A)})).exit_status == ExitStatus.FINDING
    scene.library.put(scene.file, data, WHO)

    outcome = scene.made.run(FIRST)

    assert (outcome.exit_status, outcome.doubts) == (ExitStatus.OK, [])
    assert scene.made.verify().discrepancies == ()


def test_a_file_that_is_moved_into_another_recipients_folder_is_said_to_be_there(scene: Scene) -> None:
    _move_to_another_recipient(scene)
    (doubt,) = scene.made.run(FIRST).doubts
    assert f"into the folder of {B}" in doubt.detail


@pytest.mark.parametrize(
    ("act", "kind", "status"),
    [
        ("renames", RENAMED, ExitStatus.FOLDER_ACCESS),
        ("moves", MOVED, ExitStatus.FOLDER_ACCESS),
        ("deletes", MISSING, ExitStatus.FINDING),
    ],
)
def test_a_recipients_folder_that_somebody_touches_gets_nothing_and_the_other_recipient_its_files(
    scene: Scene, act: str, kind: str, status: ExitStatus
) -> None:
    path = scene.made.folder(A)
    if act == "renames":
        scene.library.move(path, f"{scene.made.root}/Able", WHO)
    elif act == "moves":
        scene.library.move(path, f"{scene.made.place}/{path.rpartition('/')[2]}", WHO)
    else:
        scene.library.remove(path, WHO)
    outcome = scene.made.run(FIRST)
    assert outcome.exit_status == status
    assert (kind, A) in {(doubt.kind, doubt.recipient) for doubt in outcome.doubts}
    assert WHO in next(doubt.detail for doubt in outcome.doubts if doubt.kind == kind)
    assert [stopped.recipient for stopped in outcome.published.stopped] == [A]
    assert {(file.recipient) for file in outcome.proved} == {B}
    assert {file.recipient for file in outcome.waiting} == {A}
    assert scene.made.staged() == []


def test_a_renamed_folder_that_still_carries_its_signifier_is_the_recipients(scene: Scene) -> None:
    scene.library.move(scene.made.folder(A), f"{scene.made.root}/{A} Able Energy plc", WHO)
    outcome = scene.made.run(FIRST)
    assert (outcome.exit_status, outcome.published.placed) == (ExitStatus.OK, 2)


def test_a_strangers_file_under_the_name_of_one_that_waits_is_not_overwritten(scene: Scene) -> None:
    scene.library.put(f"{scene.made.folder(A)}/{NEXT}", b"mine", WHO)
    outcome = scene.made.run(FIRST)
    assert outcome.exit_status == ExitStatus.STREAM_CONFLICT
    assert scene.library.read(f"{scene.made.folder(A)}/{NEXT}") == b"mine"
    assert {file.recipient for file in outcome.proved} == {B}
    assert WHO in outcome.published.stopped[0].reason
    assert scene.made.staged() == []


def test_what_a_dead_run_put_into_a_folder_is_no_strangers_before_the_next_run_adopts_it(scene: Scene) -> None:
    scene.library.put(f"{scene.made.folder(A)}/{NEXT}", scene.made.issued()[f"{A}/{NEXT}"])
    narrowed = scene.made.run(FIRST, Narrowing(suppliers={Signifier(B)}))
    assert (narrowed.exit_status, narrowed.doubts) == (ExitStatus.OK, [])
    rest = scene.made.run(FIRST)
    assert (rest.exit_status, rest.published.adopted, rest.published.placed) == (ExitStatus.OK, 1, 0)
