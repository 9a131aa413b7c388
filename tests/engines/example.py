"""The specification's worked example, from an engine."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ecosmig_publish.migration_data import open_migration_data
from tests.installation import Installation, at
from tests.plain.data import COLUMNS, Data

if TYPE_CHECKING:
    from tests.plain.comparing import Place

_EXAMPLES = Path(__file__).parent.parent / "examples"


def play_the_example(place: Place) -> int:
    """Publish all its stages; return how many files are the expected ones, byte for byte, and no other is there."""
    manifest = json.loads((_EXAMPLES / "data" / "manifest.json").read_text())
    index: list[dict[str, Any]] = json.loads((_EXAMPLES / "expected" / "index.json").read_text())
    with tempfile.TemporaryDirectory() as home:
        installation = Installation(Path(home), at(manifest["start"]), "")
        for number, stage in enumerate(manifest["stages"]):
            source = _read(_EXAMPLES / "data" / stage["dir"])
            installation.source_url = place(source, Path(home) / f"stage-{number}")
            for run in stage["runs"]:
                installation.onboard_all()
                outcome = installation.run(at(run))
                assert outcome.source_error is None, outcome.source_error
        expected = {entry["file"]: (_EXAMPLES / "expected" / entry["file"]).read_bytes() for entry in index}
        assert installation.published() == expected, "the worked example"
        return len(expected)


def _read(folder: Path) -> Data:
    with open_migration_data(f"csv:{folder}", base=folder) as data:
        return Data(**{name: data.fetch(getattr(data.tables, name)).to_pylist() for name in COLUMNS})
