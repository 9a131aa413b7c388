"""What the big-change brake held, and what was released, against the acts that say so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ecosmig_publish.ledger.checking.acting import RECOVERING, differences, gave_way
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import brakes, files, slot_brakes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told

_Held = tuple["Told", dict[str, object]]


class OfBrakes:
    """Each issue and slot was held for the reason that an act gives, and released only by one."""

    kinds = frozenset({"issue-slot", "brake-slot", "release", RECOVERING})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._issues: dict[str, _Held] = {}
        self._slots: dict[str, _Held] = {}
        self._released: set[str] = set()

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Note what each act holds or lets go."""
        for act in acts:
            if act.kind == RECOVERING:
                for name in gave_way(act):
                    self._issues.pop(name, None)
            elif act.kind == "release":
                self._released.add(act.subject)
            elif act.kind == "brake-slot":
                told = {name: act.content.get(name) for name in ("reason", "held_at")}
                self._slots[act.subject] = (replace(act, content={}), told)
            elif act.content.get("brakes"):
                self._take_issues(act)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield where what is held, or no longer, is not what the acts say."""
        connection = self._ground.connection
        of_issues = (
            select_plain(brakes)
            .add_columns(files.c.name)
            .join_from(brakes, files, (files.c.issue_id == brakes.c.issue_id) & (files.c.part == 1))
        )
        for row in stream(connection, of_issues):
            where = row_of("brakes", row.issue_id, row.name)
            yield from self._compare(where, self._issues.pop(row.name, None), row, row.name)
        for row in stream(connection, select_plain(slot_brakes)):
            subject = f"{row.report} {row.due_at.partition('.')[0]}Z"
            yield from self._compare(row_of("slot_brakes", subject), self._slots.pop(subject, None), row, subject)
        for subject, (act, _) in {**self._issues, **self._slots}.items():
            yield act.fault(f"{subject} was held by the brake, and is in the table of what it holds no more")

    def _take_issues(self, act: Told) -> None:
        reasons = act.content["brakes"]
        for file in act.content.get("files") or []:
            reason = reasons.get(file["recipient"])
            if reason is not None and file["part"] == 1:
                told = {"reason": reason, "held_at": act.content.get("generated_at")}
                self._issues[file["name"]] = (replace(act, content={}), told)

    def _compare(self, where: str, held: _Held | None, row: Any, subject: str) -> Iterator[LedgerFault]:
        if held is None:
            yield LedgerFault(ROW, where, "no act held it")
            return
        act, told = held
        different = differences(told, row._mapping)  # noqa: SLF001 - its name
        if different:
            yield act.fault(f"{where}: {different}")
        if (row.released_at is not None) != (subject in self._released):
            state = "released, and no act" if row.released_at else "held, and an act"
            yield act.fault(f"{where}: it is {state} released it")
