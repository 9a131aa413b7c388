"""What a recipient's issue of a slot can be seen as: one letter each, in the page's data and nowhere else."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The letters; the page's script has a sign and a word for each."""

    PROVED = "p"
    LATE = "l"
    """Proved, longer after the slot than the deadline."""
    WAITING = "w"
    """Not proved, and the deadline isn't over."""
    OVERDUE = "o"
    CONFLICT = "x"
    """Something else stands in its place."""
    NO_FOLDER = "f"
    """The recipient has no folder yet."""
    BRAKED = "b"
    """The big-change brake holds it."""
    WITHDRAWN = "v"
    NOTHING = "."
    """The recipient had no rows."""
    NOT_ISSUED = "?"
    """The slot is due and nobody issued it yet."""


# The worst of an issue's files is what the issue is.
_WORST_FIRST = (
    State.CONFLICT,
    State.OVERDUE,
    State.NO_FOLDER,
    State.BRAKED,
    State.WAITING,
    State.WITHDRAWN,
    State.LATE,
    State.PROVED,
    State.NOT_ISSUED,
    State.NOTHING,
)
_RANK = {state: rank for rank, state in enumerate(_WORST_FIRST)}


def worst(one: State, other: State) -> State:
    """Return the one of two states that wants more attention."""
    return min(one, other, key=_RANK.__getitem__)
