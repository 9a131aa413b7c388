"""What a command that has nothing to compute may not cost: engines and libraries that it doesn't use."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.driving import MONDAY

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = {"ibis", "duckdb", "pyarrow", "numpy", "pandas", "alembic", "office365", "msal", "requests", "sqlglot"}
STARTED = """\
import json, sys
from ecosmig_publish.cli.main import run
status = run(sys.argv[1:])
print(json.dumps([status, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def imported(home: Path, *arguments: str) -> set[str]:
    """Return the packages that a process has imported when its command is done."""
    run = subprocess.run(
        [sys.executable, "-c", STARTED, *arguments], cwd=home, capture_output=True, text=True, check=True
    )
    status, names = json.loads(run.stderr.splitlines()[-1])
    assert status == 0
    return set(names)


@pytest.mark.parametrize("command", [[], ["publish"], ["audit", "list"]], ids=" ".join)
def test_help_imports_neither_engine_nor_ledger(tmp_path: Path, command: list[str]) -> None:
    assert not imported(tmp_path, *command, "--help") & (HEAVY | {"sqlalchemy", "rich"})


@pytest.mark.parametrize(
    "command",
    [["plan", "--as-of", MONDAY], ["publish", "--all", "--as-of", MONDAY], ["status"]],
    ids=" ".join,
)
def test_with_nothing_due_no_engine_is_imported(published: Path, command: list[str]) -> None:
    assert not imported(published, *command) & HEAVY
