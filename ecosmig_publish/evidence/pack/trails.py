"""What the acts say became of each file and slot: which act issued, published and proved it, and that it agrees.

A pack is signed, so it says only what the chain of acts says too. Whoever changed a row of the ledger and not the chain
is found here, also in the pack of one supplier, whose reader can't see the acts that speak of several.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ecosmig_publish.errors import BrokenRecordError
from ecosmig_publish.evidence.pack.trail import PUBLICATION, Trail, disagreements, facts_of, facts_of_issue
from ecosmig_publish.ledger.recovering import RECOVER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ecosmig_publish.evidence.pack.scope import Scope

    Told = Mapping[str, Any]

LOOK = "ecosmig ledger check names everything that is wrong; nothing was written."
_BOUNDS = ("cut_off", "generated_at")
_OF_ONE_FILE = ("publish-file", "adopt-file")
_NO_TRAIL = Trail()


class Trails:
    """The trails of the files of a pack's suppliers, and the act of each slot; acts are taken in their order."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._files: dict[str, Trail] = {}
        self._slots: dict[tuple[str, str], tuple[int, int]] = {}
        self._recovered: dict[int, int] = {}
        self._taking = {
            "issue-slot": self._issue_slot,
            "skip-slot": self._skip_slot,
            "correct": self._correct,
            "publish-file": self._publish,
            "adopt-file": self._publish,
            "prove-files": self._prove,
            "resend": self._resend,
            "withdraw": self._withdraw,
            "find-conflict": self._find_conflict,
            "see-receipts": self._see_receipts,
            "seed": self._seed,
            RECOVER: self._recover,
        }

    def wants(self, kind: str, subject: str) -> bool:
        """Whether an act of this kind and subject says anything of the pack's files; most are of one other file."""
        return kind in self._taking and (kind not in _OF_ONE_FILE or self._is_ours(subject))

    def take(self, number: int, kind: str, subject: str, told: Told) -> None:
        """Note what an act that is wanted says."""
        self._taking[kind](number, subject, told)

    def of(self, file: Mapping[str, Any]) -> Trail:
        """Return the trail of a file that the ledger knows. Raises `BrokenRecordError` where the acts say otherwise."""
        trail = self._files.get(str(file["name"]), _NO_TRAIL)
        found_by = self._recovered.get(int(file["file_id"]), 0)
        if found_by > (trail.published_in or 0):
            trail.find(found_by)
        for what in disagreements(file, trail):
            raise BrokenRecordError(f"{file['name']}: {what}", hint=LOOK)
        return trail

    def of_slot(self, report: str, due_at: str, known: Mapping[str, Any]) -> int:
        """Return the act of a slot that the ledger has. Raises `BrokenRecordError` where the acts say otherwise."""
        act, bounds = self._slots.get((report, due_at), (0, 0))
        if not act or bounds != facts_of(known, _BOUNDS):
            what = f"it is not as act {act} recorded it" if act else "no act recorded it"
            raise BrokenRecordError(f"{report}, the slot of {due_at}: {what}", hint=LOOK)
        return act

    def _is_ours(self, name: str) -> bool:
        parts = name.split("_")
        return len(parts) > 1 and self._scope.has(parts[1])

    def _ours(self, names: Iterable[str]) -> Iterator[Trail]:
        for name in names:
            if self._is_ours(name):
                yield self._files.setdefault(name, Trail())

    def _issue(self, number: int, file: Told, due_at: object, created_at: object) -> Iterator[Trail]:
        for trail in self._ours([file["name"]]):
            trail.issued_in, trail.facts = number, facts_of_issue(file, due_at, created_at)
            yield trail

    def _issue_slot(self, number: int, subject: str, told: Told) -> None:
        self._skip_slot(number, subject, told)
        brakes = told.get("brakes", {})
        for file in told["files"]:
            for trail in self._issue(number, file, told["due_at"], told["generated_at"]):
                trail.decide(brake=brakes.get(file["recipient"]))

    def _skip_slot(self, number: int, _subject: str, told: Told) -> None:
        self._slots[str(told["report"]), str(told["due_at"])] = (number, facts_of(told, _BOUNDS))

    def _correct(self, number: int, _subject: str, told: Told) -> None:
        supersedes = (told["supersedes"] or [None])[0]
        for file in told["files"]:
            for trail in self._issue(number, file, told["due_at"], told["generated_at"]):
                trail.decide(corrected_because=told["reason"], supersedes=supersedes)

    def _publish(self, number: int, subject: str, told: Told) -> None:
        for trail in self._ours([subject]):
            trail.published_in, trail.publication, trail.recovered = number, facts_of(told, PUBLICATION), False
            trail.decide(conflict=None)

    def _prove(self, number: int, _subject: str, told: Told) -> None:
        for trail in self._ours(told["files"]):
            trail.proved_in, trail.proved_at = number, str(told["proved_at"])

    def _resend(self, number: int, _subject: str, told: Told) -> None:
        again = {"act": number, "resent_at": told["resent_at"], "reason": told["reason"]}
        for file in told["files"]:
            for trail in self._ours([file["name"]]):
                stood = {key: value for key, value in file.items() if key != "name"}
                trail.earlier = (*trail.earlier, {**stood, **again, "recovered": trail.recovered})
                trail.published_in = trail.publication = trail.proved_in = trail.proved_at = None
                trail.recovered = False
                trail.decide(conflict=None)

    def _withdraw(self, _number: int, _subject: str, told: Told) -> None:
        for trail in self._ours(told["files"]):
            before = trail.decided or {}
            # What was withdrawn may be removed later, by another act; the first one's instant and reason stay.
            trail.decide(
                withdrawn_at=before.get("withdrawn_at") or told["withdrawn_at"],
                withdrawn_because=before.get("withdrawn_because") or told["reason"],
                removed=bool(before.get("removed") or told["removed"]),
            )

    def _find_conflict(self, _number: int, subject: str, told: Told) -> None:
        for trail in self._ours([subject]):
            trail.decide(conflict=told["detail"])

    def _see_receipts(self, number: int, _subject: str, told: Told) -> None:
        for said in told["files"]:
            for trail in self._ours([said["name"]]):
                trail.see(number, told["found_at"], said)

    def _seed(self, number: int, subject: str, told: Told) -> None:
        for slot in told["slots"]:
            self._skip_slot(number, subject, slot)

    def _recover(self, number: int, subject: str, told: Told) -> None:
        self._recovered.update((int(file_id), number) for file_id in told["published"])
        for report in told["reports"]:
            for gone in report["gave_way"]:
                self._files.pop(str(gone["name"]), None)
            for slot in report["slots"]:
                self._skip_slot(number, subject, {**slot, "report": report["report"]})
                for file in slot["files"]:
                    for trail in self._issue(number, file, slot["due_at"], file["created_at"]):
                        if file["item_id"] is not None:
                            trail.find(number)
            for due_at in report["due_again"]:
                self._slots.pop((str(report["report"]), str(due_at)), None)
