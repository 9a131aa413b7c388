"""Every way to tamper with the chain of acts or with its anchors is found, and named by its act."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from ecosmig_publish.errors import ExitStatus
from ecosmig_publish.ledger.anchors import AnchorName, format_anchor_name, parse_anchor_name
from tests.workflows.anchoring.scene import ElsewherePlace, Scene, anchored

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EDITED = "was edited: its hash is not that of its fields"
CUT = "the newest acts were cut off, or an old copy of the ledger was put back"
TWO = "act 2 (prove-access PAA001, 2024-03-01T12:00:00Z)"
EIGHTEEN = "act 18 (rebase-watermark ECOSMIG-006 2024-02-01T06:00:00Z, 2024-03-01T12:00:00Z)"
NEWEST = "act 23 (find five, 2024-03-01T12:00:00Z)"


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return anchored(tmp_path_factory.mktemp("anchored") / "home").home


@pytest.fixture(scope="session")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Another ledger of the same content, made by another host."""
    return anchored(tmp_path_factory.mktemp("elsewhere") / "home", ElsewherePlace)


@pytest.fixture
def scene(made: Path, tmp_path: Path) -> Scene:
    return Scene(shutil.copytree(made, tmp_path / "home"))


def faults(scene: Scene, **options: Any) -> list[tuple[str, str, str]]:
    """Return what the check finds: kind, where and what."""
    return [(it.kind, it.where, it.what) for it in scene.audit(**options).checked.faults]


def test_an_installation_that_nobody_touched_has_nothing_wrong(scene: Scene) -> None:
    audited = scene.audit(head=scene.acts()[4].hash)
    assert (audited.exit_status, audited.checked.faults, audited.unanchored) == (ExitStatus.OK, [], 0)
    # Acts may have come since it was noted.
    assert audited.noted == 5
    assert audited.anchors is not None
    assert [name.act for name in audited.anchors.agreed] == [18, 21, 23]
    assert [parsed.act for name in scene.names if (parsed := parse_anchor_name(name))] == [18, 21, 23]


def _edit(field: str, value: str) -> Callable[[Scene], None]:
    return lambda scene: scene.sql(f"UPDATE acts SET {field} = '{value}' WHERE id = 2")  # noqa: S608 - constants


def _drop(*numbers: int) -> Callable[[Scene], None]:
    return lambda scene: scene.sql(*(f"DELETE FROM acts WHERE id = {number}" for number in numbers))  # noqa: S608


def _insert(scene: Scene) -> None:
    """Put a forged act between two, and let those after it move up."""
    scene.sql(
        "UPDATE acts SET id = -id WHERE id > 4",
        "UPDATE acts SET id = 1 - id WHERE id < 0",
        "INSERT INTO acts SELECT 5, at, identity, host, version, 'find', 'forged', '{}', 'x' || substr(hash, 2), "
        "'y' || substr(hash, 2) FROM acts WHERE id = 4",
    )


def _swap(scene: Scene) -> None:
    scene.sql(*(f"UPDATE acts SET id = {to} WHERE id = {of}" for of, to in ((3, 99), (4, 3), (99, 4))))  # noqa: S608


def _cut_with_rows(scene: Scene) -> None:
    """Cut off the newest five acts, all that they recorded, and what the ledger knows of their anchors."""
    scene.sql(
        "DELETE FROM acts WHERE id > 18",
        "DELETE FROM findings WHERE kind IN ('one', 'two', 'three', 'four', 'five')",
        "DELETE FROM anchors WHERE act_id > 18",
    )


def _cut_the_last(scene: Scene) -> None:
    scene.sql(
        "DELETE FROM acts WHERE id = 23",
        "DELETE FROM findings WHERE kind = 'five'",
        "DELETE FROM anchors WHERE act_id = 23",
    )


def _seal_anew(first: int, **changed: str) -> Callable[[Scene], None]:
    """Change an act, seal it and all after it, and let the ledger know nothing of their anchors."""

    def do(scene: Scene) -> None:
        scene.rewrite(first, **changed)
        scene.sql(f"DELETE FROM anchors WHERE act_id >= {first}")  # noqa: S608 - a constant

    return do


def _go_on_with_the_old_copy(scene: Scene) -> None:
    scene.put_old_copy_back()
    scene.go_on("six", "seven", "eight", "nine", "ten", "eleven")
    scene.anchor()


def _remove(place: int) -> Callable[[Scene], None]:
    return lambda scene: (scene.anchors / scene.names[place]).unlink()


def _edit_anchor(scene: Scene) -> None:
    path = scene.anchors / scene.names[1]
    path.write_text(path.read_text().replace("host-1", "host-9"))


def _rename_anchor(scene: Scene) -> None:
    path = scene.anchors / scene.names[1]
    path.rename(path.with_name("ecosmig.json"))


def _forge_anchor(scene: Scene) -> None:
    """Let an anchor name another hash, as though the chain had been another one."""
    path = scene.anchors / scene.names[1]
    name = parse_anchor_name(path.name)
    assert name is not None
    path.rename(path.with_name(format_anchor_name(AnchorName(name.ledger, name.act, "ab" * 32))))


def _name_another_ledger(scene: Scene) -> None:
    path = scene.anchors / scene.names[1]
    path.rename(path.with_name(f"{'ab' * 8}{path.name[16:]}"))


def _forge_recovery(scene: Scene) -> None:
    """Claim in an edited act that a recovery replaced what was anchored."""
    content = json.dumps({"lost_anchors": [[name, None] for name in scene.names]})
    _cut_with_rows(scene)
    scene.sql(f"UPDATE acts SET kind = 'recover', content = '{content}' WHERE id = 18")  # noqa: S608


TAMPERING: dict[str, tuple[Callable[[Scene], None], str, str, str]] = {
    "edit an act's instant": (_edit("at", "2024-03-01T11:00:00.000000Z"), "chain", "act 2 (prove-access", EDITED),
    "let an act's instant be none": (_edit("at", "yesterday"), "chain", "act 2 (prove-access PAA001", EDITED),
    "edit an act's identity": (_edit("identity", "somebody"), "chain", TWO, EDITED),
    "edit an act's host": (_edit("host", "elsewhere"), "chain", TWO, EDITED),
    "edit an act's version": (_edit("version", "9.9"), "chain", TWO, EDITED),
    "edit an act's kind": (_edit("kind", "find"), "chain", "act 2 (find PAA001, 2024-03-01T12:00:00Z)", EDITED),
    "edit an act's subject": (_edit("subject", "PZZ009"), "chain", "act 2 (prove-access PZZ009", EDITED),
    "edit an act's content": (_edit("content", "{}"), "chain", TWO, EDITED),
    "edit what an act follows": (_edit("previous_hash", "ab" * 32), "chain", TWO, EDITED),
    "edit an act's hash": (_edit("hash", "ab" * 32), "chain", TWO, EDITED),
    "drop the first act": (_drop(1), "chain", "act 1", "act 1 is missing"),
    "drop an act in the middle": (_drop(12), "chain", "act 12", "act 12 is missing"),
    "drop several acts": (_drop(6, 7, 8), "chain", "act 6", "acts 6 to 8 are missing"),
    "drop the newest act": (_drop(23), "anchor", "act 23", CUT),
    "insert an act": (_insert, "chain", "act 5 (find forged, 2024-03-01T12:00:00Z)", EDITED),
    "let two acts change places": (_swap, "chain", "act 3 (prove-access PBB002", EDITED),
    "cut off the newest act with its row": (_cut_the_last, "anchor", "act 23", CUT),
    "cut off the newest acts with their rows": (_cut_with_rows, "anchor", "act 23", CUT),
    "seal the chain anew from an act on": (
        _seal_anew(5, identity="somebody"),
        "anchor",
        EIGHTEEN,
        "from the first act on the chain was written anew",
    ),
    "seal the chain anew after an anchor": (
        _seal_anew(22, identity="somebody"),
        "anchor",
        NEWEST,
        "since act 21, whose anchor agrees, the chain was written anew",
    ),
    "seal the whole chain anew": (
        _seal_anew(1, host="host-9"),
        "anchor",
        EIGHTEEN,
        "another ledger's chain stands here, or it was written anew from its first act",
    ),
    "put an old copy back": (Scene.put_old_copy_back, "anchor", "act 23", CUT),
    "put an old copy back and go on with it": (
        _go_on_with_the_old_copy,
        "anchor",
        "act 21 (find eight, 2024-03-01T12:00:00Z)",
        "since act 18, whose anchor agrees, the chain was written anew, or an old copy went on",
    ),
    "edit an anchor": (
        _edit_anchor,
        "anchor",
        "act 21 (find three, 2024-03-01T12:00:00Z)",
        "has other bytes than follow from the act",
    ),
    "rename an anchor": (_rename_anchor, "anchor", "ecosmig.json", "stands among the anchors and is none"),
    "forge an anchor": (_forge_anchor, "anchor", "act 21 (find three", "an anchor of act 21 (abababababab…) was kept"),
    "let an anchor name another ledger": (
        _name_another_ledger,
        "anchor",
        "act 21 (find three",
        "was kept at 20",
    ),
    "remove the first anchor": (_remove(0), "anchor", EIGHTEEN, "its anchor was written at 2024-03-01T12:00:00Z"),
    "remove an anchor in the middle": (_remove(1), "anchor", "act 21 (find three", "and is not there any more"),
    "remove the newest anchor": (_remove(2), "anchor", NEWEST, "and is not there any more"),
    "remove all anchors": (lambda scene: shutil.rmtree(scene.anchors), "anchor", NEWEST, "not there any more"),
    "invent an anchor that was written": (
        lambda scene: scene.sql(
            "INSERT INTO anchors SELECT 20, 'x' || name, anchored_at FROM anchors WHERE act_id = 21"
        ),
        "row",
        "anchors 20",
        "act 20 (find two, 2024-03-01T12:00:00Z) was anchored with another hash",
    ),
    "forge a recovery": (_forge_recovery, "chain", "act 18 (recover ECOSMIG-006", EDITED),
    "take the ledger away": (lambda scene: shutil.rmtree(scene.home / "state"), "anchor", "the ledger", "up to act 23"),
    "edit a row": (
        lambda scene: scene.sql("UPDATE files SET rows = 9 WHERE id = 1"),
        "act",
        "act 5 (issue-slot",
        "rows",
    ),
}


@pytest.mark.parametrize("way", TAMPERING)
def test_it_is_found_and_the_act_is_named(scene: Scene, way: str) -> None:
    do, kind, where, what = TAMPERING[way]
    do(scene)
    found = faults(scene)
    assert [it for it in found if it[0] == kind and where in it[1] and what in it[2]], found


@pytest.mark.parametrize("way", ["edit an act's host", "insert an act", "drop an act in the middle", "edit a row"])
def test_what_the_ledger_shows_by_itself_needs_no_anchors(scene: Scene, way: str) -> None:
    do, kind, where, what = TAMPERING[way]
    do(scene)
    assert [it for it in faults(scene, with_anchors=False) if it[0] == kind and where in it[1] and what in it[2]]


@pytest.mark.parametrize(
    "way", ["cut off the newest acts with their rows", "seal the whole chain anew", "put an old copy back"]
)
def test_a_head_that_was_noted_finds_what_only_anchors_show_else(scene: Scene, way: str) -> None:
    head = scene.acts()[-1].hash
    TAMPERING[way][0](scene)
    assert faults(scene, with_anchors=False) == []
    ((kind, where, what),) = faults(scene, with_anchors=False, head=head)
    assert (kind, f"no act has the hash that was noted, {head}" in what) == ("chain", True)
    assert where.startswith("act ")


def test_the_chains_of_two_ledgers_that_change_places_are_told_apart(scene: Scene, elsewhere: Scene) -> None:
    shutil.rmtree(scene.home / "state")
    shutil.copytree(elsewhere.home / "state", scene.home / "state")
    found = faults(scene)
    assert [where for _, where, what in found if "another ledger's chain stands here" in what] == [
        EIGHTEEN,
        "act 21 (find three, 2024-03-01T12:00:00Z)",
        NEWEST,
    ]


def test_another_ledgers_anchor_is_found_and_nothing_else_is(scene: Scene, elsewhere: Scene) -> None:
    shutil.copy(elsewhere.anchors / elsewhere.names[1], scene.anchors)
    ((kind, where, what),) = faults(scene)
    assert (kind, where) == ("anchor", "act 21 (find three, 2024-03-01T12:00:00Z)")
    assert "or the anchor is another ledger's" in what


def test_an_anchor_that_the_ledger_had_no_time_to_note_agrees(scene: Scene) -> None:
    scene.sql("DELETE FROM anchors WHERE act_id = 23")
    audited = scene.audit()
    assert (audited.checked.faults, audited.unanchored) == ([], 2)


def test_acts_that_no_run_anchored_yet_are_counted_and_no_finding(scene: Scene) -> None:
    scene.go_on("six")
    audited = scene.audit()
    assert (audited.exit_status, audited.unanchored, audited.newest_anchored) == (ExitStatus.OK, 1, 23)
