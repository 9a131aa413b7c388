"""What the acts say became of one file, and where the ledger's row says otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ecosmig_publish.ledger.checking.of_files import FILE_FACTS
from ecosmig_publish.ledger.recovering import RECOVERED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PUBLICATION = ("item_id", "published_at", "adopted")
_RECEIPT = ("seen_by_recipient", "seen_at", "opened", "opened_by", "receipt_found_at")
_DECIDED = ("supersedes", "corrected_because", "withdrawn_at", "withdrawn_because", "removed", "brake", "conflict")


@dataclass(slots=True)
class Trail:
    """Of one file: acts by their numbers, and of what they say no more than can be compared.

    `earlier` is where it stood, and since when, before it was sent again. `recovered` where a recovery found it in its
    folder: when it came to stand there nobody knows any more. `decided` is what persons, the brake and the library had
    to say of it, by the ledger's names.
    """

    issued_in: int | None = None
    facts: int | None = None
    published_in: int | None = None
    publication: int | None = None
    proved_in: int | None = None
    proved_at: str | None = None
    seen_in: int | None = None
    receipt: int | None = None
    recovered: bool = False
    earlier: tuple[dict[str, Any], ...] = ()
    decided: dict[str, object] | None = None

    def decide(self, **decided: object) -> None:
        """Note what was decided; most files never have anything decided of them."""
        if self.decided is not None or any(value is not None for value in decided.values()):
            self.decided = {**(self.decided or {}), **decided}

    def see(self, act: int, found_at: object, said: Mapping[str, Any]) -> None:
        """Note what the library said of the file's readers."""
        known = {"seen_by_recipient": said["seen"], "opened_by": said["people"], "receipt_found_at": found_at}
        self.seen_in, self.receipt = act, facts_of({**said, **known}, _RECEIPT)

    def find(self, act: int) -> None:
        """Note that a recovery found the file in its folder, and with it the end of any conflict."""
        self.published_in = self.proved_in = act
        self.recovered, self.publication, self.proved_at = True, None, None
        self.decide(conflict=None)


def disagreements(file: Mapping[str, Any], trail: Trail) -> Iterator[str]:
    """Yield in words what the ledger says of a file, as `files_of_stream` gives it, and the acts don't."""
    if trail.issued_in is None:
        yield "no act issued it"
    elif trail.facts != facts_of_issue(file, file["due_at"], file["generated_at"]):
        yield f"it is not as act {trail.issued_in} issued it"
    if (file["published_at"] is None) != (trail.published_in is None):
        yield (
            "it is published, and no act says so" if file["published_at"] else "an act published it, the ledger didn't"
        )
    elif trail.publication is not None and trail.publication != facts_of(file, PUBLICATION):
        yield f"it was not published as act {trail.published_in} says"
    if (file["proved_at"] is None) != (trail.proved_in is None):
        yield "it is proved, and no act says so" if file["proved_at"] else "an act proved it, the ledger didn't"
    elif trail.proved_at is not None and trail.proved_at != file["proved_at"]:
        yield f"it was not proved when act {trail.proved_in} says"
    if trail.receipt != (None if file["seen_by_recipient"] is None else facts_of(file, _RECEIPT)):
        yield f"what is known of its readers is not what {f'act {trail.seen_in} says' if trail.seen_in else 'acts say'}"
    decided = trail.decided or {}
    for name in _DECIDED:
        # What a recovery found beside a slot's own issue counts as a correction, by no act of its own.
        if file[name] != decided.get(name) and file["corrected_because"] != RECOVERED:
            yield f"{name} is not what the acts say"


def facts_of_issue(file: Mapping[str, Any], due_at: object, created_at: object) -> int:
    """Return what an act says of a file that it issued, to be compared."""
    return hash((facts_of(file, FILE_FACTS), due_at, created_at))


def facts_of(told: Mapping[str, Any], keys: tuple[str, ...]) -> int:
    """Return what can be compared with the same facts of the same process: a ledger may have a million files."""
    return hash(tuple(told.get(key) for key in keys))
