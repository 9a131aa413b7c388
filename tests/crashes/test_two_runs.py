"""Two runs at once: the second is refused and changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.installation import Installation, at

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "tests" / "examples" / "data" / "stage-01"
PUBLISH = ("publish", "--all", "--as-of", "2024-02-26T06:00:00Z")
_HELD = """
import sys
from ecosmig_publish.cli.main import main
from tests.crashes.disturbing import Disturbance

Disturbance("hold", int(sys.argv.pop(1))).install()
main()
"""


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "home", at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    made.onboard_all()
    return made


@pytest.fixture(params=[15, 60], ids=["at-its-beginning", "midway"])
def held(installation: Installation, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[str]]:
    """Return a run that holds still at one of its acts until a line comes."""
    command = [sys.executable, "-c", _HELD, str(request.param), *PUBLISH]
    environment = {"PYTHONPATH": str(ROOT), "PATH": ""}
    with subprocess.Popen(
        command,
        cwd=installation.home,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "holding\n"
        yield process
        process.kill()


def everything(home: Path) -> dict[str, bytes]:
    """Return all bytes of an installation, but for the memory that readers of the ledger share."""
    return {str(path): path.read_bytes() for path in home.rglob("*") if path.is_file() and path.suffix != ".db-shm"}


def test_a_second_run_is_refused_and_changes_nothing(installation: Installation, held: subprocess.Popen[str]) -> None:
    before = everything(installation.home)
    command = [sys.executable, "-m", "ecosmig_publish", *PUBLISH]
    second = subprocess.run(command, cwd=installation.home, capture_output=True, text=True, check=False)
    assert second.returncode == 11
    assert f"process {held.pid} on " in second.stderr
    assert "next: " in second.stderr
    assert everything(installation.home) == before
    _, said = held.communicate("go on\n", timeout=60)
    assert held.returncode == 0, said
    assert installation.published() == installation.issued() != {}


def test_a_killed_run_keeps_no_lock(installation: Installation, held: subprocess.Popen[str]) -> None:
    held.kill()
    held.communicate(timeout=60)
    installation.run(at("2024-02-26T06:00:00"))
    assert installation.published() == installation.issued() != {}
