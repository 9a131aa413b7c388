"""At a terminal somebody is asked before access is withdrawn."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

A = "P00001"


def answered(home: Path, answer: bytes, *options: str) -> tuple[int, str]:
    """Run `supplier offboard` at a terminal where somebody types `answer`; return its exit status and the screen."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "ecosmig_publish", "supplier", "offboard", A, *options]
    os.write(ours, answer)
    done = subprocess.run(command, cwd=home, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL, check=False)
    os.close(theirs)
    screen = b""
    try:
        while chunk := os.read(ours, 4096):
            screen += chunk
    except OSError:
        # A terminal that nobody holds any more ends so.
        pass
    os.close(ours)
    return done.returncode, screen.decode()


@pytest.mark.parametrize(("answer", "status"), [(b"n\n", 2), (b"y\n", 0), (b"\n", 2)])
def test_only_a_yes_withdraws(onboarded: Path, answer: bytes, status: int) -> None:
    ended, screen = answered(onboarded, answer)
    assert f"Withdraw all access to '{A} " in screen
    assert ended == status
    assert ("not confirmed: nothing was changed" in screen) == (status == 2)


def test_with_yes_nobody_is_asked(onboarded: Path) -> None:
    ended, screen = answered(onboarded, b"", "--yes")
    assert (ended, "Withdraw" in screen) == (0, False)
