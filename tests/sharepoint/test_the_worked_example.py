"""The specification's worked example through SharePoint, byte for byte."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.installation import at
from tests.sharepoint.installation import SharePointInstallation
from tests.workflows.test_the_worked_example import EXAMPLES, INDEX, MANIFEST

if TYPE_CHECKING:
    from pathlib import Path

    from ecosmig_publish.sandbox import Sandbox
    from tests.destinations.sharepoint.driven import DrivenTime

pytestmark = pytest.mark.enable_socket

PARTIES = {signifier: f"Example {signifier[-1]} & Sons" for signifier in ("PXX001", "PXX002", "PXX003")}
STAGES: list[dict[str, Any]] = MANIFEST["stages"]


def test_the_worked_example_stands_in_the_recipients_folders_byte_for_byte_and_nothing_stands_anywhere_else(
    sandbox: Sandbox, driven: DrivenTime, tmp_path: Path
) -> None:
    made = SharePointInstallation(tmp_path / "home", sandbox, driven, at(MANIFEST["start"]), "csv:not yet", PARTIES)
    made.onboard_all()
    for stage in STAGES:
        made.source_url = f"csv:{EXAMPLES / 'data' / stage['dir']}"
        for run in stage["runs"]:
            made.run(at(run))
    expected = {entry["file"]: (EXAMPLES / "expected" / entry["file"]).read_bytes() for entry in INDEX}
    assert made.published() == expected
    # All files of this place, wherever they are: nothing is left in staging, beside the folders lie anchors.
    library = sandbox.library()
    assert len(library.files(made.place)) == len(expected) + len(library.files(made.anchors))
    assert {name for name, _ in made.ever_visible()} == set(expected)


def test_verify_finds_nothing_after_the_first_stage_not_even_by_reading_every_byte(
    sandbox: Sandbox, driven: DrivenTime, tmp_path: Path
) -> None:
    stage = STAGES[0]
    source_url = f"csv:{EXAMPLES / 'data' / stage['dir']}"
    made = SharePointInstallation(tmp_path / "home", sandbox, driven, at(MANIFEST["start"]), source_url, PARTIES)
    made.onboard_all()
    made.run(at(stage["runs"][0]))
    verified = made.verify(deep=True)
    assert (verified.folders, verified.discrepancies) == (3, ())
    assert verified.files == len(made.published()) > 0
