"""A command of the product in a child of this process, which has all imports behind it."""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import resource
import signal
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import ecosmig_publish.cli
from ecosmig_publish.cli.main import main
from tests.installation import Installation, at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.crashes.disturbing import Disturbance

EXAMPLE = Path(__file__).parent.parent / "examples" / "data" / "stage-01"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended: its exit status, minus the signal's number where one killed it."""

    status: int
    stdout: str
    stderr: str
    points: tuple[str, ...]


def warm_up(home: Path) -> None:
    """Do a run in this process, so that no child has to import anything or sees the product's files change.

    What it leaves is no garbage: a child that looked for some in it would get a copy of all.
    """
    for module in pkgutil.walk_packages(ecosmig_publish.cli.__path__, "ecosmig_publish.cli."):
        importlib.import_module(module.name)
    installation = Installation(home, at("2024-02-26T00:00:00"), f"csv:{EXAMPLE}")
    installation.onboard_all()
    installation.run(at("2024-02-26T06:00:00"))
    gc.collect()
    gc.freeze()


def run_forked(
    home: Path,
    arguments: Sequence[str],
    *,
    disturbance: Disturbance | None = None,
    limits: Sequence[tuple[int, int]] = (),
) -> Ended:
    """Run `ecosmig <arguments>` in `home` as an operator does, disturbed or under resource limits (kind, most)."""
    told = home.with_name(f"{home.name}-told")
    told.mkdir(exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        _run(home, told, arguments, disturbance, limits)
    _, status = os.waitpid(child, 0)
    return Ended(
        os.waitstatus_to_exitcode(status),
        (told / "stdout").read_text(),
        (told / "stderr").read_text(),
        tuple((told / "points").read_text().splitlines()),
    )


def _run(
    home: Path,
    told: Path,
    arguments: Sequence[str],
    disturbance: Disturbance | None,
    limits: Sequence[tuple[int, int]],
) -> None:
    status = 1
    try:
        os.chdir(home)
        # Nothing of this process's may count against the child's limits, or be ended with it.
        os.closerange(3, 1024)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for number, name in ((1, "stdout"), (2, "stderr")):
            descriptor = os.open(told / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.argv = ["ecosmig", *arguments]
        points = os.open(told / "points", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for kind, most in limits:
            resource.setrlimit(kind, (most, most))
        if disturbance is not None:
            disturbance.install()
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
        sys.stdout.flush()
        sys.stderr.flush()
        if disturbance is not None:
            os.writev(points, ["\n".join(disturbance.points).encode()])
    finally:
        os._exit(status)
