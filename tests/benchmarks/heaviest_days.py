"""The benchmark: the heaviest days, first issues with the whole history, the product against three others.

`python -m tests.benchmarks.heaviest_days --devices 3000000 [--pandas] [--polars] [--without-guard] [--publish]`

Each side is a process of its own; wall and processor time and peak memory are the whole process's, imports included.
The product's side ends with the files in the outbox (numbers, hashes, fsync, read again by the leak guard, the
ledger's commit), with `--publish` in the recipients' folders. A side that ends with an error is shown as that; the
others go on, and the benchmark ends with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.migration_data.sample import write_sample
from ecosmig_publish.settings.model import SourceSettings
from tests.benchmarks import agreement
from tests.benchmarks.clock import PHASES
from tests.benchmarks.days import HISTORY, MONDAY_THE_FIRST, MONTH_BEGINS, REPORTS, THE_SECOND, WEEK_BEGINS
from tests.benchmarks.figures import Figures, against, figures_of_run, write_figures
from tests.benchmarks.machine import PACKAGES, load, memory_gib, versions
from tests.benchmarks.measured import Ran, run_module

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.benchmarks.agreement import Details

_GIB = 1 << 30
ENGINE, PRODUCT, UNGUARDED, PUBLISHED, PANDAS, POLARS = (
    "engine",
    "product",
    "no guard",
    "published",
    "pandas",
    "polars",
)
_READERS: Mapping[str, Callable[[Path], Mapping[str, Details]]] = {
    ENGINE: agreement.of_engine,
    PRODUCT: agreement.of_product,
    UNGUARDED: agreement.of_product,
    PUBLISHED: agreement.of_product,
    PANDAS: agreement.of_script,
    POLARS: agreement.of_script,
}


def main() -> int:
    """Make the data where it is missing, run every side, say who took what; return 1 where a side failed."""
    options = _options()
    data = sample(options.work, options.devices, options.parties, clean=not options.with_held_rows)
    out = options.work / "out"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    sides: dict[str, Ran] = {}
    found: dict[str, Mapping[str, Details]] = {}
    for side, read in _READERS.items():
        if not _is_wanted(side, options):
            continue
        sides[side] = _run(side, data, out / side, options)
        if not sides[side].status and not options.no_comparison:
            found[side] = read(out / side)
        _leave_little(out / side)
    write_figures(options.json, _figures(sides, options.devices, out))
    say_machine(options.devices, options.parties)
    print("the product ends in the outbox; published: in the recipients' folders")
    default = f"{SourceSettings.model_fields['memory_limit'].default}, its default"
    print(f"memory limits: engine {options.engine_memory_limit}, product {options.memory_limit or default}; no other")
    say_sides(sides)
    if not sides[PRODUCT].status:
        _say_phases(out / PRODUCT)
    if PUBLISHED in sides and not sides[PUBLISHED].status:
        first, last = _placed(out / PUBLISHED)
        wall = sides[PUBLISHED].took.wall_seconds
        print(f"\npublished: the first file after {first:.1f} s, the last after {last:.1f} s of {wall:.1f} s")
    if len(found) > 1 and not _agree(found, may_hold=options.with_held_rows):
        raise SystemExit("the sides don't agree")
    return int(any(it.status for it in sides.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--devices", type=int, default=3_000_000)
    parser.add_argument("--parties", type=int, default=150)
    parser.add_argument("--work", type=Path, default=Path("/tmp/ecosmig-benchmark"))  # noqa: S108 - large, and kept
    parser.add_argument("--pandas", action="store_true", help="run the pandas script too")
    parser.add_argument("--polars", action="store_true", help="run the Polars script too")
    parser.add_argument("--without-guard", action="store_true", help="run the product once more without its leak guard")
    parser.add_argument("--publish", action="store_true", help="run the product once more, into folders")
    parser.add_argument("--with-held-rows", action="store_true", help="data with rows that publish holds")
    parser.add_argument("--memory-limit", default="", help="the product's source.memory_limit (default: its own)")
    parser.add_argument(
        "--engine-memory-limit", default="6GB", help="the engine's alone (default: 6GB, what 30 million Devices need)"
    )
    parser.add_argument("--no-comparison", action="store_true", help="don't read the results again to compare them")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    return parser.parse_args()


def _is_wanted(side: str, options: argparse.Namespace) -> bool:
    chosen: Mapping[str, bool] = {
        UNGUARDED: options.without_guard,
        PUBLISHED: options.publish,
        PANDAS: options.pandas,
        POLARS: options.polars,
    }
    return chosen.get(side, True)


def _run(side: str, data: Path, out: Path, options: argparse.Namespace) -> Ran:
    places = [str(data), str(out)]
    if side == ENGINE:
        days = [f"{day:%Y-%m-%d}" for day in (MONDAY_THE_FIRST, THE_SECOND, WEEK_BEGINS, MONTH_BEGINS)]
        limit = ["--memory-limit", options.engine_memory_limit]
        return run_module("tests.benchmarks.engine_alone", [*places, *days, *limit])
    if side in (PRODUCT, UNGUARDED, PUBLISHED):
        limit = ["--memory-limit", options.memory_limit] if options.memory_limit else []
        publish = ["--publish"] if side == PUBLISHED else []
        guard = ["--without-guard"] if side == UNGUARDED else []
        return run_module("tests.benchmarks.product", [*places, *publish, *guard, *limit])
    return run_module(f"tests.benchmarks.{side}_script", places)


def _leave_little(out: Path) -> None:
    """Take away what a side computed: at 30 million Devices that is 4 GB and more, and all that counts is known."""
    for path in out.iterdir() if out.exists() else ():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.suffix != ".json":
            path.unlink()


def _figures(sides: Mapping[str, Ran], devices: int, out: Path) -> list[Figures]:
    """Return each side as folds of the engine, the product as folds of every other."""
    of = {side: figures_of_run("heaviest_days", side, devices, "Devices", ran) for side, ran in sides.items()}
    found = {side: against(of[ENGINE], it) for side, it in of.items()}
    for side, it in of.items():
        if side not in (ENGINE, PRODUCT):
            found[PRODUCT] = against(it, found[PRODUCT])
    if PUBLISHED in of and not sides[PUBLISHED].status:
        first, last = _placed(out / PUBLISHED)
        wall = sides[PUBLISHED].took.wall_seconds
        of_wall = {"first file of its wall": first / wall, "last file of its wall": last / wall}
        found[PUBLISHED] = replace(found[PUBLISHED], ratios={**found[PUBLISHED].ratios, **of_wall})
    return list(found.values())


def _placed(home: Path) -> tuple[float, float]:
    """Return after how many seconds of its process the first file stood in its folder, and the last."""
    first, last = json.loads((home / "placed.json").read_text())
    return first, last


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
    print(f"\n{devices:,} Devices, {parties} parties; {os.cpu_count()} processors, {memory_gib():.0f} GiB")
    print(f"load {load()} (a shared machine: trust the ratios of one run)")
    print(", ".join([f"Python {platform.python_version()}", *versions(PACKAGES)]))


def say_sides(sides: Mapping[str, Ran]) -> None:
    """Print what each side took and the product as folds of it, or how it ended."""
    print(f"\n{'':10}{'wall s':>9}{'cpu s':>9}{'peak GiB':>10}{'product: wall':>16}{'cpu':>7}{'memory':>8}")
    mine = sides[PRODUCT]
    for side, ran in sides.items():
        it = ran.took
        line = f"{side:10}{it.wall_seconds:9.1f}{it.cpu_seconds:9.1f}{it.peak_bytes / _GIB:10.2f}"
        if ran.status:
            print(f"{line}  {ran.ended}")
            continue
        if not mine.status:
            line += (
                f"{mine.took.wall_seconds / it.wall_seconds:15.2f}x{mine.took.cpu_seconds / it.cpu_seconds:6.2f}x"
                f"{mine.took.peak_bytes / it.peak_bytes:7.2f}x"
            )
        print(line)


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
    sys.exit(main())
