"""The benchmark of publishing: 750 small files into 150 folders, the product against rclone, on the stand-in.

`python -m tests.benchmarks.upload --rclone PATH [--recipients 150] [--connections 4] [--latency 0 --latency 100]`

Each side is a process of its own, start and end included, with as many connections. rclone needs a tunnel, which its
uploads themselves don't take, as their addresses are the stand-in's; the product takes it for everything, or for
nothing with `--direct`. The product is `ecosmig publish --all`: it checks each folder's readers, stages, moves, and
proves by what the library says changed. rclone is `rclone copy`, and for a proof `rclone check`. Requests are counted
by the stand-in. `--weaknesses` shows what becomes of the files when something happens on the way.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ecosmig_publish.sandbox import Clock, Sandbox
from tests.benchmarks.figures import Figures, against, figures, write_figures
from tests.benchmarks.measured import Measurement, Ran, run
from tests.benchmarks.upload_rclone import Rclone
from tests.benchmarks.upload_tunnel import Tunnel
from tests.benchmarks.upload_weaknesses import show_weaknesses
from tests.destinations.sharepoint.driven import DrivenTime
from tests.sharepoint.wave import DUE, REPORTS, waiting_wave

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.sharepoint.installation import SharePointInstallation

ECOSMIG = Path(sys.executable).with_name("ecosmig")


@dataclass(frozen=True, slots=True)
class Upload:
    """What one side did: what the whole process took, requests by their method, resource units."""

    took: Measurement
    requests: Counter[str]
    resource_units: int


@dataclass(frozen=True, slots=True)
class Bench:
    sandbox: Sandbox
    driven: DrivenTime
    tunnel: Tunnel
    home: Path
    rclone: Rclone
    recipients: int
    is_direct: bool

    def wave(self, name: str) -> SharePointInstallation:
        """Return folders of their own, and the same files waiting for them."""
        return waiting_wave(
            self.home / name,
            self.sandbox,
            self.driven,
            recipients=self.recipients,
            workers=self.rclone.connections,
        )

    def product(self, made: SharePointInstallation) -> Upload:
        """Let the product publish what waits."""
        environment = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        if not self.is_direct:
            environment |= {"HTTPS_PROXY": self.tunnel.url}
        command = [str(ECOSMIG), "publish", "--all", "--quiet", "--as-of", f"{DUE:%Y-%m-%dT%H:%M:%SZ}"]
        self.sandbox.clear_requests()
        return self._done(
            "the product", run([*command, "--config", str(made.home / "ecosmig.toml")], environment=environment)
        )

    def rclone_does(self, command: str, made: SharePointInstallation, source: Path) -> Upload:
        """Let rclone copy or check the same files."""
        self.sandbox.clear_requests()
        return self._done(f"rclone {command}", self.rclone.run(command, source, made.root))

    def _done(self, side: str, ran: Ran) -> Upload:
        if ran.status:
            raise SystemExit(f"{side} {ran.ended}")
        asked = self.sandbox.requests()
        return Upload(ran.took, Counter(it.method for it in asked), sum(it.resource_units for it in asked))


def main() -> None:
    """Run both sides at each latency, and say who took what."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rclone", type=Path, required=True, help="the program, of version 1.75 or so")
    parser.add_argument("--recipients", type=int, default=150, help="of each five files")
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--latency", type=int, action="append", help="milliseconds; repeatable (default: 0 and 100)")
    parser.add_argument("--direct", action="store_true", help="let the product do without the tunnel")
    parser.add_argument("--weaknesses", action="store_true", help="show what becomes of files when something happens")
    parser.add_argument("--json", type=Path, help="keep the figures in this file")
    options = parser.parse_args()
    driven = DrivenTime()
    with tempfile.TemporaryDirectory(prefix="ecosmig-upload-") as directory:
        home = Path(directory)
        with Sandbox(home / "sandbox", clock=Clock(driven.now)) as sandbox, Tunnel(sandbox.port) as tunnel:
            rclone = Rclone(options.rclone, sandbox, tunnel.url, options.connections, home)
            rclone.configure()
            if options.weaknesses:
                show_weaknesses(rclone, driven, home)
                return
            bench = Bench(sandbox, driven, tunnel, home, rclone, options.recipients, options.direct)
            _say_machine(options)
            compared = [_compare(bench, milliseconds) for milliseconds in options.latency or (0, 100)]
            write_figures(options.json, [it for several in compared for it in several])


def _compare(bench: Bench, milliseconds: int) -> list[Figures]:
    """Let both sides do the same at one latency; return the figures of each."""
    ours, theirs = bench.wave(f"product {milliseconds}"), bench.wave(f"rclone {milliseconds}")
    source = arranged(ours, bench.home / f"files {milliseconds}")
    bench.sandbox.latency = milliseconds / 1000
    sides = {
        "product": bench.product(ours),
        "rclone copy": bench.rclone_does("copy", theirs, source),
        "rclone check": bench.rclone_does("check", theirs, source),
    }
    bench.sandbox.latency = 0.0
    if ours.published() != ours.issued() or theirs.published() != ours.issued():
        raise SystemExit("the folders don't hold the same files")
    print(f"\nlatency {milliseconds} ms{'seconds':>13}{'requests':>10}{'units':>8}   of these")
    for side, it in sides.items():
        kinds = ", ".join(f"{count} {method}" for method, count in it.requests.most_common())
        print(f"{side:14}{it.took.wall_seconds:12.1f}{it.requests.total():10,}{it.resource_units:8,}   {kinds}")
    mine, copy = sides["product"], sides["rclone copy"]
    print(
        f"the product took {mine.took.wall_seconds / copy.took.wall_seconds:.2f} of the seconds of rclone copy, and "
        f"{mine.requests.total() / copy.requests.total():.2f} of its requests",
        flush=True,
    )
    return _figures(sides, milliseconds, len(ours.issued()))


def _figures(sides: Mapping[str, Upload], milliseconds: int, files: int) -> list[Figures]:
    """Return each side's, the product as folds of `rclone copy`; CPU is the client's alone."""
    of = {side: figures("upload", f"{side}, {milliseconds} ms", files, "files", it.took) for side, it in sides.items()}
    requests = sides["product"].requests.total() / sides["rclone copy"].requests.total()
    mine = against(of["rclone copy"], of["product"])
    of["product"] = replace(mine, ratios={**mine.ratios, f"requests of {of['rclone copy'].side}": requests})
    return list(of.values())


def arranged(made: SharePointInstallation, target: Path) -> Path:
    """Return a folder with the issued files as the recipients' folders will hold them."""
    names = {signifier: made.folder(signifier).rpartition("/")[2] for signifier in made.parties}
    for name, data in made.issued().items():
        signifier, _, file = name.partition("/")
        path = target / names[signifier] / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return target


def _say_machine(options: argparse.Namespace) -> None:
    version = subprocess.run([options.rclone, "version"], text=True, capture_output=True, check=True).stdout.split("\n")
    print(f"{options.recipients * len(REPORTS)} files into {options.recipients} folders, {options.connections} at once")
    print(
        f"{version[0]}; Python {platform.python_version()}; {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}"
    )


if __name__ == "__main__":
    main()
