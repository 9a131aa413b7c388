"""How a script that somebody would write begins: what it reads, where it writes, how much memory it may take."""

from __future__ import annotations

import argparse
import resource
from pathlib import Path

from tests.benchmarks.machine import memory_gib

_GIB = 1 << 30
_SHARE = 0.85


def begun() -> tuple[Path, Path]:
    """Return the source's folder and that of the results, and leave memory to others.

    The script ends with an error of its own before the machine has no memory left for anybody.
    """
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    most = int(memory_gib() * _SHARE * _GIB)
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    return options.data, options.out
