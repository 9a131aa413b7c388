"""What amends an issue, killed at an even share of its points; `python -m tests.crashes.amendments` tries them all."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def test_killed_anywhere_and_done_again_an_amendment_uses_one_number_and_holds_each_row_once() -> None:
    # In a process of its own: it forks, which a process with the threads of other tests must not.
    command = [sys.executable, "-m", "tests.crashes.amendments", "--most", "2"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    killed = {act: int(count) for act, count in re.findall(r"(\w+): (\d+) killed", done.stdout)}
    assert killed.keys() == {"resend", "correct", "withdraw"}
    assert min(killed.values()) >= 2
