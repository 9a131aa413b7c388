"""The benchmark: the heaviest days, first issues with the whole history, the product against two others.

`python -m tests.benchmarks.heaviest_days --devices 3000000 --parties 150 [--pandas] [--publish] [--work DIR]`

Each side is a process of its own; wall and processor time and peak memory are the whole process's, imports included.
The product's side ends with the files in the outbox (numbers, hashes, fsync, read again by the leak guard, the
ledger's commit), with `--publish` in the recipients' folders.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.migration_data.sample import write_sample
from tests.benchmarks import agreement
from tests.benchmarks.clock import PHASES
from tests.benchmarks.days import HISTORY, MONDAY_THE_FIRST, MONTH_BEGINS, REPORTS, THE_SECOND, WEEK_BEGINS
from tests.benchmarks.measured import Measurement, measure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.benchmarks.agreement import Details

_GIB = 1 << 30


def main() -> None:
    """Make the data where it is missing, run every side, say who took what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=3_000_000)
    parser.add_argument("--parties", type=int, default=150)
    parser.add_argument("--work", type=Path, default=Path("/tmp/ecosmig-benchmark"))  # noqa: S108 - large, and kept
    parser.add_argument("--pandas", action="store_true", help="run the pandas script too")
    parser.add_argument("--publish", action="store_true", help="let the product publish into folders too")
    parser.add_argument("--with-held-rows", action="store_true", help="data with rows that publish holds")
    parser.add_argument("--memory-limit", default="", help="the engine's, on both sides (default: the product's own)")
    parser.add_argument("--no-comparison", action="store_true", help="don't read the results again to compare them")
    options = parser.parse_args()
    data = sample(options.work, options.devices, options.parties, clean=not options.with_held_rows)
    limit = ["--memory-limit", options.memory_limit] if options.memory_limit else []
    out = {side: options.work / "out" / side for side in ("engine", "product", "pandas")}
    for directory in out.values():
        shutil.rmtree(directory, ignore_errors=True)
        directory.parent.mkdir(parents=True, exist_ok=True)
    days = [f"{day:%Y-%m-%d}" for day in (MONDAY_THE_FIRST, THE_SECOND, WEEK_BEGINS, MONTH_BEGINS)]
    sides = {"engine": measure("tests.benchmarks.engine_alone", [str(data), str(out["engine"]), *days, *limit])}
    publish = ["--publish"] if options.publish else []
    arguments = [str(data), str(out["product"]), *publish, *limit]
    sides["product"] = measure("tests.benchmarks.product", arguments)
    if options.pandas:
        sides["pandas"] = measure("tests.benchmarks.pandas_script", [str(data), str(out["pandas"])])
    say_machine(options.devices, options.parties)
    print("the product ends " + ("in the recipients' folders" if options.publish else "in the outbox"))
    _say_sides(sides)
    _say_phases(out["product"])
    if not options.no_comparison:
        found = {"engine": agreement.of_engine(out["engine"]), "product": agreement.of_product(out["product"])}
        if options.pandas:
            found["pandas"] = agreement.of_pandas(out["pandas"])
        if not _agree(found, may_hold=options.with_held_rows):
            raise SystemExit("the sides don't agree")


def sample(work: Path, devices: int, parties: int, *, clean: bool) -> Path:
    """Return a folder of Parquet in `work`, made where it is missing."""
    data = work / f"sample-{devices}-{parties}-{'clean' if clean else 'held'}"
    if not (data / "non_migratable_models.parquet").exists():
        print(f"making {data}", flush=True)
        write_sample(
            data,
            devices=devices,
            seed=1,
            parties=parties,
            until=THE_SECOND,
            history=HISTORY,
            form="parquet",
            clean=clean,
        )
    return data


def say_machine(devices: int, parties: int) -> None:
    """Print what was measured on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _GIB
    names = ("duckdb", "ibis-framework", "pyarrow", "pandas", "numpy")
    print(f"\n{devices:,} Devices, {parties} parties; {os.cpu_count()} processors, {memory:.0f} GiB")
    print(f"load {' '.join(f'{load:.1f}' for load in os.getloadavg())} (a shared machine: trust the ratios of one run)")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{name} {version(name)}" for name in names))


def _say_sides(sides: Mapping[str, Measurement]) -> None:
    print(f"\n{'':10}{'wall s':>9}{'cpu s':>9}{'peak GiB':>10}{'product: wall':>16}{'cpu':>7}{'memory':>8}")
    mine = sides["product"]
    for side, it in sides.items():
        print(
            f"{side:10}{it.wall_seconds:9.1f}{it.cpu_seconds:9.1f}{it.peak_bytes / _GIB:10.2f}"
            f"{mine.wall_seconds / it.wall_seconds:15.2f}x{mine.cpu_seconds / it.cpu_seconds:6.2f}x"
            f"{mine.peak_bytes / it.peak_bytes:7.2f}x"
        )


def _say_phases(home: Path) -> None:
    path = home / "seconds.json"
    seconds = json.loads(path.read_text())
    print(f"\n{'product, s':10}" + "".join(f"{phase:>12}" for phase in PHASES) + f"{'other':>9}{'all':>9}")
    for report, of in seconds.items():
        known = [of.get(phase, 0.0) for phase in PHASES]
        print(
            f"{report:10}" + "".join(f"{it:12.2f}" for it in known) + f"{of['all'] - sum(known):9.2f}{of['all']:9.2f}"
        )


def _agree(found: Mapping[str, Mapping[str, Details]], *, may_hold: bool) -> bool:
    """Show the rows of each side; return whether all sides have the same, but for what the product holds."""
    print(f"\n{'rows':10}" + "".join(f"{side:>12}" for side in found))
    same = True
    for report in REPORTS:
        of = [side[report] for side in found.values()]
        agree = len(set(of)) == 1
        same &= agree or may_hold
        verdict = "same bytes" if agree else "the product holds some" if may_hold else "DIFFERENT"
        print(f"{report:10}" + "".join(f"{it.rows:12,}" for it in of) + f"  {verdict}")
    return same


if __name__ == "__main__":
    main()
