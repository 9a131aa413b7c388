"""`python -m tests.simulation --issues N [--seed S] [--destination folder|sharepoint|both] [--workers K] [--ledger …]`.

Plays worlds with faults at random requests, runs killed at random points and people who meddle, until N issues were
judged. Ends with 1 at the first violation, and says the seed: `--issues 1 --seed S` plays that world alone again.
`--stories N` tells so many stories of the stateful model instead, each of `--steps`, and shortens one that goes wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import nullcontext

from hypothesis.stateful import run_state_machine_as_test

from tests.postgresql import Server
from tests.simulation.model import FolderModel, Model, SharePointModel
from tests.simulation.playing import Asked, Total, play_beside, play_worlds
from tests.simulation.telling import told


def main() -> int:
    """Play or tell; return 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--issues", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1, help="of the first world")
    parser.add_argument("--destination", choices=["folder", "sharepoint", "both"], default="both")
    parser.add_argument("--days", type=int, default=60, help="of each world")
    parser.add_argument("--workers", type=int, default=1, help="processes, each with worlds of its own")
    parser.add_argument("--stories", type=int, default=0, help="tell stories of the model instead")
    parser.add_argument("--steps", type=int, default=30, help="of each story")
    parser.add_argument("--ledger", choices=["sqlite", "postgresql"], default="sqlite")
    asked = parser.parse_args()
    with Server.started() if asked.ledger == "postgresql" else nullcontext() as server:
        if asked.stories:
            tell(asked.destination, asked.stories, asked.steps, server)
            return 0
        total = Total(asked.issues)
        worlds = Asked(asked.seed, asked.destination, asked.days, server)
        if asked.workers == 1:
            play_worlds(worlds, total.take)
        else:
            play_beside(asked.workers, worlds, total)
    sys.stdout.write(total.tally.table())
    for wrong in total.tally.wrong[:50]:
        sys.stdout.write(f"WRONG {wrong}\n")
    return int(bool(total.tally.wrong))


def tell(destination: str, stories: int, steps: int, server: Server | None) -> None:
    """Let hypothesis look for a story that goes wrong; what it finds is raised, as short as it can be told."""
    of: dict[str, list[type[Model]]] = {"folder": [FolderModel], "sharepoint": [SharePointModel]}
    models = of.get(destination, [FolderModel, SharePointModel])
    for model in models:
        model.server = server
        began = time.monotonic()
        run_state_machine_as_test(model, settings=told(stories=stories, steps=steps, anew=True))
        seconds, ledger = time.monotonic() - began, "PostgreSQL" if server else "SQLite"
        sys.stdout.write(f"{model.__name__}, {ledger}: {stories} stories, {seconds:,.0f} s\n")
        sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
