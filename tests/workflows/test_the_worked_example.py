"""The specification's worked example, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.installation import Installation, at

EXAMPLES = Path(__file__).parent.parent / "examples"
MANIFEST = json.loads((EXAMPLES / "data" / "manifest.json").read_text())
INDEX: list[dict[str, Any]] = json.loads((EXAMPLES / "expected" / "index.json").read_text())
HELD: list[dict[str, Any]] = json.loads((EXAMPLES / "expected" / "held.json").read_text())


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installation, list[dict[str, Any]]]:
    """Return the installation after all stages, and the rows held at each run."""
    home = tmp_path_factory.mktemp("example")
    installation = Installation(home, at(MANIFEST["start"]), "")
    held: list[dict[str, Any]] = []
    for stage in MANIFEST["stages"]:
        installation.source_url = f"csv:{EXAMPLES / 'data' / stage['dir']}"
        for run in stage["runs"]:
            installation.onboard_all()
            installation.run(at(run))
            held += [
                {"run": run, "report": hold.report[-3:], "key": hold.key, "reasons": list(hold.reasons)}
                for hold in installation.open_holds()
                if hold.last_tried_at == at(run)
            ]
    return installation, held


@pytest.mark.parametrize("entry", INDEX, ids=[entry["file"] for entry in INDEX])
def test_every_expected_file_stands_in_its_recipients_folder(
    entry: dict[str, Any], played: tuple[Installation, list[dict[str, Any]]]
) -> None:
    assert played[0].published()[entry["file"]] == (EXAMPLES / "expected" / entry["file"]).read_bytes()


def test_no_other_file_was_published(played: tuple[Installation, list[dict[str, Any]]]) -> None:
    assert set(played[0].published()) == {entry["file"] for entry in INDEX}


def test_the_expected_rows_were_held(played: tuple[Installation, list[dict[str, Any]]]) -> None:
    expected = [
        {
            "run": row["run"].removesuffix(".000000"),
            "report": row["report"],
            "key": row["key"],
            "reasons": row["reasons"],
        }
        for row in HELD
    ]
    assert played[1] == expected
