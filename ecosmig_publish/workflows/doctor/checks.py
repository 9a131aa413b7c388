"""One check: what was looked at, what came of it, what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from ecosmig_publish.errors import EcosmigError

if TYPE_CHECKING:
    from collections.abc import Callable


class Level(StrEnum):
    """What came of a check; a finding alone makes the doctor end with 20."""

    GOOD = "good"
    WARNING = "warning"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Check:
    """One line: `says` what is so, `next` what to do where it isn't good."""

    name: str
    level: Level
    says: str
    next: str = ""


def good(name: str, says: str) -> Check:
    """Return a check that found nothing."""
    return Check(name, Level.GOOD, says)


def warning(name: str, says: str, step: str) -> Check:
    """Return a check that found what will matter later, or matters to some."""
    return Check(name, Level.WARNING, says, step)


def finding(name: str, says: str, step: str) -> Check:
    """Return a check that found what is wrong now."""
    return Check(name, Level.FINDING, says, step)


def failed(name: str, error: EcosmigError) -> Check:
    """Return the finding that an error is."""
    return finding(name, str(error), error.hint)


def attempt(name: str, act: Callable[[], str]) -> Check:
    """Do something and return what it says, or the finding that its error is."""
    try:
        return good(name, act())
    except EcosmigError as error:
        return failed(name, error)
