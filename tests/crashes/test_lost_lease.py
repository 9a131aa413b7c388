"""A run that stood still for too long: another takes over, and it changes nothing more when it goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ecosmig_publish.errors import ExitStatus, LockedError
from ecosmig_publish.ledger.leases.lease import TAKEN_OVER
from tests.installation import Installation, at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.postgresql import Server

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "tests" / "examples" / "data" / "stage-01"
AS_OF = at("2024-02-26T06:00:00")

_RUN = """
import os, sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from ecosmig_publish.cli.ending import ended
from ecosmig_publish.cli.invocation import Invocation
from ecosmig_publish.ledger.leases import LeaseTerms
from ecosmig_publish.settings import load_settings
from ecosmig_publish.wiring import Wiring
from ecosmig_publish.workflows.running import Narrowing, Watcher, run_everything
from tests.crashes.disturbing import Disturbance

kind, name, number = sys.argv[1:]
Disturbance(kind, int(number), name=name).install()
terms = LeaseTerms(lasts=timedelta(milliseconds=1), every=timedelta(hours=1), trusted_for=timedelta(0))
wiring = Wiring(load_settings(None, os.environ, Path.cwd()), lease_terms=terms)

def run():
    with wiring.locked_ledger() as ledger:
        as_of = datetime.fromisoformat("2024-02-26T06:00:00+00:00")
        # One thread: none may stand still in the middle of a record, which is another case.
        parts = replace(wiring.parts(ledger), workers=1)
        return run_everything(parts, as_of=as_of, narrowing=Narrowing(), watcher=Watcher()).exit_status

sys.exit(ended(run, Invocation()))
"""
"""A run whose lease ends at once where it isn't renewed, and is renewed before each file is put anywhere."""


@contextmanager
def started(installation: Installation, *disturbance: str) -> Iterator[subprocess.Popen[str]]:
    """Start a run in a process of its own; one that stands still is ended where a test fails before it goes on."""
    with subprocess.Popen(
        [sys.executable, "-c", _RUN, *disturbance],
        cwd=installation.home,
        env={"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"]}
        | {f"ECOSMIG_{key}": value for key, value in installation.extra.items()},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


@pytest.fixture
def in_file(tmp_path: Path) -> Installation:
    made = Installation(tmp_path / "home", at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    made.onboard_all()
    return made


@pytest.fixture
def on_server(server: Server, tmp_path: Path) -> Installation:
    extra = {"LEDGER__URL": server.url(server.fresh_database())}
    made = Installation(tmp_path / "home", at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}", extra)
    made.onboard_all()
    return made


@pytest.fixture(params=["in_file", "on_server"])
def installation(request: pytest.FixtureRequest) -> Installation:
    found: Installation = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    home = tmp_path_factory.mktemp("undisturbed")
    made = Installation(home, at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    made.onboard_all()
    made.run(AS_OF)
    return made.published()


def kinds_of_acts(installation: Installation) -> list[str]:
    with installation.wiring().ledger() as ledger:
        return [act.kind for act in ledger.acts()]


def told(installation: Installation) -> tuple[object, ...]:
    """Return what a run can change; what it wrote and never recorded, the next run takes out of the outbox."""
    with installation.wiring().ledger() as ledger:
        acts, streams, waiting = list(ledger.acts()), ledger.streams(), ledger.waiting()
    return installation.published(), installation.issued(), acts, streams, waiting


@pytest.mark.parametrize(
    ("kept", "name", "number"),
    [
        ("in_file", "mkdir", 3),
        ("in_file", "fsync", 6),
        ("in_file", "link", 1),
        ("in_file", "link", 3),
        ("on_server", "fsync", 1),
        ("on_server", "link", 1),
    ],
)
def test_a_run_that_stood_still_is_taken_over_from_changes_nothing_more_and_ends_with_11(
    request: pytest.FixtureRequest, kept: str, name: str, number: int, undisturbed: dict[str, bytes]
) -> None:
    installation: Installation = request.getfixturevalue(kept)
    with started(installation, "hold", name, str(number)) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "holding\n"
        # As a machine stands still that was suspended.
        first.send_signal(signal.SIGSTOP)
        assert installation.run(AS_OF).exit_status is ExitStatus.OK
        assert installation.published() == installation.issued() == undisturbed
        before = told(installation)
        first.send_signal(signal.SIGCONT)
        _, said = first.communicate("go on\n", timeout=60)
    assert (first.returncode, "lost the lease" in said) == (11, True), said
    assert told(installation) == before
    assert TAKEN_OVER in kinds_of_acts(installation)


def test_a_run_that_is_killed_holds_up_no_other(installation: Installation, undisturbed: dict[str, bytes]) -> None:
    for point in (("mkdir", "3"), ("sql INSERT INTO files", "1"), ("sql COMMIT", "3"), ("link", "2")):
        with started(installation, "kill", *point) as process:
            process.communicate(timeout=60)
            assert process.returncode == -signal.SIGKILL
    assert installation.run(AS_OF).exit_status is ExitStatus.OK
    assert installation.published() == installation.issued() == undisturbed


def test_a_ledger_of_two_configurations_is_one_runs_at_a_time(installation: Installation, tmp_path: Path) -> None:
    url = installation.extra.get("LEDGER__URL", f"sqlite:{installation.home}/state/ecosmig.db")
    other = Installation(tmp_path / "other", installation.start, installation.source_url, {"LEDGER__URL": url})
    with installation.wiring().locked_ledger(), pytest.raises(LockedError, match=f"process {os.getpid()} on "):
        other.run(AS_OF)


def test_an_outbox_of_two_ledgers_is_one_runs_at_a_time(installation: Installation, tmp_path: Path) -> None:
    extra = {"OUTBOX__PATH": str(installation.home / "state/outbox"), "LEDGER__URL": f"sqlite:{tmp_path}/other.db"}
    other = Installation(tmp_path / "other", installation.start, installation.source_url, extra)
    with (
        installation.wiring().locked_ledger(),
        pytest.raises(LockedError, match=r"ecosmig\.lock"),
        other.wiring().locked_ledger(),
    ):
        pass
