"""A recovery that is killed has recorded all or nothing; `python -m tests.workflows.recovery.crashing` tries it all."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_killed_anywhere_and_run_again_gives_what_an_undisturbed_recovery_gives() -> None:
    # In a process of its own: it forks, which a process with the threads of other tests must not.
    command = [sys.executable, "-m", "tests.workflows.recovery.crashing", "3"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "3 of 3 were killed; wrong: 0\n"), done.stderr
