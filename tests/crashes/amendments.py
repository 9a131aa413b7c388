"""`python -m tests.crashes.amendments [--most 5] [--ledger postgresql]`: amendments are killed, done again, compared.

Told again, a correction or withdrawal that was recorded says so; the next run publishes what waits.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path

from tests.crashes.disturbing import Disturbance
from tests.crashes.forked import Ended, warm_up
from tests.crashes.scenarios import LEDGER_URL, Command, copied, run_command
from tests.crashes.state import differences, state_of
from tests.postgresql import Server

STAGE, AT = "stage-01", "2024-02-26T06:00:00Z"
NAME = "ECOSMIG-001_PXX001_1_20240226060000.csv"
PUBLISH = Command(STAGE, ("publish", "--all", "--as-of", AT))
BEFORE = (Command(STAGE, ("supplier", "onboard", "--all")), PUBLISH)
AMENDMENTS = {
    "resend": Command(STAGE, ("issue", "resend", NAME, "--yes")),
    "correct": Command(STAGE, ("issue", "correct", NAME, "--yes", "--as-of", AT)),
    "withdraw": Command(STAGE, ("issue", "withdraw", NAME, "--yes", "--remove-file", "--release")),
}
VOLATILE = {"corrections", "withdrawals", "resends"}
"""Tables that hold when something was decided."""


def run(most: int | None, server: Server | None) -> int:
    """Kill each command at each point, or at `most` of them; return 1 where anything was wrong."""
    is_wrong = False
    with tempfile.TemporaryDirectory(prefix="ecosmig-amendments-") as directory:
        base = Path(directory) / "base"
        warm_up(Path(directory) / "warm")
        base.mkdir()
        if server is not None:
            (base / LEDGER_URL).write_text(server.url(server.fresh_database()))
        for command in BEFORE:
            assert run_command(base, command).status == 0
        for act, command in AMENDMENTS.items():
            home = copied(base, Path(directory) / "undisturbed", server)
            undisturbed = run_command(home, command, disturbance=Disturbance())
            assert undisturbed.status == 0, undisturbed.stderr
            expected = _settled(home)
            points = range(1, len(undisturbed.points) + 1)
            step = 1 if most is None else max(1, len(points) // most)
            killed = 0
            for at in points[::step]:
                home = copied(base, Path(directory) / "tried", server)
                ended = run_command(home, command, disturbance=Disturbance("kill", at))
                killed += ended.status == -9
                wrong = _go_on(home, act, command) or differences(expected, _settled(home))
                for it in wrong:
                    is_wrong = True
                    sys.stdout.write(f"WRONG {act}, killed at {at} ({undisturbed.points[at - 1]}): {it}\n")
                shutil.rmtree(home)
            sys.stdout.write(f"{act}: {killed} killed of {len(points[::step])}\n")
            sys.stdout.flush()
            shutil.rmtree(Path(directory) / "undisturbed")
    return int(is_wrong)


def _go_on(home: Path, act: str, command: Command) -> list[str]:
    """Do what an operator does after a crash; return what was wrong with it."""
    wrong = []
    # Sent again a second time, it would be sent twice: that is no harm, and another record.
    if act != "resend" or not _is_recorded(home, act):
        again = run_command(home, command)
        wrong += _unless(again, (0, 2))
    wrong += _unless(run_command(home, PUBLISH), (0,))
    return wrong


def _unless(ended: Ended, statuses: tuple[int, ...]) -> list[str]:
    return [] if ended.status in statuses else [f"then it ended with {ended.status}: {ended.stderr}{ended.stdout}"]


def _is_recorded(home: Path, act: str) -> bool:
    return any(done.startswith(f"{act} ") for done in state_of(home)["acts"])


def _settled(home: Path) -> dict[str, object]:
    run_command(home, PUBLISH)
    state = state_of(home)
    for table in VOLATILE:
        rows = state["ledger"][table]
        state["ledger"][table] = [{key: it for key, it in row.items() if not key.endswith("_at")} for row in rows]
    return state


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, help="points of each command, evenly spread; all by default")
    parser.add_argument("--ledger", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    with Server.started() if asked.ledger == "postgresql" else nullcontext() as started:
        sys.exit(run(asked.most, started))
