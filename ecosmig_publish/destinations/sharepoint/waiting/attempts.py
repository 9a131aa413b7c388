"""Trying again: named transient faults only, with jitter, within limits of attempts and time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type
from tenacity.wait import wait_random_exponential

from ecosmig_publish.errors import DestinationBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ecosmig_publish.destinations.sharepoint.waiting.pace import Pace

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Patience:
    """The limits of one call: attempts, seconds from its first one, and the longest pause of our own between two."""

    attempts: int = 8
    seconds: float = 900.0
    longest_pause: float = 30.0


class Passing(Exception):  # noqa: N818 - it is caught here, or turned into the error that it carries
    """One attempt failed in a way that may pass. `unclear`: the service may have done it all the same.

    `told` where the service said for how long to wait: then the gate holds everybody back and no pause comes on top.
    `wait_seconds` where another one said so, whom no gate guards.
    """

    def __init__(
        self, error: DestinationBusyError, *, unclear: bool, told: bool = False, wait_seconds: float = 0.0
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.unclear = unclear
        self.told = told
        self.wait_seconds = wait_seconds


BRIEF = 2
"""Attempts of a call while the service is out of order for everybody."""


class Waiting:
    """Runs attempts. `clock` is monotonic, in seconds; both it and `sleep` are the pace's.

    When one call has run out of patience with a service that is out of order, the others try only `BRIEF`ly until one
    succeeds: a run with a hundred recipients ends soon, instead of waiting for each of them in turn.
    """

    def __init__(
        self, pace: Pace, *, patience: Patience, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self._pace = pace
        self._patience = patience
        self._clock = clock
        self._sleep = sleep
        self._out_of_order = False
        self._pause = wait_random_exponential(multiplier=1, max=patience.longest_pause)

    def run(self, attempt: Callable[[bool], T]) -> T:
        """Return what `attempt` returns; it is told whether an earlier one may have been done after all.

        Raises the `DestinationBusyError` of the last attempt when patience ends; anything but `Passing` at once.
        """
        began_at = self._clock()
        unclear = False

        def once() -> T:
            nonlocal unclear
            closed_for = self._pace.opens_in()
            if closed_for >= self._patience.seconds:
                raise DestinationBusyError(
                    f"SharePoint wants no request for another {closed_for:.0f} s, which is longer than a run waits",
                    hint="Run again later; it goes on from there.",
                )
            try:
                return attempt(unclear)
            except Passing as passing:
                unclear = unclear or passing.unclear
                raise

        def is_enough(state: RetryCallState) -> bool:
            ends_at = began_at + self._patience.seconds
            attempts = min(BRIEF, self._patience.attempts) if self._out_of_order else self._patience.attempts
            return state.attempt_number >= attempts or self._clock() + self._pace.opens_in() >= ends_at

        retrying = Retrying(
            retry=retry_if_exception_type(Passing),
            wait=self._wait,
            stop=is_enough,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            result = retrying(once)
        except Passing as passing:
            error = passing.error
        else:
            self._out_of_order = False
            return result
        # A locked item is that item's matter.
        self._out_of_order = self._out_of_order or type(error) is DestinationBusyError
        raise error

    def pause(self, attempt_number: int) -> None:
        """Wait before looking again at what may only take a moment to appear."""
        self._sleep(min(self._patience.longest_pause, 0.5 * 2.0**attempt_number))

    def _wait(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        if not isinstance(error, Passing):
            return 0.0
        return 0.0 if error.told else error.wait_seconds + self._pause(state)
