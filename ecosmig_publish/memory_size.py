"""A size of memory as it is written in the configuration."""

from __future__ import annotations

import re

PATTERN = r"^([0-9]+(?:\.[0-9]+)?)\s*([KMGT])(i?)B$"
"""Such as `4.5GB` or `512MiB`."""


def bytes_in(size: str) -> int:
    """Return `size`, which fits `PATTERN`, as a number of bytes: a GB has a thousand MB, a GiB 1,024 MiB."""
    number, power, binary = re.findall(PATTERN, size)[0]
    return int(float(number) * (1024 if binary else 1000) ** ("KMGT".index(power) + 1))
