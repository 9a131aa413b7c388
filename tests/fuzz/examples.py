"""How many examples each test gets, and what a parser promises for all of them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.errors import EcosmigError

VARIABLE = "ECOSMIG_FUZZ_EXAMPLES"
"""Asks for more examples than the usual ones; the product reads no such variable."""
_DEEPER = int(os.environ.get(VARIABLE, "0"))
_SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]

T = TypeVar("T")


def fuzzed(usual: int = 100) -> settings:
    """Return settings for `usual` examples, the same at every run; for as many as were asked for, always new ones."""
    return settings(
        max_examples=_DEEPER or usual,
        derandomize=not _DEEPER,
        # A hang shows as a test that takes for ever; a slow machine is none.
        deadline=None,
        database=None,
        suppress_health_check=_SLOW,
        print_blob=True,
    )


def refusal(attempt: Callable[[], object], *kinds: type[EcosmigError]) -> EcosmigError | None:
    """Run `attempt`; return the error that it refused with, None where it took what it was given.

    The promise: an error of `kinds` only, with words and with something to do next. Any other one passes through.
    """
    refused: EcosmigError | None = None
    try:
        attempt()
    except kinds as error:
        refused = error
    assert refused is None or (str(refused) and refused.hint)
    return refused


def parsed(parse: Callable[[Any], T], value: object) -> T | None:
    """Return what `parse` makes of a value, None for one that it refuses by a `ValueError` with words."""
    words = "unsaid"
    try:
        return parse(value)
    except ValueError as error:
        words = str(error)
    assert words
    return None
