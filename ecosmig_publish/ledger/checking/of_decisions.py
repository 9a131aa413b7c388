"""Corrections and withdrawals against the acts that recorded them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from ecosmig_publish.ledger.checking.acting import differences
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.of_files import compare_files
from ecosmig_publish.ledger.checking.plain import select_plain, stream
from ecosmig_publish.ledger.tables import corrections, files, recalls, slots, withdrawals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ecosmig_publish.ledger.checking.acting import Ground, Told


_RECOVERED = "recovered"
"""Why an issue that a recovery found counts as a correction: the act of the recovery knows it."""


class OfDecisions:
    """Each correction and withdrawal stands as it was decided, and so many rows were recalled for it."""

    kinds = frozenset({"correct", "withdraw"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._withdrawn: dict[int, tuple[Told, dict[str, object]]] = {}
        self._recalled: dict[int, int] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Compare corrections with their acts; gather what becomes of an issue that is withdrawn in several steps."""
        for act in acts:
            if act.kind == "correct":
                self._correct(act)
            else:
                self._withdraw(act)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield what stands and was not decided, and what was decided and doesn't stand."""
        connection = self._ground.connection
        for row in stream(connection, select_plain(corrections)):
            if row.reason != _RECOVERED and not self._ground.seen.has("corrections", row.issue_id):
                yield LedgerFault(ROW, row_of("corrections", row.issue_id), "no act corrected anything by it")
        for row in stream(connection, select_plain(withdrawals)):
            act, told = self._withdrawn.pop(row.issue_id, (None, {}))
            if act is None:
                yield LedgerFault(ROW, row_of("withdrawals", row.issue_id), "no act withdrew it")
                continue
            different = differences(told, row._mapping)  # noqa: SLF001 - its name
            if different:
                yield act.fault(f"withdrawals {row.issue_id}: {different}")
        for issue_id, (act, _) in self._withdrawn.items():
            yield act.fault(f"issues {issue_id} is not in the table withdrawals")
        counted = select(recalls.c.issue_id, func.count()).group_by(recalls.c.issue_id)
        stand = {issue_id: count for issue_id, count in connection.execute(counted)}  # noqa: C416 - rows are no pairs
        for issue_id in sorted(stand.keys() | self._recalled.keys()):
            said, stands = self._recalled.get(issue_id, 0), stand.get(issue_id, 0)
            if said != stands:
                where = row_of("issues", issue_id)
                yield LedgerFault(ROW, where, f"{stands} of its rows stand in the table recalls, its acts say {said}")

    def _correct(self, act: Told) -> None:
        connection, told, pending = self._ground.connection, act.content, self._ground.pending
        by_slot = select(slots.c.id).where(
            slots.c.report == told.get("report"), select_plain(slots).selected_columns.due_at == told.get("due_at")
        )
        slot_id = connection.execute(by_slot).scalar()
        if slot_id is None:
            pending.say(act.subject, "correction", act.fault("the slot that it corrected is not in the table slots"))
            return
        compare_files(act, told.get("files") or [], slot_id, self._ground)
        issue_id, superseded = (
            self._issue_of(act.subject),
            self._issue_of(next(iter(told.get("supersedes") or ()), None)),
        )
        row = connection.execute(select_plain(corrections).where(corrections.c.issue_id == issue_id)).first()
        if row is None:
            pending.say(act.subject, "correction", act.fault("it is not in the table corrections"))
            return
        self._ground.seen.add("corrections", row.issue_id)
        said = {name: told.get(name) for name in ("cut_off", "generated_at", "reason")} | {"supersedes_id": superseded}
        different = differences(said, row._mapping)  # noqa: SLF001 - its name
        fault = act.fault(f"corrections {row.issue_id}: {different}") if different else None
        pending.say(act.subject, "correction", fault)
        if superseded is not None:
            self._recall(superseded, told)

    def _withdraw(self, act: Told) -> None:
        told, issue_id = act.content, self._issue_of(next(iter(act.content.get("files") or ()), None))
        if issue_id is None:
            what = "the files of the issue that it withdrew are not in the table files"
            self._ground.pending.say(act.subject, "withdrawal", act.fault(what))
            return
        _, before = self._withdrawn.get(issue_id, (act, {}))
        self._withdrawn[issue_id] = (
            act,
            {
                "withdrawn_at": before.get("withdrawn_at", told.get("withdrawn_at")),
                "reason": before.get("reason", told.get("reason")),
                "removed": bool(before.get("removed") or told.get("removed")),
                "released": bool(before.get("released") or told.get("released")),
            },
        )
        self._recall(issue_id, told)

    def _recall(self, issue_id: int, told: Any) -> None:
        self._recalled[issue_id] = self._recalled.get(issue_id, 0) + int((told.get("held") or {}).get("count", 0))

    def _issue_of(self, name: str | None) -> int | None:
        wanted = select(files.c.issue_id).where(files.c.name == name)
        return None if name is None else self._ground.connection.execute(wanted).scalar()
