"""What each exit status means, in the words of every command's help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ecosmig_publish.errors import ExitStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MEANINGS = {
    ExitStatus.OK: "everything due is published and proved; or the check found nothing",
    ExitStatus.FAULT: "a fault of this program, of its ledger or its outbox",
    ExitStatus.USAGE: "wrong usage or configuration",
    ExitStatus.UNPROVED: "something due is not yet proved in its folder; run it again",
    ExitStatus.LOCKED: "another run holds the lock",
    ExitStatus.FINDING: "a check found something",
    ExitStatus.FOLDER_ACCESS: "a folder is not the recipient's alone; nothing was put there",
    ExitStatus.STREAM_CONFLICT: "ledger and folder disagree on a stream; it was stopped",
    ExitStatus.FOREIGN_ROW: "a file holds a row that is not its recipient's; the slot was stopped",
    ExitStatus.SOURCE: "the source data can't be used",
    ExitStatus.INTERRUPTED: "interrupted; running again goes on from there",
}


_TELLS = frozenset({ExitStatus.UNPROVED, ExitStatus.FINDING})
"""A command that ends with none of them neither publishes nor checks: its 0 says no more than that it is done."""


def epilog(
    examples: Iterable[str], statuses: Iterable[ExitStatus] = (), own: Mapping[ExitStatus, str] | None = None
) -> str:
    """Return the end of a command's help: commands to copy, and the exit statuses; its lines are not wrapped.

    `own` is what some of them mean for this command.
    """
    checks_or_publishes = not _TELLS.isdisjoint(statuses := frozenset(statuses))
    meanings = {**MEANINGS, **({} if checks_or_publishes else {ExitStatus.OK: "done"}), **(own or {})}
    paragraphs = []
    lines = [f"  {example}" for example in examples]
    if lines:
        paragraphs.append("\n".join(["\b", "Examples:", *lines]))
    lines = [f"  {int(status):>3}  {meanings[status]}" for status in sorted(statuses)]
    if lines:
        paragraphs.append("\n".join(["\b", "Exit statuses:", *lines]))
    return "\n\n".join(paragraphs)
