"""Publications, proofs and conflicts against the acts that recorded them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from ecosmig_publish.ledger.batches import batches
from ecosmig_publish.ledger.checking.acting import RECOVERING, differences, files_found, gave_way
from ecosmig_publish.ledger.checking.fault import ROW, LedgerFault, row_of
from ecosmig_publish.ledger.checking.plain import AT_ONCE, rows_of_files, select_plain, stream
from ecosmig_publish.ledger.tables import conflicts, files, publications, resends

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row

    from ecosmig_publish.ledger.checking.acting import Ground, Told

_PUBLISHING = ("publish-file", "adopt-file")
_PROVING = "prove-files"
_RESENDING = "resend"
_WITHDRAWING = "withdraw"


class OfPublications:
    """Each file was published, proved, found in conflict and sent again as the latest act about it says."""

    kinds = frozenset({*_PUBLISHING, _PROVING, _RESENDING, _WITHDRAWING, RECOVERING, "find-conflict"})

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._conflicts: dict[str, Told] = {}
        self._resent: dict[str, Told] = {}

    def take(self, acts: Sequence[Told]) -> Iterator[LedgerFault]:
        """Compare the files that these acts name with their rows."""
        known = self._named([name for act in acts for name in _names(act)])
        for act in acts:
            if act.kind == RECOVERING:
                self._recover(act)
                continue
            for name in _names(act):
                row = known.get(name)
                if row is None or row.file_id is None:
                    what = f"{name} is not in the table {'files' if row is None else 'publications'}"
                    self._ground.pending.say(name, "publication", act.fault(what))
                else:
                    self._compare(act, name, row)
        yield from ()

    def finish(self) -> Iterator[LedgerFault]:
        """Yield what no later act explained, and where conflicts and resends are not those that the acts left."""
        connection = self._ground.connection
        for row in stream(connection, _with_names(conflicts)):
            act = self._conflicts.pop(row.name, None)
            if act is None:
                yield LedgerFault(ROW, row_of("conflicts", row.file_id, row.name), "no act found this conflict")
            elif act.content.get("detail") != row.detail:
                yield act.fault(f"conflicts {row.file_id}: its detail is not what the act says")
        for act in self._conflicts.values():
            yield act.fault("the conflict that it found is not in the table conflicts, and the file was not published")
        for row in stream(connection, _with_names(resends)):
            act = self._resent.pop(row.name, None)
            if act is None:
                yield LedgerFault(ROW, row_of("resends", row.file_id, row.name), "no act sent it again")
            elif (act.content.get("resent_at"), act.content.get("reason")) != (row.resent_at, row.reason):
                yield act.fault(f"resends {row.file_id}: its instant or reason is not what the act says")
        for name, act in self._resent.items():
            yield act.fault(f"{name} waits to be sent again, and is not in the table resends")

    def _recover(self, act: Told) -> None:
        """Forget what gave way, and the conflicts of what was found in its folder."""
        connection, found = self._ground.connection, files_found(act)
        ids = [number for number in act.content.get("published", ()) if isinstance(number, int)]
        for some in batches(ids, AT_ONCE):
            wanted = select(files.c.name).where(files.c.id.in_(some))
            found |= dict.fromkeys(connection.execute(wanted).scalars())
        for name in {*gave_way(act), *found}:
            self._conflicts.pop(name, None)
            self._resent.pop(name, None)
        for name, row in self._named(list(found)).items():
            self._ground.seen.add("published", row.file_id)
            self._ground.seen.add("proved", row.file_id)
            item_id = found[name] or row.item_id
            different = differences({"adopted": True, "item_id": item_id}, row._mapping)  # noqa: SLF001 - its name
            if row.published_at is None or row.proved_at is None:
                different = "it is not published and proved, the act says that its folder holds it"
            fault = act.fault(f"publications {row.file_id} ({name}): {different}") if different else None
            self._ground.pending.say(name, "published", fault)
            self._ground.pending.say(name, "proved", None)

    def _named(self, names: Sequence[str]) -> dict[str, Row[Any]]:
        return rows_of_files(self._ground.connection, publications, names, has_others=True)

    def _compare(self, act: Told, name: str, row: Row[Any]) -> None:
        seen, told = self._ground.seen, act.content
        if act.kind == "find-conflict":
            self._conflicts[name] = act
        elif act.kind == _PROVING:
            seen.add("proved", row.file_id)
            self._note(act, name, row, "proved", ("proved_at",))
        elif act.kind in _PUBLISHING:
            self._conflicts.pop(name, None)
            self._resent.pop(name, None)
            seen.add("published", row.file_id)
            self._note(act, name, row, "published", ("item_id", "published_at", "adopted"))
        elif act.kind == _WITHDRAWING:
            self._resent.pop(name, None)
        else:
            self._conflicts.pop(name, None)
            self._resent[name] = replace(
                act, content={"resent_at": told.get("resent_at"), "reason": told.get("reason")}
            )
            for what in ("published", "proved"):
                seen.discard(what, row.file_id)
                self._ground.pending.say(name, what, None)

    def _note(self, act: Told, name: str, row: Row[Any], what: str, facts: Sequence[str]) -> None:
        different = differences({fact: act.content.get(fact) for fact in facts}, row._mapping)  # noqa: SLF001 - its name
        fault = act.fault(f"publications {row.file_id} ({name}): {different}") if different else None
        self._ground.pending.say(name, what, fault)


def _names(act: Told) -> Sequence[str]:
    """Return the names of the files that an act is about."""
    if act.kind in (_PROVING, _WITHDRAWING):
        return [str(name) for name in act.content.get("files", ())]
    if act.kind == _RESENDING:
        return [str(file["name"]) for file in act.content.get("files", ())]
    return [act.subject]


def _with_names(table: Any) -> Any:
    return select_plain(table).add_columns(files.c.name).join_from(table, files)
