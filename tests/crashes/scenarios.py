"""The commands that are disturbed, each with the installation that it finds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.crashes.forked import Ended, run_forked

if TYPE_CHECKING:
    from tests.postgresql import Server

LEDGER_URL = "ledger-url"
"""The file in an installation that says where its ledger is, where that is on a server."""

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

    def prepare(self, home: Path, server: Server | None) -> None:
        """Make the installation that the command finds; its ledger is kept on the server, where there is one."""
        home.mkdir(parents=True)
        if server is not None:
            (home / LEDGER_URL).write_text(server.url(server.fresh_database()))
        for command in self.before:
            ended = run_command(home, command)
            assert ended.status == 0, ended.stderr


def run_command(home: Path, command: Command, **keywords: object) -> Ended:
    """Run a command of an installation in a child of this process."""
    url = (home / LEDGER_URL).read_text() if (home / LEDGER_URL).exists() else "sqlite:state/ecosmig.db"
    (home / "ecosmig.toml").write_text(
        "start = 2024-02-26T00:00:00Z\nrows_per_file = 2\n"
        f'[source]\nurl = "csv:{DATA / command.stage}"\n'
        f'[ledger]\nurl = "{url}"\n[outbox]\npath = "state/outbox"\n'
        '[destination]\nkind = "folder"\n[destination.folder]\npath = "published"\n'
    )
    return run_forked(home, command.arguments, **keywords)  # type: ignore[arg-type]


def _onboard(stage: str) -> Command:
    return Command(stage, ("supplier", "onboard", "--all"))


def _publish(stage: str, as_of: str, *narrowed: str) -> Command:
    return Command(stage, ("publish", "--all", "--as-of", as_of, *narrowed))


_ONE, _TWO = "stage-01", "stage-02"
_FIRST = _publish(_ONE, "2024-02-26T06:00:00Z")
_ONE_REPORT = _publish(_ONE, "2024-02-26T06:00:00Z", "--report", "ECOSMIG-002")
_HELD = _publish(_ONE, "2024-02-28T06:00:00Z")
_MENDED = _publish(_TWO, "2024-03-02T08:00:00Z")

SCENARIOS = (
    Scenario("onboard: from nothing", (), _onboard(_ONE)),
    Scenario("publish: the first slots", (_onboard(_ONE),), _FIRST),
    Scenario("publish: missed slots, a row is held", (_onboard(_ONE), _FIRST), _HELD),
    Scenario("publish: the held row is mended", (_onboard(_ONE), _FIRST, _HELD), _MENDED),
    Scenario("publish: the first slot of one report", (_onboard(_ONE),), _ONE_REPORT),
)


def copied(home: Path, to: Path, server: Server | None) -> Path:
    """Return a copy of an installation, with a copy of its ledger on the server where it has one there."""
    shutil.copytree(home, to)
    if server is not None:
        database = urlsplit((home / LEDGER_URL).read_text()).path.removeprefix("/")
        (to / LEDGER_URL).write_text(server.url(server.fresh_database(like=database)))
    return to
