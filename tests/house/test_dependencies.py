"""What is installed beside the product: pinned, admitted by what is declared, under licences that ask for nothing."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = [line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines() if line.strip()]
PINS = {canonicalize_name(line.partition("==")[0]): line.partition("==")[2] for line in LINES}
DECLARED = [*PROJECT["dependencies"], *(one for extra in PROJECT["optional-dependencies"].values() for one in extra)]

PERMISSIVE = re.compile(r"MIT|BSD|Apache|ISC|PSF|Python Software Foundation|0BSD|Zlib", re.IGNORECASE)
WEAK_COPYLEFT = {"certifi": "MPL-2.0", "psycopg": "LGPL-3.0", "psycopg-binary": "LGPL-3.0"}
"""Used as they are published: their conditions are on changes to themselves."""


def needed(requirements: Iterable[str]) -> set[str]:
    """Return the names of all that `requirements` bring with them on this platform, themselves included."""
    found: set[str] = set()
    waiting = [(Requirement(text), "") for text in requirements]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        found.add(name)
        key = (name, frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            own = [Requirement(text) for text in distribution(name).requires or ()]
        except PackageNotFoundError:
            # Not of this environment: an extra that nobody asked for.
            continue
        waiting += [(one, asked) for one in own for asked in ("", *requirement.extras)]
    return found


def licence_of(name: str) -> str:
    metadata = distribution(name).metadata
    classifiers = [text for text in metadata.get_all("Classifier") or () if text.startswith("License")]
    return " ".join(filter(None, [metadata["License-Expression"], *classifiers, (metadata["License"] or "")[:200]]))


def test_every_line_of_the_pins_is_one_exact_version() -> None:
    assert [line for line in LINES if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.!+]*", line)] == []
    assert len(PINS) == len(LINES)


def test_everything_that_comes_along_is_pinned() -> None:
    everything = needed(DECLARED)
    assert len(everything) > 50
    assert everything - PINS.keys() - {canonicalize_name(PROJECT["name"])} == set()


def test_every_pin_is_admitted_by_what_is_declared() -> None:
    for text in DECLARED:
        requirement = Requirement(text)
        pin = PINS[canonicalize_name(requirement.name)]
        assert requirement.specifier.contains(pin), f"{text}: {pin}"


def test_whoever_publishes_needs_nothing_under_a_licence_that_asks_for_something_in_return() -> None:
    for name in sorted(needed(PROJECT["dependencies"])):
        licence = licence_of(name)
        assert PERMISSIVE.search(licence) or WEAK_COPYLEFT.get(name, "?") in licence, f"{name}: {licence}"
        assert "GPL" not in licence or name in WEAK_COPYLEFT, f"{name}: {licence}"
