"""The commands that are disturbed, each with the installation that it finds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.crashes.forked import Ended, run_forked

DATA = Path(__file__).parent.parent / "examples" / "data"


@dataclass(frozen=True, slots=True)
class Command:
    """One command line, and the stage of the worked example's source that it reads."""

    stage: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A command and those that were run before it, undisturbed."""

    name: str
    before: tuple[Command, ...]
    command: Command

    def prepare(self, home: Path) -> None:
        """Make the installation that the command finds."""
        home.mkdir(parents=True)
        for command in self.before:
            ended = run_command(home, command)
            assert ended.status == 0, ended.stderr


def run_command(home: Path, command: Command, **keywords: object) -> Ended:
    """Run a command of an installation in a child of this process."""
    (home / "ecosmig.toml").write_text(
        "start = 2024-02-26T00:00:00Z\nrows_per_file = 2\n"
        f'[source]\nurl = "csv:{DATA / command.stage}"\n'
        '[ledger]\nurl = "sqlite:state/ecosmig.db"\n[outbox]\npath = "state/outbox"\n'
        '[destination]\nkind = "folder"\n[destination.folder]\npath = "published"\n'
    )
    return run_forked(home, command.arguments, **keywords)  # type: ignore[arg-type]


def _onboard(stage: str) -> Command:
    return Command(stage, ("supplier", "onboard", "--all"))


def _publish(stage: str, as_of: str) -> Command:
    return Command(stage, ("publish", "--all", "--as-of", as_of))


_ONE, _TWO = "stage-01", "stage-02"
_FIRST = _publish(_ONE, "2024-02-26T06:00:00Z")
_HELD = _publish(_ONE, "2024-02-28T06:00:00Z")
_MENDED = _publish(_TWO, "2024-03-02T08:00:00Z")

SCENARIOS = (
    Scenario("onboard: from nothing", (), _onboard(_ONE)),
    Scenario("publish: the first slots", (_onboard(_ONE),), _FIRST),
    Scenario("publish: missed slots, a row is held", (_onboard(_ONE), _FIRST), _HELD),
    Scenario("publish: the held row is mended", (_onboard(_ONE), _FIRST, _HELD), _MENDED),
)


def copied(home: Path, to: Path) -> Path:
    """Return a copy of an installation."""
    shutil.copytree(home, to)
    return to
