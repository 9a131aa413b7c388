"""All benchmarks at a chosen size, and one table of what they took.

`python -m tests.benchmarks [--devices 300000 [--devices 3000000]] [--only NAME] [--without NAME] [--write [FILE.md]]`

Each benchmark is a process of its own, whose own table goes to stderr; the table of all goes to stdout and, with
`--write`, into a file, the figures as JSON beside it. Several sizes give a column of growth. What fails is a row of the
table, and then this ends with 1; what has nothing to run with is a row too, and no fault.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.catalogue import NAMES, Benchmark, Sizes, benchmarks
from tests.benchmarks.figures import Figures, read_figures
from tests.benchmarks.machine import facts
from tests.benchmarks.measured import REPOSITORY, Measurement, Ran
from tests.benchmarks.table import markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

RESULTS = REPOSITORY / "docs" / "benchmarks"
_NOTHING = Measurement(0, 0, 0)


def main() -> int:
    """Run them one after the other; return 1 where one failed."""
    options = _options()
    at = datetime.now(UTC)
    sizes = Sizes(
        sorted(set(options.devices or [100_000])),
        options.days,
        options.issues,
        options.recipients,
        options.rows,
        options.pandas_up_to,
    )
    chosen = [
        it
        for it in benchmarks(sizes, options.work.resolve(), options.rclone, _limits(options))
        if it.name in (options.only or NAMES) and it.name not in (options.without or ())
    ]
    about = facts(at, ["python", "-m", "tests.benchmarks", *sys.argv[1:]], options.rclone)
    options.work.mkdir(parents=True, exist_ok=True)
    found = [it for benchmark in chosen for it in run_one(benchmark)]
    document = markdown(about, found)
    sys.stdout.write(document)
    if options.write is not None:
        name = f"{'-'.join(map(str, sizes.devices))}-devices-{at:%Y-%m-%d}.md"
        path = Path(options.write) if options.write else RESULTS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(document, encoding="utf-8")
        of_all = {"facts": about, "figures": [asdict(it) for it in found]}
        path.with_suffix(".json").write_text(json.dumps(of_all, indent=1) + "\n", encoding="utf-8")
        sys.stderr.write(f"written: {path} and {path.with_suffix('.json').name}\n")
    return int(any(it.has_failed for it in found))


def run_one(benchmark: Benchmark) -> list[Figures]:
    """Run a benchmark and return its figures; where it failed at something that these don't tell, a row for that."""
    if benchmark.missing:
        return [Figures(benchmark.name, "", 0, "", not_run=f"not run: {benchmark.missing}")]
    sys.stderr.write(f"\n{benchmark.name} {' '.join(benchmark.arguments)}\n")
    sys.stderr.flush()
    with tempfile.TemporaryDirectory(prefix="ecosmig-figures-") as directory:
        place = Path(directory) / "figures.json"
        command = [sys.executable, "-m", benchmark.module, *benchmark.arguments, "--json", str(place)]
        ended = subprocess.run(
            command, cwd=REPOSITORY, check=False, stdout=sys.stderr, stderr=subprocess.PIPE, text=True
        )
        sys.stderr.write(ended.stderr)
        found = read_figures(place)
    return told(benchmark, found, Ran(_NOTHING, ended.returncode, ended.stderr))


def told(benchmark: Benchmark, found: Sequence[Figures], ran: Ran) -> list[Figures]:
    """Return the figures, and how the benchmark ended where it failed and none of them tells of it."""
    if not ran.status or any(it.has_failed for it in found):
        return [*found]
    return [*found, Figures(benchmark.name, "", 0, "", ended=ran.ended)]


def _limits(options: argparse.Namespace) -> list[str]:
    given = {"--memory-limit": options.memory_limit, "--engine-memory-limit": options.engine_memory_limit}
    return [word for pair in given.items() if pair[1] for word in pair]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, action="append", help="repeatable (default: 100000)")
    parser.add_argument("--work", type=Path, default=Path("/tmp/ecosmig-benchmark"), help="large, and kept")  # noqa: S108
    parser.add_argument("--only", choices=NAMES, action="append", metavar="NAME", help=f"of {', '.join(NAMES)}")
    parser.add_argument("--without", choices=NAMES, action="append", metavar="NAME", help="repeatable, as --only")
    parser.add_argument("--rclone", default="", help="the program (default: the one on the PATH)")
    parser.add_argument("--days", type=int, default=10, help="of catch_up (default: 10)")
    parser.add_argument("--issues", type=int, default=20_000, help="of history (default: 20000)")
    parser.add_argument("--recipients", type=int, default=30, help="of upload, evidence and page (default: 30)")
    parser.add_argument("--rows", type=int, default=100_000, help="of the engines' memory, and ten times as many")
    parser.add_argument("--pandas-up-to", type=int, default=3_000_000, help="Devices; it takes 1.4 GiB for a million")
    parser.add_argument("--memory-limit", default="", help="the product's source.memory_limit (default: its own)")
    parser.add_argument("--engine-memory-limit", default="", help="the engine's alone (default: 6GB)")
    parser.add_argument("--write", nargs="?", const="", metavar="FILE.md", help="a file (default: in docs/benchmarks)")
    options = parser.parse_args()
    program = shutil.which(options.rclone or "rclone")
    if options.rclone and program is None:
        parser.error(f"--rclone: no program at {options.rclone}")
    options.rclone = Path(program).resolve() if program else None
    return options


if __name__ == "__main__":
    sys.exit(main())
