"""What a terminal of 80 columns shows, and what a shell is told."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from ecosmig_publish.cli.screen import show_table
from tests.cli.documents import words_of_commands
from tests.cli.driving import NOON, ecosmig, folder_of

if TYPE_CHECKING:
    from pathlib import Path

A = "P00001"
FILE = f"ECOSMIG-001_{A}_1_20240304060000.csv"
TABLES = [
    f"publish --all --as-of {NOON}",
    "verify",
    "verify --source",
    "status",
    "status --deadline 30m",
    "data check",
    "data sample there --devices 100 --parties 3",
    "supplier onboard --all --dry-run",
    "supplier access",
    "ledger check",
    "ledger recover --dry-run",
    f"ledger seed --stream ECOSMIG-003:{A}=3 --dry-run",
]
"""Where all is well `test_output.py` has most of them; other commands give lines, which the terminal wraps."""


@pytest.fixture
def disturbed(published: Path) -> Path:
    """A folder in which somebody altered, removed and added files, and rows of the source are gone."""
    first, second, *_ = sorted(folder_of(published, A).iterdir())
    first.write_bytes(b"altered")
    second.unlink()
    (published / "state" / "outbox" / "a file that nobody knows of").write_bytes(b"")
    attempts = published / "data" / "migration_attempts.parquet"
    pq.write_table(pq.read_table(attempts).slice(100), attempts)
    return published


@pytest.mark.parametrize("line", TABLES)
def test_where_something_is_wrong_tables_fit_80_columns_and_have_no_colours_when_piped(
    disturbed: Path, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = ecosmig(disturbed, *line.split())
    assert "\x1b" not in shown.out + shown.err
    table = in_tables(shown.out)
    assert table != []
    assert [text for text in table if len(text) > 80] == []


def in_tables(out: str) -> list[str]:
    """Return the lines of the tables in an output: what stands around a rule, between empty lines."""
    blocks = re.split(r"\n *\n", out)
    return [line for block in blocks if "────" in block for line in block.splitlines()]


def test_what_must_stay_whole_is_not_cut_where_no_terminal_is_wide_enough(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    columns = ("file", "slot", "unreportable", "why")
    row = (FILE, "2024-03-04 06:00Z", 1_234_567, "words that may be broken")
    show_table("", columns, [row], numbers=("unreportable",), whole=("file", "slot"))
    shown = capsys.readouterr().out
    assert all(text in shown for text in (FILE, "2024-03-04 06:00Z", "1,234,567", "unreportable"))
    assert "words that may be broken" not in shown


def test_every_help_fits_80_columns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    groups = {words[:-1] for words in words_of_commands()}
    wide = {
        words: [line for line in ecosmig(tmp_path, *words, "--help").out.splitlines() if len(line) > 80]
        for words in [*groups, *words_of_commands()]
    }
    # A command to be copied stands in one line, however long.
    assert [line for lines in wide.values() for line in lines if not line.startswith("    ecosmig ")] == []


def test_show_completion_prints_the_script_of_the_shell_that_it_is_called_from(tmp_path: Path) -> None:
    command = f"{sys.executable} -m ecosmig_publish --show-completion; true"
    shown = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "_ecosmig_completion()" in shown.stdout
